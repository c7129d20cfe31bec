package bootstrap

import (
	"go.uber.org/fx"

	"latchkey/adapters/aesseal"
	"latchkey/adapters/djangosign"
	"latchkey/application/ports"
	"latchkey/bootstrap/config"
	"latchkey/domain/secret"
)

// Signing makes and checks everything that SECRET_KEY signs, and encrypts with it.
var Signing = fx.Module("signing",
	fx.Provide(
		newSecretKey,
		newKeys,
		fx.Annotate(newResetTokens, fx.As(new(ports.ResetTokens))),
		fx.Annotate(newEmailKeys, fx.As(new(ports.EmailKeys))),
		fx.Annotate(djangosign.NewSessionSeals, fx.As(new(ports.SessionSeals))),
		fx.Annotate(newCipher, fx.As(new(ports.Cipher))),
	),
)

// secretKey is SECRET_KEY, from the settings or the data folder.
type secretKey secret.String

func newSecretKey(cfg config.Config, random ports.Random) (secretKey, error) {
	if !cfg.Keys.Secret.Empty() {
		return secretKey(cfg.Keys.Secret), nil
	}
	key, err := keptKey(cfg.Server.DataDir, random)
	return secretKey(key), err
}

func newKeys(cfg config.Config, key secretKey) (djangosign.Keys, error) {
	return djangosign.NewKeys(secret.String(key), cfg.Keys.Fallbacks...)
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

func newCipher(cfg config.Config, key secretKey) (*aesseal.Cipher, error) {
	return aesseal.New(append([]secret.String{secret.String(key)}, cfg.Keys.Fallbacks...)...)
}
