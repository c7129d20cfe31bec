package conformance_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/bunsql"
	"latchkey/adapters/inmemory"
	"latchkey/adapters/system"
	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
	"latchkey/tests/conformance"
)

func TestInMemory(t *testing.T) {
	conformance.RunAll(t, func(*testing.T) conformance.Stores {
		store := inmemory.NewStore()
		return conformance.Stores{
			Accounts:    inmemory.NewAccounts(store),
			Addresses:   inmemory.NewAddresses(store),
			APITokens:   inmemory.NewAPITokens(store),
			WebSessions: inmemory.NewWebSessions(store),
			Limits:      inmemory.NewLimits(),
			Outbox:      inmemory.NewOutbox(store),
			Transactor:  inmemory.NewTransactor(store),
			Sites:       inmemory.NewSites(ports.Site{Name: "example.com", Domain: "example.com"}),
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
			Accounts:    bunsql.NewAccounts(db),
			Addresses:   bunsql.NewAddresses(db),
			APITokens:   bunsql.NewAPITokens(db),
			WebSessions: bunsql.NewWebSessions(db, plainSeals{}),
			Limits:      bunsql.NewLimits(db),
			Outbox:      bunsql.NewOutbox(db),
			Transactor:  bunsql.NewTransactor(db),
			Sites:       bunsql.NewSites(db),
		}
	})
}

func TestSystem(t *testing.T) {
	conformance.Clock(t, system.NewClock())
	conformance.Random(t, system.NewRandom())
}

// plainSeals seals with a prefix instead of a signature.
type plainSeals struct{}

const sealed = "sealed:"

func (plainSeals) Fingerprint(hash secret.String) string { return hash.Reveal() }

func (plainSeals) Fits(fingerprint string, hash secret.String) bool {
	return fingerprint == hash.Reveal()
}

// content is what is sealed.
type content struct {
	Account     accounts.ID
	Backend     string
	Fingerprint string
	Values      map[string]any
}

func (plainSeals) Seal(s *sessions.WebSession, _ time.Time) (string, error) {
	text, err := json.Marshal(content{s.Account, s.Backend, s.Fingerprint, s.Values})
	return sealed + string(text), err
}

func (plainSeals) Open(text string, s *sessions.WebSession) error {
	text, ok := strings.CutPrefix(text, sealed)
	var c content
	if err := json.Unmarshal([]byte(text), &c); err != nil || !ok {
		return sessions.ErrSessionEnded
	}
	s.Account, s.Backend, s.Fingerprint, s.Values = c.Account, c.Backend, c.Fingerprint, c.Values
	return nil
}
