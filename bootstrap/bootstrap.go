package bootstrap

import (
	"os"

	"go.uber.org/fx"

	"latchkey/bootstrap/config"
)

// New returns the assembled service, which starts with its Start method: the
// database is migrated and mails are delivered. It listens on no port unless
// Listen is among the options. The configuration comes from the environment
// unless Configured is. What opts change is replaced everywhere.
func New(opts ...fx.Option) *fx.App {
	return fx.New(append([]fx.Option{service}, opts...)...)
}

var service = fx.Options(
	fx.WithLogger(newFxLog),
	fx.Provide(fromEnvironment),
	Foundation,
	Storage,
	Counting,
	Signing,
	JSONWebTokens,
	Mail,
	Authentication,
	Registration,
	Federation,
	Passkeys,
	SecondFactor,
	Recovery,
	SelfService,
	Delivery,
	Housekeeping,
	HTTP,
)

// Configured puts cfg in place of what the environment says.
func Configured(cfg config.Config) fx.Option {
	return fx.Decorate(func() config.Config { return cfg })
}

func fromEnvironment() (config.Config, error) { return config.Load("", os.Environ()) }
