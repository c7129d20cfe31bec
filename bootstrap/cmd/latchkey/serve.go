package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"go.uber.org/fx"

	"latchkey/bootstrap"
	"latchkey/bootstrap/config"
)

type serve struct{}

// stopTimeout is how long requests and mails that have begun get to end.
const stopTimeout = 30 * time.Second

// Run serves until it is told to stop.
func (serve) Run(ctx context.Context, cli *commands) error {
	cfg, err := cli.load()
	if err != nil {
		return err
	}
	for _, warning := range cfg.Warnings {
		fmt.Fprintln(os.Stderr, "warning:", warning)
	}
	keepMemorySmall(ctx, cfg)
	makeRoom(cfg)
	app := bootstrap.New(bootstrap.Configured(cfg), bootstrap.Listen(), fx.StopTimeout(stopTimeout+cfg.Server.ShutdownDelay))
	if err := app.Start(ctx); err != nil {
		return err
	}
	greet(cfg)
	return stopped(ctx, app, stopTimeout+cfg.Server.ShutdownDelay)
}

// makeRoom lets the scheduler run as many threads beside those that hash passwords as it would
// without them. Else those hold every place, also while they let others go first, and
// a request that takes microseconds waits for milliseconds.
func makeRoom(cfg config.Config) {
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + cfg.Passwords.Workers)
}

// stopped waits for a signal, or for the service to give up, and winds it down.
func stopped(ctx context.Context, app *fx.App, timeout time.Duration) error {
	code := 0
	select {
	case <-ctx.Done():
	case end := <-app.Wait():
		code = end.ExitCode
	}
	// A second signal ends the process at once: nobody has to wait for a client
	// that never finishes its request, and nothing acknowledged is lost by it.
	signal.Reset(syscall.SIGINT, syscall.SIGTERM)
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	if err := app.Stop(ending); err != nil {
		return err
	}
	if code != 0 {
		return fmt.Errorf("the service gave up; the log says why")
	}
	return nil
}

// greet tells a newcomer what to try.
func greet(cfg config.Config) {
	base := cfg.Server.PublicURL.String() + cfg.Endpoints.BasePath
	fmt.Printf("Latchkey answers at %s\n\nTry it:\n", base)
	if cfg.Endpoints.Allauth {
		fmt.Printf("  curl %sregistration/ -d username=ada -d email=ada@example.com -d password1=correct-horse-9 -d password2=correct-horse-9\n", base)
	}
	fmt.Printf("  curl %slogin/ -d username=ada -d password=correct-horse-9\n", base)
	fmt.Printf("  curl %suser/ -H 'Authorization: %s'\n\n", base, credential(cfg))
}

// credential is what a login answers, as it is presented.
func credential(cfg config.Config) string {
	if cfg.JWT.Enabled {
		return cfg.JWT.HeaderTypes[0] + " <the access token that login answered>"
	}
	return "Token <the key that login answered>"
}
