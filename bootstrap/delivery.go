package bootstrap

import (
	"context"
	"log/slog"
	"sync"

	"go.uber.org/fx"

	"latchkey/application/delivery"
	"latchkey/application/ports"
	"latchkey/application/readiness"
)

// Delivery drains the outbox while the service runs.
var Delivery = fx.Module("delivery",
	fx.Provide(
		fx.Annotate(delivery.NewRecorder, fx.ParamTags(``, `group:"subscribers"`), fx.As(new(ports.Events))),
		fx.Annotate(delivery.SubscriberHandlers, fx.ParamTags(`group:"subscribers"`), fx.ResultTags(`group:"handlers,flatten"`)),
		fx.Annotate(newWorker, fx.ParamTags(``, `group:"handlers"`)),
	),
	fx.Invoke(runWorker),
)

func newWorker(outbox ports.Outbox, handlers []ports.Handler, clock ports.Clock, log *slog.Logger) (*delivery.Worker, error) {
	return delivery.NewWorker(outbox, handlers, clock, delivery.Options{}, log)
}

// runWorker delivers until the service stops, and lets what it has begun end.
func runWorker(worker *delivery.Worker, ready *readiness.Service, lifecycle fx.Lifecycle) {
	ready.Watch(ports.ProbeFunc("outbox", worker.Alive))
	running, stop := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	lifecycle.Append(fx.StartStopHook(
		func() { ended.Go(func() { worker.Run(running) }) },
		func() { stop(); ended.Wait() },
	))
}
