package bootstrap

import (
	"go.uber.org/fx"

	"latchkey/adapters/djangosign"
	"latchkey/application/ports"
	"latchkey/bootstrap/config"
)

// Signing makes and checks everything that SECRET_KEY signs.
var Signing = fx.Module("signing",
	fx.Provide(
		newKeys,
		fx.Annotate(newResetTokens, fx.As(new(ports.ResetTokens))),
		fx.Annotate(newEmailKeys, fx.As(new(ports.EmailKeys))),
		fx.Annotate(djangosign.NewSessionSeals, fx.As(new(ports.SessionSeals))),
	),
)

func newKeys(cfg config.Config, random ports.Random) (djangosign.Keys, error) {
	key := cfg.Keys.Secret
	if key.Empty() {
		var err error
		if key, err = keptKey(cfg.Server.DataDir, random); err != nil {
			return djangosign.Keys{}, err
		}
	}
	return djangosign.NewKeys(key, cfg.Keys.Fallbacks...)
}

func newResetTokens(cfg config.Config, keys djangosign.Keys) djangosign.ResetTokens {
	style := djangosign.Allauth
	if !cfg.Endpoints.Allauth {
		style = djangosign.Plain
	}
	return djangosign.NewResetTokens(keys, style, cfg.Passwords.ResetTimeout)
}

func newEmailKeys(cfg config.Config, keys djangosign.Keys) djangosign.EmailKeys {
	return djangosign.NewEmailKeys(keys, cfg.Accounts.ConfirmationExpiry)
}
