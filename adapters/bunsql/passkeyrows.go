package bunsql

import (
	"database/sql"
	"encoding/json"
	"math"

	"latchkey/domain/accounts"
	"latchkey/domain/passkeys"
)

// passkeyRow is a row of passkeys_webauthncredential, with that of latchkey_passkey beside
// it; a credential that Django registered has none until it is used.
type passkeyRow struct {
	ID           int64      `bun:"id"`
	Name         string     `bun:"name"`
	CredentialID []byte     `bun:"credential_id"`
	PublicKey    []byte     `bun:"public_key"`
	SignCount    int64      `bun:"sign_count"`
	Transports   string     `bun:"transports"`
	Discoverable bool       `bun:"discoverable"`
	CreatedAt    djangoTime `bun:"created_at"`
	LastUsedAt   djangoTime `bun:"last_used_at"`
	UserID       int64      `bun:"user_id"`

	Counted        sql.NullInt64 `bun:"counted"`
	BackupEligible sql.NullBool  `bun:"backup_eligible"`
	BackedUp       sql.NullBool  `bun:"backed_up"`
	UserVerified   sql.NullBool  `bun:"user_verified"`
}

const (
	selectPasskey = `SELECT c.id, c.name, c.credential_id, c.public_key, c.sign_count, c.transports, c.discoverable, c.created_at,
		c.last_used_at, c.user_id, p.sign_count AS counted, p.backup_eligible, p.backed_up, p.user_verified
		FROM passkeys_webauthncredential AS c LEFT JOIN latchkey_passkey AS p ON p.credential_id = c.id`
	selectPasskeyAt = selectPasskey + " WHERE c.credential_id = $1"
	selectPasskeyBy = selectPasskey + " WHERE c.id = $1"
	selectPasskeys  = selectPasskey + " WHERE c.user_id = $1 ORDER BY c.id"
	// lockPasskey comes before a row is read to be changed: what the outer join adds
	// cannot be locked.
	lockPasskey   = `SELECT id FROM passkeys_webauthncredential WHERE id = $1`
	insertPasskey = `INSERT INTO passkeys_webauthncredential
		(name, credential_id, public_key, sign_count, discoverable, created_at, last_used_at, user_id, transports)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9`
	updatePasskey = `UPDATE passkeys_webauthncredential SET name = $1, sign_count = $2, last_used_at = $3 WHERE id = $4`
	deletePasskey = `DELETE FROM passkeys_webauthncredential WHERE id = $1`
	storeFlags    = `INSERT INTO latchkey_passkey (credential_id, sign_count, backup_eligible, backed_up, user_verified)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT (credential_id) DO UPDATE SET sign_count = excluded.sign_count,
		backup_eligible = excluded.backup_eligible, backed_up = excluded.backed_up, user_verified = excluded.user_verified`
	deleteFlags = `DELETE FROM latchkey_passkey WHERE credential_id = $1`

	selectHandle = `SELECT handle FROM latchkey_passkey_handle WHERE account_id = $1`
	insertHandle = `INSERT INTO latchkey_passkey_handle (account_id, handle) VALUES ($1, $2) ON CONFLICT (account_id) DO NOTHING`

	storeChallenge = `INSERT INTO latchkey_passkey_challenge (key, challenge, account_id, expires, name) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (key) DO UPDATE SET challenge = excluded.challenge, account_id = excluded.account_id, expires = excluded.expires,
		name = excluded.name`
	takeChallenge = `DELETE FROM latchkey_passkey_challenge WHERE key = $1 RETURNING challenge, account_id, expires, name`
)

func (r passkeyRow) credential() *passkeys.Credential {
	return passkeys.Restore(passkeys.Snapshot{
		ID:           passkeys.ID(r.ID),
		Account:      accounts.ID(r.UserID),
		Name:         passkeys.Name(r.Name),
		CredentialID: r.CredentialID,
		PublicKey:    r.PublicKey,
		SignCount:    r.count(),
		Transports:   r.transports(),
		Discoverable: r.Discoverable,
		Flags: passkeys.Flags{
			Known: r.Counted.Valid, BackupEligible: r.BackupEligible.Bool, BackedUp: r.BackedUp.Bool, UserVerified: r.UserVerified.Bool,
		},
		Created:  r.CreatedAt.Time,
		LastUsed: r.LastUsedAt.Time,
	})
}

// count is the higher of the two: Django's column takes half of the numbers that an
// authenticator may count to, and Django may have counted since.
func (r passkeyRow) count() uint32 {
	return uint32(min(max(r.SignCount, r.Counted.Int64, 0), math.MaxUint32))
}

// transports returns what can be one: Django has stored whatever a client sent.
func (r passkeyRow) transports() []string {
	var list []any
	_ = json.Unmarshal([]byte(r.Transports), &list) // an object or a text is no list
	texts := []string{}
	for _, item := range list {
		if text, ok := item.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// djangoCount is the counter as far as Django's column holds it.
func djangoCount(count uint32) int64 { return min(int64(count), math.MaxInt32) }

// insertValues returns the columns in the order of insertPasskey.
func insertValues(s passkeys.Snapshot) []any {
	transports := s.Transports
	if transports == nil {
		transports = []string{}
	}
	text, _ := json.Marshal(transports) // texts can be encoded
	return []any{
		string(s.Name), s.CredentialID, s.PublicKey, djangoCount(s.SignCount), s.Discoverable, djangoTime{s.Created}, djangoTime{s.LastUsed},
		int64(s.Account), jsonText(text),
	}
}

// flagValues returns the columns in the order of storeFlags.
func flagValues(s passkeys.Snapshot) []any {
	return []any{int64(s.ID), int64(s.SignCount), s.Flags.BackupEligible, s.Flags.BackedUp, s.Flags.UserVerified}
}

// challengeRow is a row of latchkey_passkey_challenge.
type challengeRow struct {
	Challenge []byte         `bun:"challenge"`
	AccountID sql.NullInt64  `bun:"account_id"`
	Expires   djangoTime     `bun:"expires"`
	Name      sql.NullString `bun:"name"` // of an instance from before it: none
}
