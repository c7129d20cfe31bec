package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"latchkey/application/inspection"
	"latchkey/bootstrap"
)

type doctor struct {
	Online bool `help:"Also connect to the mail server and to the providers, without sending anything."`
	JSON   bool `name:"json" help:"Print the findings as JSON."`
}

// Run examines the service, and fails when anything is broken.
func (d doctor) Run(ctx context.Context, cli *commands) error {
	cfg, err := cli.load()
	if err != nil {
		return err
	}
	db, err := bootstrap.LookAtDatabase(ctx, cfg)
	if err != nil {
		return err
	}
	examiner, err := bootstrap.NewDoctor(cfg, db, d.Online)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	found := examiner.Examine(ctx)
	if err := errors.Join(d.print(os.Stdout, found), db.Close()); err != nil {
		return err
	}
	if inspection.AnyBroken(found) {
		return errors.New("something is broken")
	}
	return nil
}

func (d doctor) print(out io.Writer, found []inspection.Finding) error {
	if d.JSON {
		lines := json.NewEncoder(out)
		lines.SetIndent("", "  ")
		lines.SetEscapeHTML(false)
		return lines.Encode(found)
	}
	for _, finding := range found {
		if _, err := fmt.Fprintf(out, "%-8s %s: %s\n", finding.Severity, finding.Check, finding.Sentence); err != nil {
			return err
		}
		if finding.Advice == "" {
			continue
		}
		if _, err := fmt.Fprintf(out, "         → %s\n", finding.Advice); err != nil {
			return err
		}
	}
	return nil
}
