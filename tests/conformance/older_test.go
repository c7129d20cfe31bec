package conformance_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/bunsql"
	"latchkey/domain/secret"
	"latchkey/tests/conformance"
	"latchkey/tests/postgres"
)

// older runs suites on the tables of an older Django and allauth. The suites that are
// not here store what those tables refuse: an address of two accounts, which allauth
// 0.51 allows only with ACCOUNT_UNIQUE_EMAIL = False, and tokens of providers.
func older(t *testing.T, open conformance.Open) {
	t.Run("APITokens", func(t *testing.T) { conformance.APITokens(t, open) })
	t.Run("WebSessions", func(t *testing.T) { conformance.WebSessions(t, open) })
	t.Run("RefreshTokens", func(t *testing.T) { conformance.RefreshTokens(t, open) })
	t.Run("Sites", func(t *testing.T) { conformance.Sites(t, open) })
}

func TestSQLiteOfAnOlderDjango(t *testing.T) {
	older(t, func(t *testing.T) conformance.Stores {
		file := filepath.Join(t.TempDir(), "latchkey.db")
		require.NoError(t, execute(t.Context(), "sqlite", file, "django32.sql"))
		return stores(t, bunsql.Config{File: file})
	})
}

func TestPostgreSQLOfAnOlderDjango(t *testing.T) {
	older(t, func(t *testing.T) conformance.Stores {
		url := postgres.Copy(t, "older", func(url string) error {
			if err := execute(t.Context(), "pgx", url, "django32_postgres.sql"); err != nil {
				return err
			}
			db, err := bunsql.Open(t.Context(), bunsql.Config{URL: secret.New(url)})
			if err != nil {
				return err
			}
			return errors.Join(db.Migrate(t.Context()), db.Close())
		})
		return stores(t, bunsql.Config{URL: secret.New(url)})
	})
}

func execute(ctx context.Context, driver, source, script string) error {
	text, err := os.ReadFile(filepath.Join("..", "..", "adapters", "bunsql", "testdata", script))
	if err != nil {
		return err
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, string(text))
	return errors.Join(err, db.Close())
}
