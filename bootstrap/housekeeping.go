package bootstrap

import (
	"context"
	"log/slog"
	"sync"

	"go.uber.org/fx"

	"latchkey/adapters/bunsql"
	"latchkey/adapters/system"
	"latchkey/application/housekeeping"
	"latchkey/application/ports"
	"latchkey/bootstrap/config"
)

// CleanUp is what it takes to remove what has expired, and nothing of the rest:
// the program uses it for a clean-up by hand.
var CleanUp = fx.Options(
	fx.Provide(
		newDatabase,
		newCleanUp,
		fx.Annotate(bunsql.NewCleaner, fx.As(new(ports.Cleaner))),
		fx.Annotate(system.NewClock, fx.As(new(ports.Clock))),
	),
)

// Housekeeping removes what has expired while the service runs.
var Housekeeping = fx.Module("housekeeping",
	fx.Provide(newCleanUp),
	fx.Invoke(runCleanUp),
)

func newCleanUp(cfg config.Config, cleaner ports.Cleaner, clock ports.Clock, log *slog.Logger) *housekeeping.Worker {
	return housekeeping.NewWorker(cleaner, clock, housekeeping.Options{
		Every:  cfg.Cleanup.Interval,
		Leeway: cfg.JWT.Leeway,
	}, log)
}

func runCleanUp(worker *housekeeping.Worker, lifecycle fx.Lifecycle) {
	running, stop := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	lifecycle.Append(fx.StartStopHook(
		func() { ended.Go(func() { worker.Run(running) }) },
		func() { stop(); ended.Wait() },
	))
}
