package main

import (
	"context"
	"fmt"
	"log/slog"

	"go.uber.org/fx"

	"latchkey/application/housekeeping"
	"latchkey/bootstrap"
)

type cleanup struct{}

// Run removes what has expired, once.
func (cleanup) Run(ctx context.Context, cli *commands) error {
	cfg, err := cli.load()
	if err != nil {
		return err
	}
	var worker *housekeeping.Worker
	app := fx.New(
		fx.NopLogger,
		fx.Supply(cfg, slog.Default()),
		bootstrap.CleanUp,
		fx.Populate(&worker),
	)
	if err := app.Start(ctx); err != nil {
		return err
	}
	deleted, err := worker.CleanUp(ctx)
	if stopped := app.Stop(context.WithoutCancel(ctx)); err == nil {
		err = stopped
	}
	if err != nil {
		return err
	}
	fmt.Printf("Removed %d rows.\n", deleted)
	return nil
}
