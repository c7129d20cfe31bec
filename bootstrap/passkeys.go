package bootstrap

import (
	"slices"
	"time"

	"go.uber.org/fx"

	"latchkey/adapters/bunsql"
	"latchkey/adapters/djangosign"
	"latchkey/adapters/webauthn"
	activity "latchkey/application/passkeys"
	"latchkey/application/ports"
	"latchkey/bootstrap/config"
	"latchkey/domain/credentials"
	"latchkey/domain/passkeys"
)

// Passkeys lets people sign in by WebAuthn. Without this module, or with PASSKEYS=false, there is none of it.
var Passkeys = fx.Module("passkeys",
	fx.Provide(
		fx.Annotate(bunsql.NewPasskeys, fx.As(new(ports.Passkeys))),
		fx.Annotate(bunsql.NewPasskeyHandles, fx.As(new(ports.PasskeyHandles))),
		fx.Annotate(bunsql.NewPasskeyChallenges, fx.As(new(ports.PasskeyChallenges))),
		fx.Annotate(djangosign.NewPasskeyDecoys, fx.As(new(ports.PasskeyDecoys))),
		fx.Annotate(webauthn.New, fx.As(new(ports.PasskeyCeremonies))),
		fx.Annotate(newPasskeys, fx.As(fx.Self()), fx.As(new(activity.UseCases))),
		handlersOf[*activity.Service](),
	),
)

// passkeyed is every port and activity that passkeys lean on.
type passkeyed struct {
	fx.In

	Passkeys   ports.Passkeys
	Handles    ports.PasskeyHandles
	Challenges ports.PasskeyChallenges
	Ceremonies ports.PasskeyCeremonies
	Decoys     ports.PasskeyDecoys
	Gate       activity.Gate
	StepUp     activity.StepUp `optional:"true"`
}

func newPasskeys(cfg config.Config, p driven, k passkeyed) *activity.Service {
	return activity.New(activity.Dependencies{
		Passkeys: k.Passkeys, Handles: k.Handles, Challenges: k.Challenges, Ceremonies: k.Ceremonies, Decoys: k.Decoys,
		Accounts: p.Accounts, Limits: p.Limits, Transactor: p.Transactor, Events: p.Events, Outbox: p.Outbox, Mailer: p.Mailer,
		Sites: p.Sites, Clock: p.Clock, Random: p.Random, Gate: k.Gate, StepUp: k.StepUp,
	}, activity.Options{
		RelyingParty: passkeys.RelyingParty{ID: cfg.Passkeys.RPID, Name: cfg.Passkeys.RPName, Origins: cfg.Passkeys.Origins},
		Verification: cfg.Passkeys.Verification,
		Timeout:      cfg.Passkeys.Timeout,
		NamedByEmail: !slices.Contains(cfg.Accounts.LoginMethods, config.LoginUsername),
		Mails:        changeMails(cfg),
	})
}

// passkeysIn returns the activity where the settings ask for it.
func passkeysIn(cfg config.Config, useCases activity.UseCases) activity.UseCases {
	if !cfg.Passkeys.Enabled {
		return nil
	}
	return useCases
}

// changeMails limits the mails that tell of changes to a way in: whoever has a stolen
// session must not bury the one that matters under a hundred others, nor send them
// to a stranger's address that the account only claims.
func changeMails(cfg config.Config) credentials.Limit {
	if cfg.Limits.Rates == config.RatesOff {
		return credentials.Limit{}
	}
	return credentials.Limit{Count: 10, Per: time.Hour}
}
