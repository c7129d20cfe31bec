package main

import (
	"context"
	"errors"
	"fmt"

	"latchkey/bootstrap"
)

type migrate struct{}

// Run migrates the configured database.
func (migrate) Run(ctx context.Context, cli *commands) error {
	cfg, err := cli.load()
	if err != nil {
		return err
	}
	db, err := bootstrap.OpenDatabase(ctx, cfg)
	if err != nil {
		return err
	}
	if err := errors.Join(db.Migrate(ctx), db.Close()); err != nil {
		return err
	}
	fmt.Println("The database is up to date.")
	return nil
}
