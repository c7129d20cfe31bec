package bootstrap

import (
	"go.uber.org/fx"

	"latchkey/adapters/bunsql"
	"latchkey/adapters/djangosign"
	"latchkey/adapters/system"
	"latchkey/application/delivery"
	"latchkey/application/ports"
	"latchkey/application/secondfactor"
)

// Support is what it takes to help somebody who is locked out, and nothing of the rest:
// no part of it runs in the service, which delivers the mails.
var Support = fx.Options(
	fx.Provide(
		newDatabase, newSecretKey, newKeys, newLog,
		fx.Annotate(newCipher, fx.As(new(ports.Cipher))),
		fx.Annotate(djangosign.NewSecretSeals, fx.As(new(ports.SecretSeals))),
		fx.Annotate(newFactors, fx.As(new(ports.Factors))),
		fx.Annotate(bunsql.NewKnownDevices, fx.As(new(ports.KnownDevices))),
		fx.Annotate(bunsql.NewAccounts, fx.As(new(ports.Accounts))),
		fx.Annotate(bunsql.NewOutbox, fx.As(new(ports.Outbox))),
		fx.Annotate(bunsql.NewTransactor, fx.As(new(ports.Transactor))),
		fx.Annotate(delivery.NewRecorder, fx.ParamTags(``, `group:"subscribers"`), fx.As(new(ports.Events))),
		fx.Annotate(system.NewClock, fx.As(new(ports.Clock))),
		fx.Annotate(system.NewRandom, fx.As(new(ports.Random))),
		newSupport,
	),
)

// supporting is every port that support drives.
type supporting struct {
	fx.In

	Accounts   ports.Accounts
	Factors    ports.Factors
	Devices    ports.KnownDevices
	Transactor ports.Transactor
	Outbox     ports.Outbox
	Events     ports.Events
	Clock      ports.Clock
}

func newSupport(s supporting) *secondfactor.Service {
	return secondfactor.New(secondfactor.Dependencies{
		Accounts: s.Accounts, Factors: s.Factors, Devices: s.Devices,
		Transactor: s.Transactor, Outbox: s.Outbox, Events: s.Events, Clock: s.Clock,
	}, secondfactor.Options{})
}
