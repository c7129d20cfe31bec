package bootstrap

import (
	"go.uber.org/fx"

	"latchkey/adapters/bunsql"
	"latchkey/adapters/system"
	"latchkey/application/ports"
	"latchkey/application/relocation"
	"latchkey/bootstrap/config"
)

// Relocation is what it takes to move people in and out, and nothing of the rest:
// no part of it runs in the service.
var Relocation = fx.Options(
	fx.Provide(
		newDatabase,
		fx.Annotate(bunsql.NewAccounts, fx.As(new(ports.Accounts))),
		fx.Annotate(bunsql.NewAddresses, fx.As(new(ports.Addresses))),
		fx.Annotate(bunsql.NewIdentities, fx.As(new(ports.Identities))),
		fx.Annotate(bunsql.NewPeople, fx.As(new(ports.People))),
		fx.Annotate(bunsql.NewInspection, fx.As(new(ports.Inspection))),
		fx.Annotate(bunsql.NewTransactor, fx.As(new(ports.Transactor))),
		fx.Annotate(newPatientHasher, fx.As(new(ports.ForeignHashes))),
		fx.Annotate(system.NewClock, fx.As(new(ports.Clock))),
		fx.Annotate(system.NewRandom, fx.As(new(ports.Random))),
		fx.Annotate(newRelocation, fx.As(new(relocation.UseCases))),
	),
)

// moving is every port that relocation drives.
type moving struct {
	fx.In

	Accounts   ports.Accounts
	Addresses  ports.Addresses
	Identities ports.Identities
	People     ports.People
	Inspection ports.Inspection
	Hashes     ports.ForeignHashes
	Transactor ports.Transactor
	Clock      ports.Clock
	Random     ports.Random
}

func newRelocation(cfg config.Config, m moving) *relocation.Service {
	return relocation.New(relocation.Dependencies{
		Accounts: m.Accounts, Addresses: m.Addresses, Links: m.Identities, People: m.People,
		Inspection: m.Inspection, Hashes: m.Hashes, Transactor: m.Transactor, Clock: m.Clock, Random: m.Random,
	}, relocation.Options{
		UniqueEmail: cfg.Accounts.UniqueEmail,
		Usernames:   usernameRules(cfg),
	})
}
