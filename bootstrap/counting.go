package bootstrap

import (
	"context"
	"log/slog"

	"go.uber.org/fx"

	"latchkey/adapters/inmemory"
	"latchkey/adapters/redislimits"
	"latchkey/application/ports"
	"latchkey/application/readiness"
	"latchkey/bootstrap/config"
)

// Counting counts what belongs to no transaction, in Redis where the settings have one.
//
// The counters of Storage keep the rest, which instances share as they share the
// accounts: the proofs and authorizations that a social sign-in uses up, and mails. If
// Redis counted those, a sign-in that is refused would have used its proof up all the
// same, a registration that is rolled back would have had its one mail, and a slow Redis
// would hold the database's writer. And a Redis that is emptied, or evicts what does not
// fit, would make proofs good again that were used.
//
// Requests of one address and of one signed-in user are counted in the memory of each
// instance where there is no Redis: these limits stop floods, and a flood must not become
// one of the database's. What stops guessing, wrong passwords of an account, is shared.
//
// Without Redis wrong passwords are counted by Storage's ports.Limits, or what an Override
// puts in its place, and so are requests where several machines share a PostgreSQL.
var Counting = fx.Module("counting", fx.Provide(newCounters))

// counters are counters that no transaction takes back.
type counters struct {
	fx.Out

	Attempts ports.Limits `name:"attempts"` // wrong passwords
	Throttle ports.Limits `name:"throttle"` // requests, by THROTTLE_RATE
	Callers  ports.Limits `name:"callers"`  // requests, by ACCOUNT_RATE_LIMITS
}

func newCounters(cfg config.Config, stored ports.Limits, ready *readiness.Service, log *slog.Logger, lifecycle fx.Lifecycle) counters {
	switch {
	case cfg.Redis.Address != "":
	case cfg.Database.Postgres.Empty():
		// One machine has the file: its memory is faster, and may forget at a restart.
		return counters{Attempts: stored, Throttle: inmemory.NewLimits(), Callers: inmemory.NewLimits()}
	default:
		return counters{Attempts: stored, Throttle: stored, Callers: inmemory.NewLimits()}
	}
	shared := redislimits.New(redislimits.Config(cfg.Redis), log)
	ready.Watch(ports.ProbeFunc("redis", shared.Check))
	lifecycle.Append(fx.Hook{
		OnStart: func(ctx context.Context) error { return atStart(ctx, shared) },
		OnStop:  func(context.Context) error { return shared.Close() },
	})
	return counters{Attempts: shared, Throttle: shared, Callers: shared}
}

// atStart has the log tell of a Redis that does not answer. The service starts all the same:
// who is signed in goes on, and the others get in as soon as it does.
func atStart(ctx context.Context, shared *redislimits.Limits) error {
	_ = shared.Check(ctx)
	return ctx.Err()
}
