package bootstrap

import (
	"log/slog"
	"path/filepath"
	"time"

	"go.uber.org/fx"

	"latchkey/adapters/ginhttp"
	"latchkey/adapters/jwttoken"
	"latchkey/application/authentication"
	"latchkey/application/ports"
	"latchkey/bootstrap/config"
	"latchkey/domain/secret"
)

// JSONWebTokens signs and verifies JSON web tokens.
var JSONWebTokens = fx.Module("jwt",
	fx.Provide(
		fx.Annotate(newKeySet, fx.As(fx.Self()), fx.As(new(ports.PublicKeys))),
		fx.Annotate(newJWTs, fx.As(new(ports.JWTs))),
	),
)

// keyFileName holds the keys that "latchkey keys" makes, in the data folder.
const keyFileName = "jwt_keys.json"

// KeyFile returns where the keys are that "latchkey keys" makes.
func KeyFile(cfg config.Config) string { return filepath.Join(cfg.Server.DataDir, keyFileName) }

// TokenLife is how long a token can be good: a key that signed must be kept as long.
func TokenLife(cfg config.Config) time.Duration {
	return max(cfg.JWT.AccessLife, cfg.JWT.RefreshLife) + cfg.JWT.Leeway
}

// newKeySet is the settings' key and the keys of the key file. With a symmetric
// algorithm and no SIGNING_KEY, SECRET_KEY signs, as in simplejwt.
func newKeySet(cfg config.Config, kept secretKey, clock ports.Clock, log *slog.Logger) (*jwttoken.KeySet, error) {
	signing := cfg.JWT.SigningKey
	if signing.Empty() {
		signing = secret.String(kept)
	}
	key, err := jwttoken.ParseKey(string(cfg.JWT.Algorithm), signing, cfg.JWT.VerifyingKey)
	if err != nil {
		return nil, err
	}
	return jwttoken.OpenKeySet(key, jwttoken.Watch{
		Path: KeyFile(cfg), Life: TokenLife(cfg), Clock: clock,
		Report: func(err error) {
			log.Error("the key file cannot be used; the keys read before stay in use", "error", err)
		},
	})
}

func newJWTs(cfg config.Config, keys *jwttoken.KeySet) *jwttoken.Tokens {
	return jwttoken.New(keys, jwttoken.Options{
		Issuer:       cfg.JWT.Issuer,
		Audience:     cfg.JWT.Audience,
		Leeway:       cfg.JWT.Leeway,
		AccountClaim: cfg.JWT.UserIDClaim,
	})
}

func jwtOptions(cfg config.Config) authentication.JWT {
	return authentication.JWT{
		Enabled:       cfg.JWT.Enabled,
		AccessLife:    cfg.JWT.AccessLife,
		RefreshLife:   cfg.JWT.RefreshLife,
		Rotate:        cfg.JWT.Rotate,
		Blacklist:     cfg.JWT.Blacklist,
		RevokeRotated: cfg.JWT.BlacklistAfterRotation,
		Families:      cfg.JWT.Families,
		Grace:         cfg.JWT.Grace,
		CheckSession:  cfg.JWT.CheckSession,
		AccountField:  accountField(cfg.JWT.UserIDField),
		AccountClaim:  cfg.JWT.UserIDClaim,
		CheckPassword: cfg.JWT.CheckRevoke,
		PasswordClaim: cfg.JWT.RevokeClaim,
	}
}

func accountField(field config.UserIDField) authentication.AccountField {
	switch field {
	case config.UserIDFieldUsername:
		return authentication.FieldUsername
	case config.UserIDFieldEmail:
		return authentication.FieldEmail
	}
	return authentication.FieldID
}

func jwtEndpoints(cfg config.Config) ginhttp.JWT {
	return ginhttp.JWT{
		Enabled:             cfg.JWT.Enabled,
		AccessCookie:        cookie(cfg.JWT.AccessCookie),
		RefreshCookie:       cookie(cfg.JWT.RefreshCookie),
		HidesRefresh:        cfg.JWT.HTTPOnly,
		TellsExpirations:    cfg.JWT.ReturnExpiration,
		CookieCSRF:          cfg.JWT.CookieCSRF,
		CSRFUnauthenticated: cfg.JWT.CSRFUnauthenticated,
		Names:               ginhttp.Dialect(cfg.JWT.FieldNames),
		Transport:           ginhttp.Transport(cfg.JWT.Transport),
		HeaderTypes:         cfg.JWT.HeaderTypes,
		Blacklist:           cfg.JWT.Blacklist,
		Revokes:             cfg.JWT.Blacklist || cfg.JWT.Families || cfg.JWT.CheckSession,
	}
}
