package bunsql

import (
	"encoding/json"

	"latchkey/domain/accounts"
	"latchkey/domain/identities"
)

// identityRow is a row of socialaccount_socialaccount.
type identityRow struct {
	ID         int64      `bun:"id"`
	Provider   string     `bun:"provider"`
	UID        string     `bun:"uid"`
	LastLogin  djangoTime `bun:"last_login"`
	DateJoined djangoTime `bun:"date_joined"`
	UserID     int64      `bun:"user_id"`
	ExtraData  string     `bun:"extra_data"`
}

// jsonText is text that is bound for a column of JSON.
type jsonText string

const (
	selectIdentity = `SELECT id, provider, uid, last_login, date_joined, user_id, extra_data
		FROM socialaccount_socialaccount`
	selectIdentityByID = selectIdentity + " WHERE id = $1"
	// selectIdentityAt compares exactly: two people may have subjects that differ in case only.
	selectIdentityAt   = selectIdentity + " WHERE provider = $1 AND uid = $2"
	selectIdentitiesOf = selectIdentity + " WHERE user_id = $1 ORDER BY id"
	insertIdentity     = `INSERT INTO socialaccount_socialaccount (provider, uid, last_login, date_joined, user_id, extra_data)
		VALUES ($1, $2, $3, $4, $5, $6`
	updateIdentity = `UPDATE socialaccount_socialaccount SET provider = $1, uid = $2, last_login = $3,
		date_joined = $4, user_id = $5, extra_data = $6`
	deleteIdentity = `DELETE FROM socialaccount_socialaccount WHERE id = $1`
)

// values returns the row's columns in the order of insertIdentity and
// updateIdentity, without the id.
func (r identityRow) values() []any {
	return []any{r.Provider, r.UID, r.LastLogin, r.DateJoined, r.UserID, jsonText(r.ExtraData)}
}

func (r identityRow) identity() *identities.Identity {
	return identities.Restore(identities.Snapshot{
		ID:        identities.ID(r.ID),
		Account:   accounts.ID(r.UserID),
		Key:       identities.Key{Provider: r.Provider, Subject: r.UID},
		Extra:     json.RawMessage(extraOr(r.ExtraData)),
		LastLogin: r.LastLogin.Time,
		Joined:    r.DateJoined.Time,
	})
}

func rowOfIdentity(s identities.Snapshot) identityRow {
	return identityRow{
		ID:         int64(s.ID),
		Provider:   s.Key.Provider,
		UID:        s.Key.Subject,
		LastLogin:  djangoTime{s.LastLogin},
		DateJoined: djangoTime{s.Joined},
		UserID:     int64(s.Account),
		ExtraData:  extraOr(string(s.Extra)),
	}
}

// extraOr returns the text, or an empty object when it is no JSON. Tables of an
// older allauth take any text, and what a provider once told must not keep anybody
// from signing in. JSON of another shape stays as it is: allauth has written null,
// and objects as text within a text.
func extraOr(text string) string {
	if !json.Valid([]byte(text)) {
		return "{}"
	}
	return text
}
