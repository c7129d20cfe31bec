// Command latchkey runs the authentication service.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
	"go.uber.org/dig"

	"latchkey/bootstrap/config"
)

// version is set by the release build.
var version = "development"

type commands struct {
	Config string `help:"YAML file with settings; the environment wins over it." type:"path" placeholder:"FILE"`

	Serve        serve        `cmd:"" help:"Run the service."`
	Migrate      migrate      `cmd:"" help:"Bring the database's tables up to date, and end."`
	Doctor       doctor       `cmd:"" help:"Examine the database, the keys and the settings, and say what to do."`
	Keys         keys         `cmd:"" help:"Manage the keys that sign JSON web tokens."`
	Users        users        `cmd:"" help:"Move people in from another system, or out to one; take a lost second factor away."`
	Cleanup      cleanup      `cmd:"" help:"Remove what has expired, and end. The service does so by itself."`
	ShowConfig   showConfig   `cmd:"" name:"config" help:"Print the effective configuration, without secrets."`
	PrintVersion printVersion `cmd:"" name:"version" help:"Print the version."`
}

func main() {
	var cli commands
	parsed := kong.Parse(&cli,
		kong.Name("latchkey"),
		kong.Description("A self-hosted authentication service with the HTTP API of dj-rest-auth."),
		kong.UsageOnError(),
	)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(&cli); err != nil {
		fmt.Fprintln(os.Stderr, complaint(err))
		os.Exit(1) //nolint:gocritic // the process ends: nothing is left to stop
	}
}

// complaint says what is wrong, one problem a line.
func complaint(err error) string {
	var problems config.Problems
	if errors.As(err, &problems) {
		return "The configuration is not usable:\n" + problems.Error()
	}
	// What stands around the cause is how fx came there.
	return "latchkey: " + dig.RootCause(err).Error()
}

func (c *commands) load() (config.Config, error) {
	return config.Load(c.Config, os.Environ())
}

type showConfig struct{}

// Run prints the configuration.
func (showConfig) Run(cli *commands) error {
	cfg, err := cli.load()
	if err != nil {
		return err
	}
	_, err = cfg.WriteTo(os.Stdout)
	return err
}

type printVersion struct{}

// Run prints the version.
func (printVersion) Run() error {
	_, err := fmt.Println("latchkey", version)
	return err
}
