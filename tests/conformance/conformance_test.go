package conformance_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/bunsql"
	"latchkey/adapters/djangosign"
	"latchkey/adapters/inmemory"
	"latchkey/adapters/passwordhash"
	"latchkey/adapters/system"
	"latchkey/application/ports"
	"latchkey/domain/secret"
	"latchkey/tests/conformance"
)

func TestInMemory(t *testing.T) {
	conformance.RunAll(t, func(*testing.T) conformance.Stores {
		store := inmemory.NewStore()
		return conformance.Stores{
			Accounts:      inmemory.NewAccounts(store),
			Addresses:     inmemory.NewAddresses(store),
			APITokens:     inmemory.NewAPITokens(store),
			WebSessions:   inmemory.NewWebSessions(store),
			RefreshTokens: inmemory.NewRefreshTokens(store),
			Families:      inmemory.NewFamilies(store),
			Cleaner:       inmemory.NewCleaner(store),
			Limits:        inmemory.NewLimits(),
			Outbox:        inmemory.NewOutbox(store),
			Transactor:    inmemory.NewTransactor(store),
			Sites:         inmemory.NewSites(ports.Site{Name: "example.com", Domain: "example.com"}),
		}
	})
}

func TestSQLite(t *testing.T) {
	conformance.RunAll(t, func(t *testing.T) conformance.Stores {
		db, err := bunsql.Open(t.Context(), bunsql.Config{File: filepath.Join(t.TempDir(), "latchkey.db")})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		require.NoError(t, db.Migrate(t.Context()))
		return conformance.Stores{
			Accounts:      bunsql.NewAccounts(db),
			Addresses:     bunsql.NewAddresses(db),
			APITokens:     bunsql.NewAPITokens(db),
			WebSessions:   bunsql.NewWebSessions(db, seals(t)),
			RefreshTokens: bunsql.NewRefreshTokens(db),
			Families:      bunsql.NewFamilies(db),
			Cleaner:       bunsql.NewCleaner(db),
			Limits:        bunsql.NewLimits(db),
			Outbox:        bunsql.NewOutbox(db),
			Transactor:    bunsql.NewTransactor(db),
			Sites:         bunsql.NewSites(db),
		}
	})
}

func seals(t *testing.T) ports.SessionSeals {
	keys, err := djangosign.NewKeys(secret.New("a key for tests that is longer than fifty characters, as it must be"))
	require.NoError(t, err)
	return djangosign.NewSessionSeals(keys)
}

func TestSessionSeals(t *testing.T) { conformance.SessionSeals(t, seals(t)) }

func TestPasswordHash(t *testing.T) {
	for _, setting := range []string{"argon2:m=64;t=1;p=1", "pbkdf2_sha256:10", "bcrypt_sha256:4", "scrypt:n=2;r=1;p=1"} {
		t.Run(setting, func(t *testing.T) {
			preference, err := passwordhash.ParsePreference(setting)
			require.NoError(t, err)
			hasher, err := passwordhash.New([]passwordhash.Preference{preference}, 2, system.NewRandom())
			require.NoError(t, err)
			conformance.PasswordHasher(t, hasher)
		})
	}
}

func TestMailbox(t *testing.T) { conformance.Mailer(t, inmemory.NewMailbox()) }

func TestSystem(t *testing.T) {
	conformance.Clock(t, system.NewClock())
	conformance.Random(t, system.NewRandom())
}
