package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"go.uber.org/fx"

	"latchkey/adapters/peoplefile"
	"latchkey/application/relocation"
	"latchkey/bootstrap"
)

// users moves people in and out, and helps those who are locked out.
type users struct {
	Import importUsers `cmd:"" help:"Bring people in from a file; running it again brings those that are missing."`
	Export exportUsers `cmd:"" help:"Write everybody to a file or to standard output."`

	ResetMFA resetMFA `cmd:"" name:"reset-mfa" help:"Take away the second factor of somebody who has lost it, and tell them by mail."`
}

// moved calls work with the use cases on the configured database, whose tables are
// brought up to date before.
func (c *commands) moved(ctx context.Context, work func(relocation.UseCases) error) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	var moves relocation.UseCases
	app := fx.New(fx.NopLogger, fx.Supply(cfg), bootstrap.Relocation, fx.Populate(&moves))
	if err := app.Start(ctx); err != nil {
		return err
	}
	return errors.Join(work(moves), app.Stop(context.WithoutCancel(ctx)))
}

// formatOf returns the format that was asked for, or else the one that the file's
// name ends with.
func formatOf(asked, file string) (peoplefile.Format, error) {
	if asked != "" {
		return peoplefile.Format(asked), nil
	}
	switch strings.ToLower(filepath.Ext(file)) {
	case ".csv":
		return peoplefile.CSV, nil
	case ".jsonl", ".ndjson":
		return peoplefile.JSONLines, nil
	}
	return "", fmt.Errorf("the name of the file does not tell its format: write --format csv or --format jsonl")
}
