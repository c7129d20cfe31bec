package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"latchkey/application/ports"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// ProviderTokens keeps the tokens for providers' APIs in socialaccount_socialtoken,
// encrypted: who gets hold of the file or a copy of it must not be able to act for
// everybody at their providers. allauth keeps them in clear, and cannot read ours.
type ProviderTokens struct {
	db     *DB
	cipher ports.Cipher
}

var _ ports.ProviderTokens = (*ProviderTokens)(nil)

// NewProviderTokens returns the tokens for providers' APIs of the database, which cipher encrypts.
func NewProviderTokens(db *DB, cipher ports.Cipher) *ProviderTokens {
	return &ProviderTokens{db: db, cipher: cipher}
}

// providerTokenRow is a row of socialaccount_socialtoken.
type providerTokenRow struct {
	Token       string     `bun:"token"`
	TokenSecret string     `bun:"token_secret"`
	ExpiresAt   djangoTime `bun:"expires_at"`
}

const (
	selectProviderToken = `SELECT token, token_secret, expires_at FROM socialaccount_socialtoken
		WHERE account_id = $1 ORDER BY id DESC LIMIT 1`
	insertProviderToken = `INSERT INTO socialaccount_socialtoken (token, token_secret, expires_at, account_id, app_id)
		VALUES ($1, $2, $3, $4, NULL)`
	deleteProviderToken = `DELETE FROM socialaccount_socialtoken WHERE account_id = $1`
)

// Keep stores the token in place of the one that the identity had. The unique index
// of the table lets any number of rows without an app stand beside each other, so
// that the old one has to be deleted; one that allauth stored in clear goes with it.
func (p *ProviderTokens) Keep(ctx context.Context, identity identities.ID, token identities.Token) error {
	row, err := p.sealed(identity, token)
	if err != nil {
		return err
	}
	return p.db.inTx(ctx, func(ctx context.Context) error {
		if _, err := p.db.write(ctx, deleteProviderToken, int64(identity)).Exec(ctx); err != nil {
			return fmt.Errorf("bunsql: replace provider token: %w", err)
		}
		_, err := p.db.write(ctx, insertProviderToken, row.Token, row.TokenSecret, row.ExpiresAt, int64(identity)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("bunsql: store provider token: %w", err)
		}
		return nil
	})
}

// Of returns the identity's token, or identities.ErrNotFound.
func (p *ProviderTokens) Of(ctx context.Context, identity identities.ID) (identities.Token, error) {
	var row providerTokenRow
	err := p.db.read(ctx, selectProviderToken, int64(identity)).Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return identities.Token{}, identities.ErrNotFound
	}
	if err != nil {
		return identities.Token{}, fmt.Errorf("bunsql: read provider token: %w", err)
	}
	return p.opened(identity, row)
}

// The purposes under which the columns are encrypted. The identity's id, which is
// never given twice, is part of each: who can write to the table but has no key must
// not move somebody's token to an identity of their own and have it used there.
func purposeOfToken(identity identities.ID) string  { return purposeOf("token", identity) }
func purposeOfSecret(identity identities.ID) string { return purposeOf("token_secret", identity) }

func purposeOf(column string, identity identities.ID) string {
	return "socialaccount_socialtoken." + column + " of " + strconv.FormatInt(int64(identity), 10)
}

func (p *ProviderTokens) sealed(identity identities.ID, token identities.Token) (providerTokenRow, error) {
	access, err := p.encrypted(token.Access, purposeOfToken(identity))
	if err != nil {
		return providerTokenRow{}, err
	}
	second, err := p.encrypted(token.Secret, purposeOfSecret(identity))
	return providerTokenRow{Token: access, TokenSecret: second, ExpiresAt: djangoTime{token.Expires}}, err
}

func (p *ProviderTokens) encrypted(plain secret.String, purpose string) (string, error) {
	text, err := p.cipher.Encrypt(plain, purpose)
	if err != nil {
		return "", fmt.Errorf("bunsql: encrypt provider token: %w", err)
	}
	return text, nil
}

func (p *ProviderTokens) opened(identity identities.ID, row providerTokenRow) (identities.Token, error) {
	access, err := p.cipher.Decrypt(row.Token, purposeOfToken(identity))
	if err != nil {
		return identities.Token{}, fmt.Errorf("bunsql: decrypt provider token: %w", err)
	}
	second, err := p.cipher.Decrypt(row.TokenSecret, purposeOfSecret(identity))
	if err != nil {
		return identities.Token{}, fmt.Errorf("bunsql: decrypt provider token: %w", err)
	}
	return identities.Token{Access: access, Secret: second, Expires: row.ExpiresAt.Time}, nil
}
