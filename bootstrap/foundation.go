package bootstrap

import (
	"log/slog"
	"os"
	"strconv"

	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"latchkey/adapters/passwordhash"
	"latchkey/adapters/pwnedpasswords"
	"latchkey/adapters/system"
	"latchkey/application/ports"
	"latchkey/application/readiness"
	"latchkey/bootstrap/config"
)

// Foundation is what everything stands on: the clock, randomness, the log, the
// password hasher, and the readiness that parts add their probes to.
var Foundation = fx.Module("foundation",
	fx.Provide(
		fx.Annotate(system.NewClock, fx.As(new(ports.Clock))),
		fx.Annotate(system.NewRandom, fx.As(new(ports.Random))),
		newLog,
		fx.Annotate(newHasher, fx.As(new(ports.PasswordHasher))),
		newBreaches,
		newReadiness,
		func(service *readiness.Service) readiness.UseCases { return service },
	),
)

func newLog(cfg config.Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.Log.Level}
	if cfg.Log.Format == config.LogJSON {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}

// newFxLog keeps fx's own events out of the log. What goes wrong is returned by
// Start and Stop; fx would tell it as well, several times and with its own insides.
func newFxLog(log *slog.Logger) fxevent.Logger {
	events := &fxevent.SlogLogger{Logger: log}
	events.UseLogLevel(slog.LevelDebug)
	events.UseErrorLevel(slog.LevelDebug)
	return events
}

// newHasher makes the hasher of the service: strangers ask it, so that nobody waits
// without bound. It says what it may take of the machine, for who wonders.
func newHasher(cfg config.Config, random ports.Random, log *slog.Logger) (*passwordhash.Hasher, error) {
	p := cfg.Passwords
	log.Info("passwords are hashed", "at once", p.Workers, "memory of each", megabytes(p.Hashers.Memory()),
		"waiting at most", p.Queue, "for at most", p.QueueTimeout.String())
	queue := passwordhash.Queue{Places: p.Queue, Wait: p.QueueTimeout}
	return passwordhash.NewQueued(p.Hashers.Preferences, p.Workers, queue, random)
}

// newPatientHasher makes the hasher of commands, whose operator wants them done.
func newPatientHasher(cfg config.Config, random ports.Random) (*passwordhash.Hasher, error) {
	return passwordhash.New(cfg.Passwords.Hashers.Preferences, cfg.Passwords.Workers, random)
}

// newBreaches returns nil where the settings name nobody to ask.
func newBreaches(cfg config.Config, log *slog.Logger, lifecycle fx.Lifecycle) ports.Breaches {
	if cfg.Passwords.PwnedURL == "" {
		return nil
	}
	breaches := pwnedpasswords.New(string(cfg.Passwords.PwnedURL), log)
	lifecycle.Append(fx.StopHook(breaches.Close))
	return breaches
}

func megabytes(bytes uint64) string { return strconv.FormatUint((bytes+1<<20-1)>>20, 10) + " MiB" }
