package bootstrap

import (
	"context"
	"log/slog"

	"go.uber.org/fx"

	"latchkey/adapters/bunsql"
	"latchkey/application/inspection"
	"latchkey/application/ports"
	"latchkey/application/readiness"
	"latchkey/bootstrap/config"
)

// Storage keeps everything in the database. The migrations hang on the database:
// who replaces all of these ports has none opened.
var Storage = fx.Module("storage",
	fx.Provide(
		newDatabase,
		fx.Annotate(bunsql.NewAccounts, fx.As(new(ports.Accounts))),
		fx.Annotate(bunsql.NewAddresses, fx.As(new(ports.Addresses))),
		fx.Annotate(bunsql.NewAPITokens, fx.As(new(ports.APITokens))),
		fx.Annotate(bunsql.NewWebSessions, fx.As(new(ports.WebSessions))),
		fx.Annotate(bunsql.NewLimits, fx.As(new(ports.Limits))),
		fx.Annotate(bunsql.NewOutbox, fx.As(new(ports.Outbox))),
		fx.Annotate(bunsql.NewTransactor, fx.As(new(ports.Transactor))),
		fx.Annotate(bunsql.NewRefreshTokens, fx.As(new(ports.RefreshTokens))),
		fx.Annotate(bunsql.NewFamilies, fx.As(new(ports.Families))),
		fx.Annotate(bunsql.NewCleaner, fx.As(new(ports.Cleaner))),
		fx.Annotate(newSites, fx.As(new(ports.Sites))),
	),
)

// opening is what opens the database. Commands that end have no Readiness; one without a
// log stays silent.
type opening struct {
	fx.In

	Config    config.Config
	Lifecycle fx.Lifecycle
	Log       *slog.Logger       `optional:"true"`
	Readiness *readiness.Service `optional:"true"`
}

func newDatabase(o opening) (*bunsql.DB, error) {
	settings := databaseConfig(o.Config)
	settings.Log = o.Log
	db, err := bunsql.Open(context.Background(), settings)
	if err != nil {
		return nil, err
	}
	if o.Readiness != nil {
		for _, probe := range db.Probes() {
			o.Readiness.Watch(probe)
		}
	}
	o.Lifecycle.Append(fx.Hook{
		OnStart: func(ctx context.Context) error {
			schema, err := Migrate(ctx, o.Config, db)
			if err != nil || o.Log == nil {
				return err
			}
			for _, sentence := range told(o.Config, schema, inspection.Warning) {
				o.Log.Warn(sentence)
			}
			return nil
		},
		OnStop: func(context.Context) error { return db.Close() },
	})
	return db, nil
}

// OpenDatabase opens the configured database and leaves its tables as they are.
func OpenDatabase(ctx context.Context, cfg config.Config) (*bunsql.DB, error) {
	return bunsql.Open(ctx, databaseConfig(cfg))
}

func databaseConfig(cfg config.Config) bunsql.Config {
	return bunsql.Config{
		File:             cfg.Database.SQLite,
		URL:              cfg.Database.Postgres,
		MaxConnections:   cfg.Database.MaxConnections,
		StatementTimeout: cfg.Database.StatementTimeout,
		SharedEmail:      !cfg.Accounts.UniqueEmail,
	}
}

// newSites writes the site's name and domain into its row where the settings
// have them; the row counts otherwise.
func newSites(cfg config.Config, db *bunsql.DB, lifecycle fx.Lifecycle) *bunsql.Sites {
	sites := bunsql.NewSites(db)
	if cfg.Site.Name == nil && cfg.Site.Domain == nil {
		return sites
	}
	lifecycle.Append(fx.StartHook(func(ctx context.Context) error {
		site, err := sites.Current(ctx)
		if err != nil {
			return err
		}
		if cfg.Site.Name != nil {
			site.Name = *cfg.Site.Name
		}
		if cfg.Site.Domain != nil {
			site.Domain = *cfg.Site.Domain
		}
		return sites.Rename(ctx, site)
	}))
	return sites
}
