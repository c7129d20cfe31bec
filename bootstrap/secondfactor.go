package bootstrap

import (
	"time"

	"go.uber.org/fx"

	"latchkey/adapters/bunsql"
	"latchkey/adapters/djangosign"
	"latchkey/adapters/qrsvg"
	"latchkey/application/authentication"
	"latchkey/application/passkeys"
	"latchkey/application/ports"
	"latchkey/application/secondfactor"
	"latchkey/bootstrap/config"
	"latchkey/domain/credentials"
	"latchkey/domain/factors"
)

// SecondFactor lets people have a second factor, and demands it of those who have one.
// Without this module nobody has.
var SecondFactor = fx.Module("secondfactor",
	fx.Provide(
		fx.Annotate(newFactors, fx.As(new(ports.Factors))),
		fx.Annotate(bunsql.NewPendingFactors, fx.As(new(ports.PendingFactors))),
		fx.Annotate(bunsql.NewKnownDevices, fx.As(new(ports.KnownDevices))),
		fx.Annotate(djangosign.NewActivationSeals, fx.As(new(ports.ActivationSeals))),
		fx.Annotate(djangosign.NewSecretSeals, fx.As(new(ports.SecretSeals))),
		fx.Annotate(qrsvg.New, fx.As(new(ports.QRCodes))),
		fx.Annotate(newRequirement, fx.ParamTags(``, ``, `group:"factor_policies"`)),
		fx.Annotate(newSecondFactor, fx.As(fx.Self()), fx.As(new(secondfactor.UseCases)), fx.As(new(recoveryFactor)), fx.As(new(passkeys.StepUp))),
		handlersOf[*secondfactor.Service](),
	),
)

func newFactors(cfg config.Config, db *bunsql.DB, cipher ports.Cipher, seals ports.SecretSeals) *bunsql.Factors {
	return bunsql.NewFactors(db, cipher, seals, cfg.MFA.DjangoCompatible)
}

func newRequirement(cfg config.Config, factors ports.Factors, policies []ports.FactorPolicy) secondfactor.Requirement {
	return secondfactor.Requirement{Factors: factors, Mode: secondfactor.Mode(cfg.MFA.Required), Policies: byName(policies)}
}

// demanded is what it takes to demand a second factor at the gate.
type demanded struct {
	fx.In

	Factors  ports.Factors            `optional:"true"`
	Pending  ports.PendingFactors     `optional:"true"`
	Required secondfactor.Requirement `optional:"true"`
}

// demand puts the second factor into the gate, where there are any.
func demand(cfg config.Config, d demanded, gate *authentication.Dependencies) {
	if !cfg.MFA.Enabled || d.Factors == nil {
		return
	}
	gate.Factors, gate.Pending, gate.Required = d.Factors, d.Pending, d.Required
}

// factored is every port and activity that second factors lean on.
type factored struct {
	fx.In

	Factors   ports.Factors
	Pending   ports.PendingFactors
	Devices   ports.KnownDevices
	Seals     ports.ActivationSeals
	QRCodes   ports.QRCodes
	Required  secondfactor.Requirement
	Gate      secondfactor.Gate
	Passwords secondfactor.Passwords
}

func newSecondFactor(cfg config.Config, p driven, f factored) *secondfactor.Service {
	return secondfactor.New(secondfactor.Dependencies{
		Accounts: p.Accounts, Addresses: p.Addresses, Factors: f.Factors, Pending: f.Pending, Devices: f.Devices,
		Seals: f.Seals, QRCodes: f.QRCodes, Limits: p.Attempts, MailLimits: p.Limits, Transactor: p.Transactor, Outbox: p.Outbox, Events: p.Events,
		Mailer: p.Mailer, Sites: p.Sites, Clock: p.Clock, Random: p.Random,
		Required: f.Required, Gate: f.Gate, Passwords: f.Passwords,
	}, secondfactor.Options{
		Rules:       factors.Rules{Digits: cfg.MFA.Digits, Period: cfg.MFA.Period, Codes: cfg.MFA.RecoveryCodes},
		Issuer:      cfg.MFA.Issuer,
		Life:        cfg.MFA.TokenTimeout,
		Readable:    cfg.MFA.DjangoCompatible,
		Confirm:     cfg.MFA.Confirm,
		FailedCodes: failedCodes(cfg),
		Mails:       changeMails(cfg),
	})
}

// failedCodes limits wrong codes for one account, also with RATE_LIMITS=upstream: upstream
// has no limit at all, and a million codes of which three are good are guessed in a day.
func failedCodes(cfg config.Config) credentials.Limit {
	if cfg.Limits.Rates == config.RatesOff {
		return credentials.Limit{}
	}
	return credentials.Limit{Count: 10, Per: time.Hour}
}
