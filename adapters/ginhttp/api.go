package ginhttp

import (
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/gin-gonic/gin"

	"latchkey/application/authentication"
	"latchkey/application/federation"
	"latchkey/application/passkeys"
	"latchkey/application/ports"
	"latchkey/application/readiness"
	"latchkey/application/recovery"
	"latchkey/application/registration"
	"latchkey/application/secondfactor"
	"latchkey/application/selfservice"
	"latchkey/domain/credentials"
)

// Dependencies are the activities that the API drives and the ports that it needs itself.
type Dependencies struct {
	Authentication authentication.UseCases
	Registration   registration.UseCases
	Recovery       recovery.UseCases
	SelfService    selfservice.UseCases
	// Federation is nil where there is no social sign-in.
	Federation federation.UseCases
	// Passkeys is nil where there are none.
	Passkeys passkeys.UseCases
	// Readiness is nil where nobody is asked about it.
	Readiness readiness.UseCases
	// SecondFactor is nil where there are no second factors.
	SecondFactor secondfactor.UseCases
	// Throttle counts requests for the option of the same name. It may forget at a restart.
	Throttle ports.Limits
	// Callers counts for the option Rates, by address and by user. It may forget at a restart.
	Callers ports.Limits
	// PublicKeys verify our tokens; needed where JSON web tokens are in use.
	PublicKeys ports.PublicKeys
	Clock      ports.Clock
	Random     ports.Random
	Log        *slog.Logger
}

// Scheme is a way in which a request says who it comes from.
type Scheme string

// The schemes of AUTH_CLASSES.
const (
	SchemeToken   Scheme = "token"
	SchemeSession Scheme = "session"
	SchemeJWT     Scheme = "jwt"
)

// Options are the settings that the API obeys.
type Options struct {
	BasePath string // begins and ends with "/"
	// Secure: people reach the service by https, whatever a proxy makes of it.
	Secure  bool
	Schemes []Scheme
	// Sessions: a login begins a web session.
	Sessions bool
	// Plain leaves out registration and social endpoints, as dj-rest-auth does
	// without allauth.
	Plain                     bool
	JWT                       JWT
	CORS                      CORS
	OldPassword               bool // password/change/ demands old_password
	LogoutOnGet               bool
	RegistrationNeedsSignIn   bool
	SignupFields              SignupFields
	SessionCookie, CSRFCookie Cookie
	CSRFHeader                string
	TrustedOrigins            []string
	// AllowedHosts are Django's patterns; empty allows any host.
	AllowedHosts   []string
	TrustedProxies []netip.Prefix
	// Throttle is the rate of the scope dj_rest_auth.
	Throttle credentials.Limit
	Rates    Rates
	// Deadline is when a request is given up with a 503; 0 is never.
	Deadline time.Duration
	// ThrottleVerify is the rate of the scope dj_rest_auth_mfa_verify.
	ThrottleVerify credentials.Limit
	// ConfirmFactor: changes of the second factor ask for a password or a code.
	ConfirmFactor bool
	// ResetNeedsFactor: a password reset asks for the second factor.
	ResetNeedsFactor bool
	// Providers are the configured social providers.
	Providers []Provider
}

// SignupFields says what a registration must have. What it need not have it may
// have all the same.
type SignupFields struct {
	UsernameRequired, EmailRequired bool
	UsernameMinLength               int // characters
}

// Cookie is how a cookie is set.
type Cookie struct {
	Name     string
	Age      time.Duration
	Domain   string
	Path     string
	Secure   bool
	HTTPOnly bool
	SameSite http.SameSite
}

// API is the HTTP API as a http.Handler.
type API struct {
	Dependencies
	options   Options
	engine    *gin.Engine
	handler   http.Handler         // the engine, and CORS before it
	endpoints map[string]*endpoint // by path
	// numberedPaths are the endpoints of a path that a number follows, by that path.
	numberedPaths map[string]*endpoint
	limits        map[LimitName]limits
}

// New makes the API.
func New(d Dependencies, options Options) (*API, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.RedirectTrailingSlash = false
	engine.HandleMethodNotAllowed = true
	engine.ContextWithFallback = true
	// Nobody asks gin for the client's address: clientAddress says it.
	if err := engine.SetTrustedProxies(nil); err != nil {
		return nil, err
	}
	api := &API{Dependencies: d, options: options, engine: engine, endpoints: map[string]*endpoint{}, numberedPaths: map[string]*endpoint{}, limits: options.Rates.limits()}
	api.health()
	// recover is within hurry: once the deadline is given up a failure looks as if the client had left.
	api.engine.Use(api.observe, api.hurry, api.recover, api.secure, api.checkHost)
	api.routes()
	api.handler = options.CORS.share(engine, options.CSRFHeader)
	return api, nil
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }
