package conformance_test

import (
	"crypto/sha1" //nolint:gosec // the protocol's
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/aesseal"
	"latchkey/adapters/bunsql"
	"latchkey/adapters/djangosign"
	"latchkey/adapters/inmemory"
	"latchkey/adapters/passwordhash"
	"latchkey/adapters/pwnedpasswords"
	"latchkey/adapters/redislimits"
	"latchkey/adapters/system"
	"latchkey/application/ports"
	"latchkey/domain/credentials"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
	"latchkey/tests/conformance"
	"latchkey/tests/postgres"
	"latchkey/tests/redisserver"
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

			Identities:     inmemory.NewIdentities(store),
			ProviderTokens: inmemory.NewProviderTokens(store),
			People:         inmemory.NewPeople(store),

			Passkeys:          inmemory.NewPasskeys(store),
			PasskeyHandles:    inmemory.NewPasskeyHandles(store),
			PasskeyChallenges: inmemory.NewPasskeyChallenges(store),
			Factors:           inmemory.NewFactors(store),
			PendingFactors:    inmemory.NewPendingFactors(store),
			KnownDevices:      inmemory.NewKnownDevices(store),
		}
	})
}

func TestSQLite(t *testing.T) {
	conformance.RunAll(t, func(t *testing.T) conformance.Stores {
		return stores(t, bunsql.Config{File: filepath.Join(t.TempDir(), "latchkey.db")})
	})
}

func TestPostgreSQL(t *testing.T) {
	conformance.RunAll(t, func(t *testing.T) conformance.Stores {
		return stores(t, bunsql.Config{URL: secret.New(onPostgres(t))})
	})
}

// Each transaction may get another connection of the server, which knows nothing of
// what the last one prepared, set or locked.
func TestPostgreSQLBehindPgBouncer(t *testing.T) {
	conformance.RunAll(t, func(t *testing.T) conformance.Stores {
		return stores(t, bunsql.Config{URL: secret.New(postgres.Bouncer(t, onPostgres(t)))})
	})
}

func onPostgres(t *testing.T) string {
	return postgres.Copy(t, "migrated", func(url string) error {
		db, err := bunsql.Open(t.Context(), bunsql.Config{URL: secret.New(url)})
		if err != nil {
			return err
		}
		return errors.Join(db.Migrate(t.Context()), db.Close())
	})
}

// stores returns what works on the database, with its tables.
func stores(t *testing.T, config bunsql.Config) conformance.Stores {
	db, err := bunsql.Open(t.Context(), config)
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

		Identities:     bunsql.NewIdentities(db),
		ProviderTokens: bunsql.NewProviderTokens(db, cipher(t)),
		People:         bunsql.NewPeople(db),

		Passkeys:          bunsql.NewPasskeys(db),
		PasskeyHandles:    bunsql.NewPasskeyHandles(db),
		PasskeyChallenges: bunsql.NewPasskeyChallenges(db),
		Factors:           bunsql.NewFactors(db, cipher(t), djangosign.NewSecretSeals(keys(t)), false),
		PendingFactors:    bunsql.NewPendingFactors(db),
		KnownDevices:      bunsql.NewKnownDevices(db),
	}
}

func TestRedis(t *testing.T) {
	server := redisserver.Start(t)
	limits := redislimits.New(redislimits.Config{Address: server.Address, Password: secret.New(redisserver.Password)}, slog.New(slog.DiscardHandler))
	t.Cleanup(func() { require.NoError(t, limits.Close()) })
	conformance.Limits(t, func(t *testing.T) ports.Limits {
		server.Empty(t)
		return limits
	})
}

// pwned is a service that gives the rest of all digests with a prefix, and a padding.
func pwned(known []credentials.Password) http.HandlerFunc {
	return func(out http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(out, "%035d:0\r\n", 0)
		for _, password := range known {
			digest := fmt.Sprintf("%X", sha1.Sum([]byte(password.Reveal()))) //nolint:gosec // the protocol's
			if rest, ours := strings.CutPrefix("/"+digest, r.URL.Path); ours {
				_, _ = fmt.Fprintf(out, "%s:3\r\n", rest)
			}
		}
	}
}

func TestPwnedPasswords(t *testing.T) {
	conformance.Breaches(t, func(t *testing.T, known ...credentials.Password) ports.Breaches {
		server := httptest.NewServer(pwned(known))
		t.Cleanup(server.Close)
		return pwnedpasswords.New(server.URL+"/", slog.New(slog.DiscardHandler))
	})
}

var secretKey = secret.New("a key for tests that is longer than fifty characters, as it must be")

func keys(t *testing.T) djangosign.Keys {
	keys, err := djangosign.NewKeys(secretKey)
	require.NoError(t, err)
	return keys
}

func seals(t *testing.T) ports.SessionSeals { return djangosign.NewSessionSeals(keys(t)) }

func cipher(t *testing.T) ports.Cipher {
	cipher, err := aesseal.New(secretKey)
	require.NoError(t, err)
	return cipher
}

func TestSessionSeals(t *testing.T) { conformance.SessionSeals(t, seals(t)) }

func TestAuthorizationSeals(t *testing.T) {
	conformance.AuthorizationSeals(t, djangosign.NewAuthorizationSeals(keys(t)))
}

func TestCipher(t *testing.T) { conformance.Cipher(t, cipher(t)) }

func TestIdentityProvidersInMemory(t *testing.T) {
	providers := inmemory.NewIdentityProviders()
	providers.Vouches("somewhere", "good", identities.Profile{
		Key:    identities.Key{Provider: "somewhere", Subject: "42"},
		Emails: []identities.Email{{Address: "ann@example.com", Verified: true}},
		Extra:  json.RawMessage(`{"id": "42"}`),
	})
	conformance.IdentityProviders(t, providers, conformance.ProviderSample{
		Provider: "somewhere",
		Good:     identities.Proof{AccessToken: secret.New("good")},
		Refused:  identities.Proof{AccessToken: secret.New("forged")},
	})
}

func TestPasswordHash(t *testing.T) {
	for _, setting := range []string{"argon2:m=64;t=1;p=1", "pbkdf2_sha256:10", "bcrypt_sha256:4", "scrypt:n=2;r=1;p=1"} {
		t.Run(setting, func(t *testing.T) {
			preference, err := passwordhash.ParsePreference(setting)
			require.NoError(t, err)
			hasher, err := passwordhash.New([]passwordhash.Preference{preference}, 2, system.NewRandom())
			require.NoError(t, err)
			conformance.PasswordHasher(t, hasher)
			conformance.ForeignHashes(t, hasher, hasher)
		})
	}
}

func TestMailbox(t *testing.T) { conformance.Mailer(t, inmemory.NewMailbox()) }

func TestSystem(t *testing.T) {
	conformance.Clock(t, system.NewClock())
	conformance.Random(t, system.NewRandom())
}
