package kit

import (
	"context"
	"errors"
	"maps"
	"testing"

	"go.uber.org/fx"

	"latchkey/adapters/bunsql"
	"latchkey/domain/secret"
	"latchkey/tests/postgres"
)

// Option changes what App boots.
type Option func(*plan)

// plan is what the options add up to.
type plan struct {
	settings map[string]string
	file     string
	clock    *Clock
	database string
	fx       []fx.Option
}

// Settings sets settings by their names without the prefix LATCHKEY_, over the
// kit's own and over those of earlier Settings.
func Settings(settings map[string]string) Option {
	return func(p *plan) { maps.Copy(p.settings, settings) }
}

// WithFile has the YAML file read for settings that the environment cannot hold,
// such as social providers. Settings and the kit's own win over it.
func WithFile(file string) Option {
	return func(p *plan) { p.file = file }
}

// WithClock gives the service this clock.
func WithClock(clock *Clock) Option {
	return func(p *plan) { p.clock = clock }
}

// WithDatabase gives the service this SQLite file, or the PostgreSQL database with
// this URL, in place of a new file. It
// outlives the service, so that a test can boot a second one on it.
func WithDatabase(file string) Option {
	return func(p *plan) { p.database = file }
}

// WithPostgres gives the service a new database on a PostgreSQL server that this
// test binary starts. The test is skipped where PostgreSQL is not installed.
func WithPostgres(t testing.TB) Option {
	t.Helper()
	return WithDatabase(postgres.Copy(t, "migrated", func(url string) error {
		db, err := bunsql.Open(context.Background(), bunsql.Config{URL: secret.New(url)})
		if err != nil {
			return err
		}
		return errors.Join(db.Migrate(context.Background()), db.Close())
	}))
}

// WithFx hands options to bootstrap.New after the kit's own: extensions, and
// bootstrap.Override of any port but Clock and Mailer, which are the kit's.
func WithFx(options ...fx.Option) Option {
	return func(p *plan) { p.fx = append(p.fx, options...) }
}
