package ginhttp

import (
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"latchkey/application/authentication"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// JWT are the settings of JSON web tokens that the API obeys.
type JWT struct {
	Enabled bool
	// AccessCookie and RefreshCookie carry the tokens; without a name there is none.
	AccessCookie, RefreshCookie Cookie
	// HidesRefresh leaves the refresh token out of bodies where its cookie carries
	// it (JWT_AUTH_HTTPONLY); a logout then takes it from the cookie alone.
	HidesRefresh bool
	// TellsExpirations adds when the tokens end to a login's answer.
	TellsExpirations bool
	// CookieCSRF checks requests that the access cookie authenticates;
	// CSRFUnauthenticated all requests without an Authorization header.
	CookieCSRF, CSRFUnauthenticated bool
	Names                           Dialect
	Transport                       Transport
	// HeaderTypes are the words before the token in the Authorization header.
	HeaderTypes []string
	// Blacklist demands the refresh token at a logout; Revokes says that a logout ends tokens at all.
	Blacklist, Revokes bool
}

// Dialect says by which names tokens go.
type Dialect string

// The dialects of JWT_FIELD_NAMES.
const (
	DialectV4   Dialect = "v4"
	DialectV3   Dialect = "v3"
	DialectBoth Dialect = "both"
)

// Transport says how tokens reach the client.
type Transport string

// The transports of JWT_TRANSPORT. By default tokens go into the cookies that
// have a name and into the body, but for a refresh token that HidesRefresh hides.
const (
	TransportDefault Transport = ""
	TransportCookie  Transport = "cookie"
	TransportBody    Transport = "body"
	TransportBoth    Transport = "both"
)

// transportHeader lets a client choose the transport for one request.
const transportHeader = "X-Token-Transport"

// transport returns how this request's tokens travel. Who gives tokens asks it
// before anything is done: a refusal must not leave an account or a session behind.
func (c *call) transport() (Transport, error) {
	options := &c.api.options.JWT
	chosen := Transport(c.GetHeader(transportHeader))
	if chosen == "" || !options.Enabled {
		return options.Transport, nil
	}
	known := slices.Contains([]Transport{TransportCookie, TransportBody, TransportBoth}, chosen)
	if !known || chosen != TransportBody && (options.AccessCookie.Name == "" || options.RefreshCookie.Name == "") {
		return "", refusal{status: http.StatusBadRequest, detail: transportHeader + " names no transport of this service."}
	}
	return chosen, nil
}

// deliver puts a pair into the cookies that the transport has, and returns what is
// left for the body.
func (c *call) deliver(pair sessions.TokenPair, by Transport) sessions.TokenPair {
	options := &c.api.options.JWT
	if by != TransportBody {
		c.cookies.pair = pair
	}
	switch {
	case by == TransportCookie:
		pair.Access, pair.Refresh = secret.String{}, secret.String{}
	case options.hidesRefresh(by):
		pair.Refresh = secret.String{}
	}
	return pair
}

// hidesRefresh reports whether the cookie alone carries the refresh token.
func (o JWT) hidesRefresh(by Transport) bool {
	return by == TransportCookie || by == TransportDefault && o.HidesRefresh && o.RefreshCookie.Name != ""
}

// grantedPair is the answer to a login that gives tokens. Registration answers
// the same.
func (c *call) grantedPair(grant authentication.Grant, by Transport, status int) (answer, error) {
	profile, err := c.api.SelfService.Profile(c.ctx(), grant.Account)
	if err != nil {
		return answer{}, err
	}
	shown := c.deliver(grant.Pair, by)
	body := c.api.named("access", "access_token", shown.Access.Reveal())
	body = append(body, c.api.named("refresh", "refresh_token", shown.Refresh.Reveal())...)
	body = append(body, member{"user", userBody(profile)})
	if c.api.options.JWT.TellsExpirations {
		body = append(body, c.api.expirations(grant.Pair)...)
	}
	return answer{status: status, body: body}, nil
}

// named is a value under its name in the dialect in use.
func (a *API) named(v4, v3 string, value any) object {
	switch a.options.JWT.Names {
	case DialectV3:
		return object{{v3, value}}
	case DialectBoth:
		return object{{v4, value}, {v3, value}}
	}
	return object{{v4, value}}
}

func (a *API) expirations(pair sessions.TokenPair) object {
	body := a.named("access_expiration", "access_token_expiration", datetime(pair.AccessExpires))
	if pair.RefreshExpires.IsZero() {
		return body
	}
	return append(body, a.named("refresh_expiration", "refresh_token_expiration", datetime(pair.RefreshExpires))...)
}

// datetime writes a time as DRF does.
func datetime(t time.Time) string {
	if t.Nanosecond() == 0 {
		return t.UTC().Format("2006-01-02T15:04:05Z")
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

var refreshForm = form{
	{name: "refresh", label: "Refresh", help: "WIll override cookie.", kind: kindString},
	{name: "access", label: "Access", kind: kindString, readOnly: true},
}

func (a *API) tokenRefresh() *endpoint {
	return &endpoint{
		name:      "Refresh View With Cookie Support",
		describes: "Give a new access token for a refresh token from the body or its cookie.",
		allow:     "POST, OPTIONS",
		open:      true,
		methods:   map[string]action{http.MethodPost: (*call).postTokenRefresh},
		form:      refreshForm,
		formOf:    http.MethodPost,
	}
}

func (c *call) postTokenRefresh() (answer, error) {
	token, by, err := c.refreshToken()
	if err != nil {
		return answer{}, err
	}
	pair, err := c.api.Authentication.Refresh(c.ctx(), token)
	if err != nil {
		return answer{}, c.api.refusedToken(err)
	}
	return answer{status: http.StatusOK, body: c.refreshed(pair, by)}, nil
}

// refreshed is the answer to a refresh. Clients of dj-rest-auth before 4.0 read
// simplejwt's own names here, so that their dialect has both.
func (c *call) refreshed(pair sessions.TokenPair, by Transport) object {
	rotated := !pair.Refresh.Empty()
	shown := c.deliver(pair, by)
	body := c.api.simplejwtNamed("access", "access_token", shown.Access.Reveal())
	if shown.Refresh.Empty() {
		pair.RefreshExpires = time.Time{}
	}
	if rotated && !shown.Refresh.Empty() {
		body = append(body, c.api.simplejwtNamed("refresh", "refresh_token", shown.Refresh.Reveal())...)
	}
	return append(body, c.api.expirations(pair)...)
}

// simplejwtNamed is a value under simplejwt's name, and under the old one where
// the dialect has that.
func (a *API) simplejwtNamed(v4, v3 string, value any) object {
	if a.options.JWT.Names == DialectV4 {
		return object{{v4, value}}
	}
	return object{{v4, value}, {v3, value}}
}

// refreshToken takes the token from the body before the cookie, as it came: blanks
// around it are not forgiven. It also says how the new tokens travel.
func (c *call) refreshToken() (secret.String, Transport, error) {
	if _, err := c.complete(refreshForm); err != nil {
		return secret.String{}, "", err
	}
	if came, ok := c.inBody(); ok {
		if err := c.checkWayIn(); err != nil {
			return secret.String{}, "", err
		}
		by, err := c.transport()
		return secret.New(came.text), by, err
	}
	if cookie, ok := c.inCookie(); ok {
		return cookie, c.api.options.JWT.Transport, nil
	}
	return secret.String{}, "", c.api.refusedToken(sessions.ErrJWTMissing)
}

// inBody returns the refresh token of the body, by any of its names.
func (c *call) inBody() (value, bool) {
	in := c.body().input
	for _, name := range c.api.refreshNames() {
		if came, ok := in.field(name); ok && (came.text != "" || !in.html) {
			return came, true
		}
	}
	return value{}, false
}

func (a *API) refreshNames() []string {
	if a.options.JWT.Names == DialectV4 {
		return []string{"refresh"}
	}
	return []string{"refresh", "refresh_token"}
}

func (c *call) inCookie() (secret.String, bool) {
	name := c.api.options.JWT.RefreshCookie.Name
	if name == "" {
		return secret.String{}, false
	}
	cookie, err := cookieOf(c.Request, name)
	if err != nil {
		return secret.String{}, false
	}
	return secret.New(cookie.Value), true
}

var tokenForm = form{text("token", "Token")}

func (a *API) tokenVerify() *endpoint {
	return &endpoint{
		name:      "Token Verify",
		describes: "Tell whether a token is good.",
		allow:     "POST, OPTIONS",
		open:      true,
		methods:   map[string]action{http.MethodPost: (*call).postTokenVerify},
		form:      tokenForm,
		formOf:    http.MethodPost,
	}
}

func (c *call) postTokenVerify() (answer, error) {
	in, err := c.complete(tokenForm)
	if err != nil {
		return answer{}, err
	}
	if err := c.api.Authentication.VerifyToken(c.ctx(), secret.New(in["token"])); err != nil {
		return answer{}, c.api.refusedToken(err)
	}
	return answer{status: http.StatusOK, body: object{}}, nil
}

// codedDetail is simplejwt's shape of a refusal.
func codedDetail(text, code string) object {
	return object{{"detail", text}, {"code", code}}
}

// tokenNotValid is simplejwt's code for everything that can be wrong with a token.
const tokenNotValid = "token_not_valid"

// refusedToken is the answer of token/refresh/ and token/verify/ to a bad token.
func (a *API) refusedToken(err error) error {
	faults := fault.Of(err)
	if len(faults) == 0 || faults[0].Kind != fault.Unauthenticated {
		return err
	}
	refused := refusal{status: http.StatusUnauthorized, challenge: a.bearerChallenge()}
	if faults[0].Is(sessions.ErrNoActiveAccount) {
		refused.detail = faults[0].Message
	} else {
		refused.body = codedDetail(faults[0].Message, tokenNotValid)
	}
	return refused
}

// refusedAccess is the answer to a request with a bad access token.
func (a *API) refusedAccess(err error) error {
	faults := fault.Of(err)
	if len(faults) == 0 || fault.Failed(err) {
		return err
	}
	refused := a.notAuthenticated("")
	refused.body = accessRefusal(faults[0])
	return refused
}

func accessRefusal(f *fault.Fault) object {
	for _, ofAccount := range []*fault.Fault{sessions.ErrAccountNotFound, sessions.ErrAccountInactive, sessions.ErrPasswordChanged, sessions.ErrSessionEnded} {
		if f.Is(ofAccount) {
			return codedDetail(f.Message, f.Code)
		}
	}
	if f.Is(sessions.ErrJWTNoAccount) {
		return codedDetail(f.Message, tokenNotValid)
	}
	return append(codedDetail("Given token not valid for any token type", tokenNotValid), member{"messages", []object{{
		{"token_class", "AccessToken"}, {"token_type", "access"}, {"message", f.Message},
	}}})
}

func (a *API) bearerChallenge() string {
	return a.options.JWT.HeaderTypes[0] + ` realm="api"`
}

// showPublicKeys publishes the keys that others verify our tokens with (RFC 7517).
func (a *API) showPublicKeys(c *gin.Context) {
	keys, err := a.PublicKeys.JWKS()
	if err != nil {
		a.refuse(c, err)
		return
	}
	c.Header("Cache-Control", "public, max-age=300")
	c.Data(http.StatusOK, "application/json", keys)
}
