package bootstrap

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"go.uber.org/fx"

	"latchkey/adapters/ginhttp"
	"latchkey/application/authentication"
	"latchkey/application/federation"
	"latchkey/application/passkeys"
	"latchkey/application/ports"
	"latchkey/application/readiness"
	"latchkey/application/recovery"
	"latchkey/application/registration"
	"latchkey/application/secondfactor"
	"latchkey/application/selfservice"
	"latchkey/bootstrap/config"
)

// HTTP serves the API.
var HTTP = fx.Module("http",
	fx.Provide(fx.Annotate(newAPI, fx.As(new(http.Handler)))),
)

// Handler gives the API as a http.Handler, for servers of one's own.
func Handler(into *http.Handler) fx.Option { return fx.Populate(into) }

// Listen serves the API on the configured address while the service runs. When
// it stops, requests that have begun are answered first.
func Listen() fx.Option { return fx.Invoke(listen) }

type apiParams struct {
	fx.In

	Authentication authentication.UseCases
	Registration   registration.UseCases
	Recovery       recovery.UseCases
	SelfService    selfservice.UseCases
	Federation     federation.UseCases   `optional:"true"`
	SecondFactor   secondfactor.UseCases `optional:"true"`
	Readiness      readiness.UseCases
	Passkeys       passkeys.UseCases `optional:"true"`
	Throttle       ports.Limits      `name:"throttle"`
	Callers        ports.Limits      `name:"callers"`
	Clock          ports.Clock
	Random         ports.Random
	PublicKeys     ports.PublicKeys
	Log            *slog.Logger
}

func newAPI(cfg config.Config, p apiParams) (*ginhttp.API, error) {
	if !cfg.MFA.Enabled {
		p.SecondFactor = nil
	}
	return ginhttp.New(ginhttp.Dependencies{
		Authentication: p.Authentication, Registration: p.Registration, Recovery: p.Recovery, SelfService: p.SelfService, Federation: p.Federation,
		SecondFactor: p.SecondFactor, Passkeys: passkeysIn(cfg, p.Passkeys), Readiness: p.Readiness,
		Throttle: p.Throttle, Callers: p.Callers, Clock: p.Clock, Random: p.Random, PublicKeys: p.PublicKeys, Log: p.Log,
	}, apiOptions(cfg))
}

func apiOptions(cfg config.Config) ginhttp.Options {
	return ginhttp.Options{
		BasePath:                cfg.Endpoints.BasePath,
		Secure:                  cfg.Server.PublicURL.Scheme == "https",
		Schemes:                 schemes(cfg.Endpoints.AuthClasses),
		Sessions:                cfg.Endpoints.SessionLogin,
		JWT:                     jwtEndpoints(cfg),
		CORS:                    ginhttp.CORS{Origins: cfg.CORS.Origins, Credentials: cfg.CORS.Credentials},
		Plain:                   !cfg.Endpoints.Allauth,
		OldPassword:             cfg.Endpoints.OldPassword,
		LogoutOnGet:             cfg.Accounts.LogoutOnGet,
		RegistrationNeedsSignIn: cfg.Endpoints.RegisterPermission == config.RegisterAuthenticated,
		SignupFields:            signupFields(cfg),
		SessionCookie:           cookie(cfg.Sessions.Cookie),
		CSRFCookie:              cookie(cfg.CSRF.Cookie),
		CSRFHeader:              cfg.CSRF.Header,
		TrustedOrigins:          cfg.CSRF.TrustedOrigins,
		AllowedHosts:            cfg.Server.AllowedHosts,
		TrustedProxies:          cfg.Server.TrustedProxies,
		Throttle:                cfg.Limits.Throttle,
		Rates:                   rates(cfg.Limits.Named),
		Deadline:                cfg.Server.RequestTimeout,
		ThrottleVerify:          cfg.MFA.Throttle,
		ConfirmFactor:           cfg.MFA.Confirm,
		ResetNeedsFactor:        cfg.MFA.Enabled && cfg.MFA.OnReset,
		Providers:               providers(cfg.Providers),
	}
}

func rates(named config.NamedRates) ginhttp.Rates {
	out := make(ginhttp.Rates, len(named))
	for name, each := range named {
		out[ginhttp.LimitName(name)] = each
	}
	return out
}

func schemes(classes []config.AuthClass) []ginhttp.Scheme {
	out := make([]ginhttp.Scheme, len(classes))
	for i, class := range classes {
		out[i] = ginhttp.Scheme(class)
	}
	return out
}

func signupFields(cfg config.Config) ginhttp.SignupFields {
	return ginhttp.SignupFields{
		UsernameRequired:  cfg.Accounts.Signup.Username.Required,
		EmailRequired:     cfg.Accounts.Signup.Email.Required,
		UsernameMinLength: cfg.Accounts.UsernameMinLength,
	}
}

var sameSites = map[config.SameSite]http.SameSite{
	config.SameSiteStrict: http.SameSiteStrictMode,
	config.SameSiteLax:    http.SameSiteLaxMode,
	config.SameSiteNone:   http.SameSiteNoneMode,
	config.SameSiteUnset:  0,
}

func cookie(c config.Cookie) ginhttp.Cookie {
	return ginhttp.Cookie{
		Name: c.Name, Age: c.Age, Domain: c.Domain, Path: c.Path,
		Secure: c.Secure, HTTPOnly: c.HTTPOnly, SameSite: sameSites[c.SameSite],
	}
}

func providers(configured []config.Provider) []ginhttp.Provider {
	out := make([]ginhttp.Provider, len(configured))
	for i, p := range configured {
		out[i] = ginhttp.Provider{Name: p.Name, Title: p.Title, OAuth1: p.Kind == config.KindTwitter}
		if p.Title == "" {
			out[i].Title = strings.ToUpper(p.Name[:1]) + p.Name[1:]
		}
		if p.Kind == config.KindMicrosoft {
			out[i].AccessTokenAlias = "accessToken" // as Microsoft's own libraries call it
		}
	}
	return out
}

func listen(cfg config.Config, handler http.Handler, ready *readiness.Service, log *slog.Logger, lifecycle fx.Lifecycle, stop fx.Shutdowner) {
	server := ginhttp.NewServer(handler)
	lifecycle.Append(fx.Hook{
		OnStart: func(ctx context.Context) error {
			listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.Server.Listen)
			if err != nil {
				return err
			}
			go func() {
				if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
					log.Error("the server ended", "error", err)
					_ = stop.Shutdown(fx.ExitCode(1))
				}
			}()
			return nil
		},
		OnStop: func(ctx context.Context) error {
			ready.Leave()
			wait(ctx, cfg.Server.ShutdownDelay)
			return server.Shutdown(ctx)
		},
	})
}

// wait returns after the delay, or when ctx ends.
func wait(ctx context.Context, delay time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(delay):
	}
}
