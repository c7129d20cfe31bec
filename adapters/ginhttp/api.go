package ginhttp

import (
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/gin-gonic/gin"

	"latchkey/application/authentication"
	"latchkey/application/federation"
	"latchkey/application/ports"
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
	// SecondFactor is nil where there are no second factors.
	SecondFactor secondfactor.UseCases
	// Throttle counts requests for the option of the same name. It may forget at a restart.
	Throttle ports.Limits
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
}

// New makes the API.
func New(d Dependencies, options Options) (*API, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.RedirectTrailingSlash = false
	engine.HandleMethodNotAllowed = true
	engine.ContextWithFallback = true
	proxies := make([]string, len(options.TrustedProxies))
	for i, prefix := range options.TrustedProxies {
		proxies[i] = prefix.String()
	}
	// With none, X-Forwarded-For is never believed: or each value that a client
	// makes up would be a new client to the throttle. X-Real-IP, which a proxy may
	// pass on as the client wrote it, never is.
	engine.RemoteIPHeaders = []string{"X-Forwarded-For"}
	if err := engine.SetTrustedProxies(proxies); err != nil {
		return nil, err
	}
	api := &API{Dependencies: d, options: options, engine: engine, endpoints: map[string]*endpoint{}}
	api.engine.Use(api.observe, api.recover, api.secure, api.checkHost)
	api.routes()
	api.handler = options.CORS.share(engine, options.CSRFHeader)
	return api, nil
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }
