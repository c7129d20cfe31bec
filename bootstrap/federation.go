package bootstrap

import (
	"context"
	"log/slog"

	"go.uber.org/fx"

	"latchkey/adapters/bunsql"
	"latchkey/adapters/djangosign"
	"latchkey/adapters/oauthlogin"
	"latchkey/application/federation"
	"latchkey/application/ports"
	"latchkey/bootstrap/config"
	"latchkey/domain/identities"
)

// Federation lets people sign in with what they have elsewhere. Without this module
// there is no social sign-in at all.
var Federation = fx.Module("federation",
	fx.Provide(
		fx.Annotate(newProviders, fx.As(new(ports.IdentityProviders))),
		fx.Annotate(bunsql.NewIdentities, fx.As(new(ports.Identities))),
		fx.Annotate(bunsql.NewProviderTokens, fx.As(new(ports.ProviderTokens))),
		fx.Annotate(djangosign.NewAuthorizationSeals, fx.As(new(ports.AuthorizationSeals))),
		fx.Annotate(newFederation, fx.As(new(federation.UseCases))),
	),
)

func newProviders(cfg config.Config, clock ports.Clock, log *slog.Logger, lifecycle fx.Lifecycle) (*oauthlogin.Providers, error) {
	configured, err := oauthProviders(cfg)
	if err != nil {
		return nil, err
	}
	providers, err := oauthlogin.New(configured, clock, log)
	if err != nil {
		return nil, err
	}
	lifecycle.Append(fx.StopHook(func(context.Context) { providers.CloseIdle() }))
	return providers, nil
}

// federated is every port and activity that federation leans on.
type federated struct {
	fx.In

	Providers  ports.IdentityProviders
	Identities ports.Identities
	Tokens     ports.ProviderTokens
	Seals      ports.AuthorizationSeals
	Registrar  federation.Registrar
	Gate       federation.Gate
	Passkeys   ports.Passkeys `optional:"true"`
	Factors    ports.Factors  `optional:"true"`
}

func newFederation(cfg config.Config, p driven, f federated) *federation.Service {
	return federation.New(federation.Dependencies{
		Providers: f.Providers, Links: f.Identities, Tokens: f.Tokens, Seals: f.Seals,
		Accounts: p.Accounts, Addresses: p.Addresses, Limits: p.Limits, Transactor: p.Transactor,
		Events: p.Events, Clock: p.Clock, Random: p.Random, Registrar: f.Registrar, Gate: f.Gate, Passkeys: f.Passkeys,
		Factors: f.Factors,
	}, federation.Options{
		Linking: identities.LinkingRules{
			EmailAuthentication: cfg.Social.EmailAuthentication,
			Reclaim:             !cfg.JWT.Enabled || cfg.JWT.CheckSession || cfg.JWT.CheckRevoke,
			SharedEmail:         !cfg.Accounts.UniqueEmail,
			HideTaken: cfg.Accounts.UniqueEmail && cfg.Accounts.PreventEnumeration &&
				cfg.Accounts.Verification == config.VerificationMandatory,
		},
		StoreTokens:           cfg.Social.StoreTokens,
		RequireState:          cfg.Social.RequireState,
		MandatoryVerification: cfg.Accounts.Verification == config.VerificationMandatory,
	})
}
