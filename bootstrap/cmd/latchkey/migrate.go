package main

import (
	"context"
	"errors"
	"fmt"

	"latchkey/application/inspection"
	"latchkey/bootstrap"
	"latchkey/bootstrap/config"
)

type migrate struct {
	DryRun bool `help:"Print the SQL that would run, and change nothing."`
}

// Run migrates the configured database, and says what it found.
func (m migrate) Run(ctx context.Context, cli *commands) error {
	cfg, err := cli.load()
	if err != nil {
		return err
	}
	if m.DryRun {
		return dryRun(ctx, cfg)
	}
	db, err := bootstrap.OpenDatabase(ctx, cfg)
	if err != nil {
		return err
	}
	before, err := bootstrap.Migrate(ctx, cfg, db)
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	for _, sentence := range inspection.Adoption(before) {
		fmt.Println(sentence)
	}
	fmt.Println("The database is up to date.")
	return nil
}

// dryRun prints a script: what is found in comments, and what would run.
func dryRun(ctx context.Context, cfg config.Config) error {
	db, err := bootstrap.LookAtDatabase(ctx, cfg)
	if err != nil {
		return err
	}
	before, err := bootstrap.Fit(ctx, cfg, db)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	steps, err := db.Pending(ctx)
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	for _, sentence := range inspection.Adoption(before) {
		fmt.Println("--", sentence)
	}
	if len(steps) == 0 {
		fmt.Println("-- The database is up to date: nothing would run.")
	}
	for _, step := range steps {
		sql := step.SQL
		if sql == "" {
			sql = "-- Nothing: the tables are there. It is noted in latchkey_migrations."
		}
		fmt.Printf("\n-- %s\n%s\n", step.Name, sql)
	}
	return nil
}
