package bunsql

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// openCipher stands in for real encryption: the text is the purpose and the hex digits.
type openCipher struct{}

func (openCipher) Encrypt(plain secret.String, purpose string) (string, error) {
	return purpose + "|" + hex.EncodeToString([]byte(plain.Reveal())), nil
}

func (openCipher) Decrypt(text, purpose string) (secret.String, error) {
	digits, ok := strings.CutPrefix(text, purpose+"|")
	plain, err := hex.DecodeString(digits)
	if !ok || err != nil {
		return secret.String{}, errors.New("unreadable")
	}
	return secret.New(string(plain)), nil
}

func addIdentity(t testing.TB, db *DB, name, extra string) *identities.Identity {
	t.Helper()
	profile := identities.Profile{Key: identities.Key{Provider: "google", Subject: name}, Extra: json.RawMessage(extra)}
	identity := identities.New(addAccount(t, db, name).ID(), profile, now)
	require.NoError(t, NewIdentities(db).Add(t.Context(), identity))
	return identity
}

// Whole rows, as allauth writes them but for the encryption.
func TestIdentitiesAreRowsOfAllauth(t *testing.T) {
	db := migrated(t)
	addIdentity(t, db, "ann", `{"name": "Ann"}`)
	addIdentity(t, db, "bob", "")
	token := identities.Token{Access: secret.New("a"), Expires: now}
	require.NoError(t, NewProviderTokens(db, openCipher{}).Keep(t.Context(), 1, token))
	require.NoError(t, NewProviderTokens(db, openCipher{}).Keep(t.Context(), 2, identities.Token{Secret: secret.New("s")}))

	require.Equal(t, []string{
		`'google'|'ann'|'2026-03-04 05:06:07.890123'|'2026-03-04 05:06:07.890123'|1|'{"name": "Ann"}'`,
		`'google'|'bob'|'2026-03-04 05:06:07.890123'|'2026-03-04 05:06:07.890123'|2|'{}'`,
	}, texts(t, db, `SELECT quote(provider)||'|'||quote(uid)||'|'||quote(last_login)||'|'||quote(date_joined)||'|'||quote(user_id)
		||'|'||quote(extra_data) FROM socialaccount_socialaccount ORDER BY id`))
	require.Equal(t, []string{
		`1|NULL|'2026-03-04 05:06:07.890123'|'socialaccount_socialtoken.token of 1|61'|'socialaccount_socialtoken.token_secret of 1|'`,
		`2|NULL|NULL|'socialaccount_socialtoken.token of 2|'|'socialaccount_socialtoken.token_secret of 2|73'`,
	}, texts(t, db, `SELECT account_id||'|'||quote(app_id)||'|'||quote(expires_at)||'|'||quote(token)||'|'||quote(token_secret)
		FROM socialaccount_socialtoken ORDER BY id`))
}

func TestWhatAnotherProgramWroteOfAnIdentityIsRead(t *testing.T) {
	db := migrated(t)
	identity := addIdentity(t, db, "ann", "{}")
	execute(t, db, `PRAGMA ignore_check_constraints = 1`) // tables of an older allauth have no such constraint
	for stored, want := range map[string]string{
		"null": "null", `"{\"id\": 1}"`: `"{\"id\": 1}"`, `[1, 2]`: `[1, 2]`, ` {"a":1}`: ` {"a":1}`,
		"": "{}", "{": "{}", "{'id': 1}": "{}", "NaN": "{}", "{} {}": "{}",
	} {
		execute(t, db, `UPDATE socialaccount_socialaccount SET extra_data = $1`, stored)
		found, err := NewIdentities(db).ByKey(t.Context(), identity.Key())
		require.NoError(t, err, stored)
		require.Equal(t, want, string(found.Snapshot().Extra), stored)
		signIn := func(identity *identities.Identity) error { return nil }
		require.NoError(t, NewIdentities(db).Update(t.Context(), identity.ID(), signIn), stored)
	}
}

func TestOnlyTheKeyOfAnIdentityIsConnectedElsewhere(t *testing.T) {
	db := migrated(t)
	snapshot := addIdentity(t, db, "ann", "{}").Snapshot()
	err := NewIdentities(db).Add(t.Context(), identities.Restore(snapshot))
	require.ErrorIs(t, err, identities.ErrConnectedElsewhere)
	snapshot.Key.Subject, snapshot.LastLogin = "another", time.Time{}
	err = NewIdentities(db).Add(t.Context(), identities.Restore(snapshot))
	require.Error(t, err)
	require.NotErrorIs(t, err, identities.ErrConnectedElsewhere, "another constraint of the table")
}

func TestATokenThatWasMovedIsNotRead(t *testing.T) {
	db := migrated(t)
	tokens := NewProviderTokens(db, openCipher{})
	ann, bob := addIdentity(t, db, "ann", "{}").ID(), addIdentity(t, db, "bob", "{}").ID()
	require.NoError(t, tokens.Keep(t.Context(), ann, identities.Token{Access: secret.New("anns"), Secret: secret.New("anns")}))
	execute(t, db, `UPDATE socialaccount_socialtoken SET account_id = $1`, int64(bob))
	_, err := tokens.Of(t.Context(), bob)
	require.ErrorContains(t, err, "decrypt provider token")
	require.NoError(t, tokens.Keep(t.Context(), ann, identities.Token{Access: secret.New("anns"), Secret: secret.New("anns")}))
	execute(t, db, `UPDATE socialaccount_socialtoken SET token_secret = token WHERE account_id = $1`, int64(ann))
	_, err = tokens.Of(t.Context(), ann)
	require.ErrorContains(t, err, "decrypt provider token", "one column is not good for the other")
}

// allauth stores tokens in clear, with an app or without one.
func TestTokensInClearAreNotReadAndGoWhenOneIsKept(t *testing.T) {
	db := migrated(t)
	tokens := NewProviderTokens(db, openCipher{})
	ann := addIdentity(t, db, "ann", "{}").ID()
	execute(t, db, `INSERT INTO socialaccount_socialapp VALUES (7, 'google', 'G', 'id', 's', '', '', '{}')`)
	for _, app := range []any{nil, nil, 7} {
		execute(t, db, `INSERT INTO socialaccount_socialtoken (token, token_secret, account_id, app_id) VALUES ('clear', '', $1, $2)`, int64(ann), app)
	}
	_, err := tokens.Of(t.Context(), ann)
	require.Error(t, err)
	require.NotErrorIs(t, err, identities.ErrNotFound)
	require.NotContains(t, err.Error(), "clear")
	require.NoError(t, tokens.Keep(t.Context(), ann, identities.Token{Access: secret.New("new")}))
	require.Equal(t, []string{"1"}, texts(t, db, `SELECT COUNT(*) FROM socialaccount_socialtoken`))
	token, err := tokens.Of(t.Context(), ann)
	require.NoError(t, err)
	require.Equal(t, "new", token.Access.Reveal())
}

// failingCipher fails at the purpose that contains its text.
type failingCipher struct {
	openCipher
	at string
}

func (f failingCipher) Encrypt(plain secret.String, purpose string) (string, error) {
	if strings.Contains(purpose, f.at) {
		return "", errors.New("no entropy")
	}
	return f.openCipher.Encrypt(plain, purpose)
}

func TestNothingIsKeptThatIsNotEncrypted(t *testing.T) {
	db := migrated(t)
	ann := addIdentity(t, db, "ann", "{}").ID()
	for _, at := range []string{".token of", ".token_secret of"} {
		err := NewProviderTokens(db, failingCipher{at: at}).Keep(t.Context(), ann, identities.Token{Access: secret.New("hunter2")})
		require.ErrorContains(t, err, "no entropy")
		require.Empty(t, texts(t, db, `SELECT token FROM socialaccount_socialtoken`))
	}
}
