package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"latchkey/application/inspection"
	"latchkey/bootstrap"
	"latchkey/domain/secret"
)

type doctor struct {
	Online bool `help:"Also connect to the mail server and to the providers, without sending anything."`
	Proof  bool `help:"Judge the secret key by what is on standard input: a session cookie, or a password reset link. It is not an argument, because others on this machine see those."`
	JSON   bool `name:"json" help:"Print the findings as JSON."`
}

// Run examines the service, and fails when anything is broken.
func (d doctor) Run(ctx context.Context, cli *commands) error {
	cfg, err := cli.load()
	if err != nil {
		return err
	}
	proof, err := d.proof(os.Stdin)
	if err != nil {
		return err
	}
	db, err := bootstrap.LookAtDatabase(ctx, cfg)
	if err != nil {
		return err
	}
	examiner, err := bootstrap.NewDoctor(cfg, db, d.Online, proof)
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

// proofMost is longer than any link.
const proofMost = 4096

// proof reads the first line, if it is asked for.
func (d doctor) proof(from io.Reader) (secret.String, error) {
	if !d.Proof {
		return secret.String{}, nil
	}
	line, err := bufio.NewReader(io.LimitReader(from, proofMost)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return secret.String{}, err
	}
	if line = strings.TrimSpace(line); line == "" {
		return secret.String{}, errors.New("there is nothing on standard input: write a session cookie or a reset link there")
	}
	return secret.New(line), nil
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
