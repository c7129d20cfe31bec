package bootstrap

import (
	"slices"
	"strings"

	"go.uber.org/fx"

	"latchkey/adapters/ginhttp"
	"latchkey/application/authentication"
	"latchkey/application/federation"
	"latchkey/application/passkeys"
	"latchkey/application/ports"
	"latchkey/application/recovery"
	"latchkey/application/registration"
	"latchkey/application/secondfactor"
	"latchkey/application/selfservice"
	"latchkey/bootstrap/config"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
)

// driven is every port that activities drive.
type driven struct {
	fx.In

	Accounts    ports.Accounts
	Addresses   ports.Addresses
	Tokens      ports.APITokens
	Sessions    ports.WebSessions
	Limits      ports.Limits
	Attempts    ports.Limits `name:"attempts"`
	Callers     ports.Limits `name:"callers"`
	Breaches    ports.Breaches
	Outbox      ports.Outbox
	Transactor  ports.Transactor
	Sites       ports.Sites
	Seals       ports.SessionSeals
	ResetTokens ports.ResetTokens
	EmailKeys   ports.EmailKeys
	Hasher      ports.PasswordHasher
	Mailer      ports.Mailer
	Events      ports.Events
	JWTs        ports.JWTs
	Refreshes   ports.RefreshTokens
	Families    ports.Families
	Clock       ports.Clock
	Random      ports.Random
}

// extensions are what teams add.
type extensions struct {
	fx.In

	Rules        []credentials.Rule         `group:"rules"`
	MayRegister  []ports.RegistrationPolicy `group:"registration_policies"`
	MaySignIn    []ports.SignInPolicy       `group:"sign_in_policies"`
	Contributors []ports.ProfileContributor `group:"profile_contributors"`
	Claims       []ports.ClaimsContributor  `group:"claims_contributors"`
}

// handlersOf adds the handlers of an activity to those that delivery calls.
func handlersOf[Service interface{ Handlers() []ports.Handler }]() any {
	return fx.Annotate(Service.Handlers, fx.ResultTags(`group:"handlers,flatten"`))
}

// Authentication is the one way in.
var Authentication = fx.Module("authentication",
	fx.Provide(fx.Annotate(newAuthentication,
		fx.As(new(authentication.UseCases)), fx.As(new(recovery.Evictor)), fx.As(new(recovery.Recogniser)), fx.As(new(selfservice.Evictor)),
		fx.As(new(federation.Gate)), fx.As(new(passkeys.Gate)), fx.As(new(secondfactor.Gate)))),
)

func newAuthentication(cfg config.Config, p driven, added extensions, d demanded) *authentication.Service {
	gate := authentication.Dependencies{
		Accounts: p.Accounts, Addresses: p.Addresses, Tokens: p.Tokens, Sessions: p.Sessions, Seals: p.Seals,
		Hasher: p.Hasher, Limits: p.Attempts, Transactor: p.Transactor, Events: p.Events, Clock: p.Clock, Random: p.Random,
		Known: p.Limits, Alarms: p.Callers, Outbox: p.Outbox,
		MaySignIn: byName(added.MaySignIn),
		JWTs:      p.JWTs, Refreshes: p.Refreshes, Families: p.Families, Claims: byName(added.Claims),
	}
	demand(cfg, d, &gate)
	return authentication.New(gate, authentication.Options{
		ByUsername:            slices.Contains(cfg.Accounts.LoginMethods, config.LoginUsername),
		ByEmail:               slices.Contains(cfg.Accounts.LoginMethods, config.LoginEmail),
		Plain:                 !cfg.Endpoints.Allauth,
		JWT:                   jwtOptions(cfg),
		EvictAll:              cfg.Sessions.EndOnPasswordChange,
		Tokens:                cfg.Endpoints.TokenModel == config.TokenModelToken,
		Sessions:              cfg.Endpoints.SessionLogin,
		SessionAge:            cfg.Sessions.Cookie.Age,
		MandatoryVerification: cfg.Endpoints.Allauth && cfg.Accounts.Verification == config.VerificationMandatory,
		FailedLogins:          failedPasswords(cfg),
		Locks:                 locks(cfg),
		PendingLife:           cfg.MFA.TokenTimeout,
		RefreshNeedsFactor:    cfg.MFA.RefreshNeedsFactor,
		RememberSignIns:       cfg.MFA.Confirm && (cfg.MFA.Enabled || cfg.Passkeys.Enabled),
	})
}

// Registration lets people make accounts.
var Registration = fx.Module("registration",
	fx.Provide(
		fx.Annotate(newRegistration, fx.As(fx.Self()), fx.As(new(registration.UseCases)), fx.As(new(federation.Registrar))),
		handlersOf[*registration.Service](),
	),
)

func newRegistration(cfg config.Config, p driven, added extensions) *registration.Service {
	return registration.New(registration.Dependencies{
		Accounts: p.Accounts, Addresses: p.Addresses, Hasher: p.Hasher, Limits: p.Limits, Transactor: p.Transactor,
		Outbox: p.Outbox, Events: p.Events, Keys: p.EmailKeys, Mailer: p.Mailer, Sites: p.Sites, Clock: p.Clock, Random: p.Random,
		MayRegister: byName(added.MayRegister), Breaches: p.Breaches,
	}, registration.Options{
		Verification:       registration.Verification(cfg.Accounts.Verification),
		UniqueEmail:        cfg.Accounts.UniqueEmail,
		PreventEnumeration: cfg.Accounts.PreventEnumeration,
		Usernames:          usernameRules(cfg),
		PasswordRules:      passwordRules(cfg, added),
		ConfirmationMails:  limitsByKey(cfg, ginhttp.LimitConfirmEmail),
		ResentMails:        limitsByKey(cfg, ginhttp.LimitResendEmail),
		ConfirmURL:         confirmURL(cfg),
	})
}

// Recovery gives people back an account whose password they forgot.
var Recovery = fx.Module("recovery",
	fx.Provide(
		fx.Annotate(newRecovery, fx.As(fx.Self()), fx.As(new(recovery.UseCases))),
		handlersOf[*recovery.Service](),
	),
)

// recoveryFactor names the second factor of a reset in the assembly.
type recoveryFactor recovery.SecondFactor

// asked is the second factor that a reset asks for, if any.
type asked struct {
	fx.In

	SecondFactor recoveryFactor `optional:"true"`
}

func newRecovery(cfg config.Config, p driven, added extensions, evictor recovery.Evictor, recogniser recovery.Recogniser, a asked) *recovery.Service {
	if !cfg.MFA.Enabled || !cfg.MFA.OnReset {
		a.SecondFactor = nil
	}
	return recovery.New(recovery.Dependencies{
		Accounts: p.Accounts, Addresses: p.Addresses, Hasher: p.Hasher, Limits: p.Limits, Tokens: p.ResetTokens, Transactor: p.Transactor,
		Outbox: p.Outbox, Events: p.Events, Mailer: p.Mailer, Sites: p.Sites, Clock: p.Clock, Evictor: evictor,
		Recogniser: recogniser, Breaches: p.Breaches, SecondFactor: a.SecondFactor,
	}, recovery.Options{
		Plain:         !cfg.Endpoints.Allauth,
		PasswordRules: passwordRules(cfg, added),
		Mails:         limitsByKey(cfg, ginhttp.LimitResetPassword),
		ConfirmURL:    resetURL(cfg),
	})
}

// SelfService lets people change what is theirs.
var SelfService = fx.Module("selfservice",
	fx.Provide(fx.Annotate(newSelfService, fx.As(new(selfservice.UseCases)), fx.As(new(secondfactor.Passwords)))),
)

func newSelfService(cfg config.Config, p driven, added extensions, evictor selfservice.Evictor) *selfservice.Service {
	return selfservice.New(selfservice.Dependencies{
		Accounts: p.Accounts, Sessions: p.Sessions, Seals: p.Seals, Hasher: p.Hasher, Limits: p.Attempts,
		Transactor: p.Transactor, Events: p.Events, Clock: p.Clock, Random: p.Random,
		Contributors: added.Contributors, Evictor: evictor, Breaches: p.Breaches,
	}, selfservice.Options{
		Usernames:       usernameRules(cfg),
		PasswordRules:   passwordRules(cfg, added),
		EndSession:      cfg.Endpoints.LogoutOnChange,
		SessionAge:      cfg.Sessions.Cookie.Age,
		FailedPasswords: failedPasswords(cfg),
	})
}

// byName puts what came from a group, in random order, into the order of the names.
func byName[T interface{ Name() string }](group []T) []T {
	return slices.SortedFunc(slices.Values(group), func(a, b T) int { return strings.Compare(a.Name(), b.Name()) })
}

// passwordRules are the configured rules, in their order, and then those that
// teams add: the wire's messages keep their order.
func passwordRules(cfg config.Config, added extensions) []credentials.Rule {
	return append(slices.Clone(cfg.Passwords.Validators.Rules), byName(added.Rules)...)
}

func usernameRules(cfg config.Config) accounts.UsernameRules {
	return accounts.UsernameRules{
		MinLength:      cfg.Accounts.UsernameMinLength,
		Blacklist:      cfg.Accounts.UsernameBlacklist,
		PreserveCasing: cfg.Accounts.PreserveCasing,
	}
}

// failedPasswords limits wrong passwords for one account, and for one name from one
// network; what else is to limit those of an account are its locks.
func failedPasswords(cfg config.Config) credentials.Limit {
	if limits := limitsByKey(cfg, ginhttp.LimitLoginFailed); len(limits) > 0 {
		return limits[0]
	}
	return credentials.Limit{}
}

func locks(cfg config.Config) []credentials.Limit {
	limits := limitsByKey(cfg, ginhttp.LimitLoginFailed)
	return limits[min(len(limits), 1):]
}

// limitsByKey are the rates that count what was typed.
func limitsByKey(cfg config.Config, name ginhttp.LimitName) []credentials.Limit {
	return credentials.LimitsBy(cfg.Limits.Named[string(name)], credentials.CountedByKey)
}

func confirmURL(cfg config.Config) string {
	if own := cfg.Accounts.ConfirmationURL; own != "" {
		return string(own)
	}
	return cfg.Server.PublicURL.String() + cfg.Endpoints.BasePath + "registration/account-confirm-email/{key}/"
}

func resetURL(cfg config.Config) string {
	if own := cfg.Accounts.ResetURL; own != "" {
		return string(own)
	}
	const path = "/password-reset/confirm/{uid}/{token}/"
	if cfg.Endpoints.SitesDomain {
		return cfg.Server.PublicURL.Scheme + "://{domain}" + path
	}
	return cfg.Server.PublicURL.String() + path
}
