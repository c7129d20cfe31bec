package bunsql

import (
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/verification"
)

// Where one of the ports is replaced, its rows are not ours to write.
func TestOnlyWhatIsKeptTogetherIsStoredAtOnce(t *testing.T) {
	db, other := migrated(t), migrated(t)
	web := NewWebSessions(db, openSeals{})
	require.NotNil(t, web.Entries(NewAccounts(db), NewAPITokens(db)))
	require.Nil(t, web.Entries(NewAccounts(other), NewAPITokens(db)))
	require.Nil(t, web.Entries(NewAccounts(db), NewAPITokens(other)))
	require.Nil(t, web.Entries(struct{ ports.Accounts }{NewAccounts(db)}, NewAPITokens(db)))
	require.Nil(t, web.Entries(NewAccounts(db), struct{ ports.APITokens }{NewAPITokens(db)}))
	require.NotNil(t, NewAccounts(db).Newcomers(NewAddresses(db)))
	require.Nil(t, NewAccounts(db).Newcomers(NewAddresses(other)))
	require.Nil(t, NewAccounts(db).Newcomers(struct{ ports.Addresses }{NewAddresses(db)}))
}

// Tables of allauth before 0.58 hold every address once, proved or not.
func TestWhereAnAddressStandsOnceANewcomerIsToldSo(t *testing.T) {
	for name, open := range map[string]func(t testing.TB) *DB{"SQLite": migrated, "PostgreSQL": onPostgres} {
		t.Run(name, func(t *testing.T) {
			db := open(t)
			execute(t, db, `CREATE UNIQUE INDEX account_emailaddress_email_key ON account_emailaddress (email)`)
			newcomers := NewAccounts(db).Newcomers(NewAddresses(db))
			_, err := newcomers.Add(t.Context(), accounts.New("ann", "a@example.com", secret.New("x"), now))
			require.NoError(t, err)
			_, err = newcomers.Add(t.Context(), accounts.New("bob", "a@example.com", secret.New("x"), now))
			require.ErrorIs(t, err, verification.ErrVerifiedElsewhere)
			require.Equal(t, []string{"ann"}, texts(t, db, `SELECT username FROM auth_user`))
		})
	}
}
