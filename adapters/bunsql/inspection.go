package bunsql

import (
	"context"
	"fmt"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
)

// Inspection looks at the database and changes nothing.
type Inspection struct{ db *DB }

var _ ports.Inspection = (*Inspection)(nil)

// NewInspection returns the inspection of the database.
func NewInspection(db *DB) *Inspection { return &Inspection{db: db} }

const (
	selectHashes = `SELECT password FROM (SELECT id, password FROM auth_user ORDER BY id LIMIT $1) AS oldest
		UNION ALL SELECT password FROM (SELECT id, password FROM auth_user ORDER BY id DESC LIMIT $2) AS newest
		WHERE id NOT IN (SELECT id FROM auth_user ORDER BY id LIMIT $1)`
	selectLiveSessions = `SELECT session_data FROM django_session WHERE expire_date > $1 ORDER BY expire_date DESC LIMIT $2`
)

// Hashes returns the password hashes of the oldest and the newest accounts.
func (i *Inspection) Hashes(ctx context.Context, limit int) ([]secret.String, error) {
	return i.secrets(ctx, selectHashes, limit/2, limit-limit/2)
}

// Sessions returns the text of sessions that have not expired.
func (i *Inspection) Sessions(ctx context.Context, now time.Time, limit int) ([]secret.String, error) {
	return i.secrets(ctx, selectLiveSessions, djangoTime{now}, limit)
}

func (i *Inspection) secrets(ctx context.Context, query string, args ...any) ([]secret.String, error) {
	var texts []string
	if err := i.db.read(ctx, query, args...).Scan(ctx, &texts); err != nil {
		return nil, fmt.Errorf("bunsql: read a sample: %w", err)
	}
	found := make([]secret.String, len(texts))
	for at, text := range texts {
		found[at] = secret.New(text)
	}
	return found, nil
}

// Now returns the time of the server; SQLite's is our own.
func (i *Inspection) Now(ctx context.Context) (time.Time, error) {
	if i.db.dialect.now == "" {
		return time.Time{}, nil
	}
	var now time.Time
	if err := i.db.read(ctx, i.db.dialect.now).Scan(ctx, &now); err != nil {
		return time.Time{}, fmt.Errorf("bunsql: read the clock: %w", err)
	}
	return now.UTC(), nil
}

// oddities find accounts, those that belong together next to each other.
var oddities = []struct{ kind, query string }{
	{ports.OddNames, `SELECT id FROM auth_user WHERE LOWER(username) IN (
		SELECT LOWER(username) FROM auth_user GROUP BY LOWER(username) HAVING COUNT(*) > 1) ORDER BY LOWER(username), id`},
	{ports.OddAddresses, `SELECT DISTINCT user_id AS id, LOWER(email) AS email FROM account_emailaddress WHERE LOWER(email) IN (
		SELECT LOWER(email) FROM account_emailaddress GROUP BY LOWER(email)
		HAVING COUNT(DISTINCT user_id) > 1 AND COUNT(DISTINCT email) > 1) ORDER BY LOWER(email), user_id`},
	{ports.OddVerified, `SELECT DISTINCT user_id AS id, LOWER(email) AS email FROM account_emailaddress WHERE verified AND LOWER(email) IN (
		SELECT LOWER(email) FROM account_emailaddress WHERE verified GROUP BY LOWER(email)
		HAVING COUNT(DISTINCT user_id) > 1) ORDER BY LOWER(email), user_id`},
	{ports.OddPrimaries, `SELECT user_id AS id FROM account_emailaddress WHERE "primary" GROUP BY user_id HAVING COUNT(*) > 1 ORDER BY user_id`},
	{ports.OddAddressOwner, orphans("account_emailaddress")},
	{ports.OddTokenOwner, orphans("authtoken_token")},
	{ports.OddLoginOwner, orphans("socialaccount_socialaccount")},
	{ports.OddPasskeyOwner, orphans("passkeys_webauthncredential")},
	{ports.OddFactorOwner, orphans("dj_rest_auth_mfa_authenticator")},
	{ports.OddFactorTwice, `SELECT DISTINCT user_id AS id FROM (SELECT user_id FROM dj_rest_auth_mfa_authenticator
		GROUP BY user_id, type HAVING COUNT(*) > 1) AS several ORDER BY user_id`},
	{ports.OddFactorType, `SELECT DISTINCT user_id AS id FROM dj_rest_auth_mfa_authenticator
		WHERE type NOT IN ('` + typeTOTP + `', '` + typeRecovery + `') ORDER BY user_id`},
	{ports.OddCodesAlone, `SELECT DISTINCT user_id AS id FROM dj_rest_auth_mfa_authenticator AS t WHERE type = '` + typeRecovery + `'
		AND NOT EXISTS (SELECT 1 FROM dj_rest_auth_mfa_authenticator WHERE user_id = t.user_id AND type = '` + typeTOTP + `') ORDER BY user_id`},
}

func orphans(table string) string {
	return `SELECT DISTINCT user_id AS id FROM ` + table + ` AS t WHERE NOT EXISTS (SELECT 1 FROM auth_user WHERE id = t.user_id) ORDER BY user_id`
}

// examples is how many accounts of an oddity are named.
const examples = 6

// Oddities returns what the rows have that the service would never write.
func (i *Inspection) Oddities(ctx context.Context) ([]ports.Oddity, error) {
	var found []ports.Oddity
	for _, odd := range oddities {
		oddity := ports.Oddity{Kind: odd.kind}
		if err := i.db.read(ctx, `SELECT COUNT(*) FROM (`+odd.query+`) AS odd`).Scan(ctx, &oddity.Count); err != nil {
			return nil, fmt.Errorf("bunsql: look for odd %s: %w", odd.kind, err)
		}
		if oddity.Count == 0 {
			continue
		}
		var ids []int64
		if err := i.db.read(ctx, `SELECT id FROM (`+odd.query+` LIMIT $1) AS odd`, examples).Scan(ctx, &ids); err != nil {
			return nil, fmt.Errorf("bunsql: look for odd %s: %w", odd.kind, err)
		}
		for _, id := range ids {
			oddity.Examples = append(oddity.Examples, accounts.ID(id))
		}
		found = append(found, oddity)
	}
	return found, nil
}
