package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os/user"

	"go.uber.org/fx"

	"latchkey/application/ports"
	"latchkey/application/secondfactor"
	"latchkey/bootstrap"
	"latchkey/domain/accounts"
)

type resetMFA struct {
	Username string `arg:"" help:"The account's user name, exactly."`
	By       string `help:"Who does it, for the log; by default the user of this machine." placeholder:"NAME"`
}

// Run takes the second factor away. It is written to the log with who did it; the event
// and the mail leave with the service's next delivery.
func (r resetMFA) Run(ctx context.Context, cli *commands) error {
	cfg, err := cli.load()
	if err != nil {
		return err
	}
	if r.By == "" {
		if r.By, err = operator(); err != nil {
			return err
		}
	}
	var found ports.Accounts
	var factors *secondfactor.Service
	var log *slog.Logger
	app := fx.New(fx.NopLogger, fx.Supply(cfg), bootstrap.Support, fx.Populate(&found, &factors, &log))
	if err := app.Start(ctx); err != nil {
		return err
	}
	err = r.reset(ctx, found, factors, log)
	return errors.Join(err, app.Stop(context.WithoutCancel(ctx)))
}

func (r resetMFA) reset(ctx context.Context, found ports.Accounts, factors *secondfactor.Service, log *slog.Logger) error {
	named, err := found.ByUsername(ctx, accounts.Username(r.Username))
	if err != nil {
		return err
	}
	// Somebody else's factor must not go because two names look alike.
	if len(named) == 0 || string(named[0].Username()) != r.Username {
		return fmt.Errorf("there is no account with the name %q", r.Username)
	}
	if err := factors.Reset(ctx, named[0].ID()); err != nil {
		return err
	}
	log.Warn("a second factor was taken away", "account", int64(named[0].ID()), "by", r.By)
	fmt.Printf("%s has no second factor any more.\n", r.Username)
	return nil
}

func operator() (string, error) {
	current, err := user.Current()
	if err != nil {
		return "", fmt.Errorf("who does it cannot be found out: write --by: %w", err)
	}
	return current.Username, nil
}
