package ginhttp

import (
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// authenticate tries the schemes in their order until one knows the caller. A
// bad credential is an error even where none is needed.
func (c *call) authenticate(e *endpoint) error {
	if e.open {
		return nil
	}
	if cookie, err := cookieOf(c.Request, c.api.options.SessionCookie.Name); err == nil {
		c.sessionKey = secret.New(cookie.Value)
	}
	for _, scheme := range c.api.options.Schemes {
		if err := c.try(scheme, e); err != nil || !c.caller.Anonymous() {
			return err
		}
	}
	return nil
}

func (c *call) try(scheme Scheme, e *endpoint) (err error) {
	switch scheme {
	case SchemeToken:
		c.caller, err = c.byHeader()
	case SchemeJWT:
		c.caller, err = c.byAccessToken(e)
	default:
		c.caller, err = c.byCookie()
	}
	return err
}

// byHeader reads "Authorization: Token <key>" as DRF's TokenAuthentication does;
// another scheme is somebody else's business.
func (c *call) byHeader() (sessions.Principal, error) {
	parts := strings.Fields(c.GetHeader("Authorization"))
	if len(parts) == 0 || !strings.EqualFold(parts[0], "Token") {
		return sessions.Principal{}, nil
	}
	if len(parts) == 1 {
		return sessions.Principal{}, c.api.notAuthenticated("Invalid token header. No credentials provided.")
	}
	if len(parts) > 2 {
		return sessions.Principal{}, c.api.notAuthenticated("Invalid token header. Token string should not contain spaces.")
	}
	if !utf8.ValidString(parts[1]) {
		return sessions.Principal{}, c.api.notAuthenticated("Invalid token header. Token string should not contain invalid characters.")
	}
	return c.api.Authentication.ByToken(c.ctx(), secret.New(parts[1]))
}

// byCookie reads the session cookie. What comes with a cookie may have been sent
// by another site's page (CSRF), so that unsafe methods must prove they were not.
func (c *call) byCookie() (sessions.Principal, error) {
	c.cookies.looked = true
	if c.sessionKey.Empty() {
		_, err := cookieOf(c.Request, c.api.options.SessionCookie.Name)
		c.cookies.dropSession = err == nil // an empty cookie is good for nothing
		return sessions.Principal{}, nil
	}
	caller, err := c.api.Authentication.BySession(c.ctx(), c.sessionKey)
	if errors.Is(err, sessions.ErrSessionEnded) {
		c.cookies.dropSession = true
		return sessions.Principal{}, nil
	}
	if err != nil || caller.Anonymous() {
		return sessions.Principal{}, err
	}
	return caller, c.checkCSRF()
}

// checkCSRF refuses an unsafe request that another site's page may have sent.
func (c *call) checkCSRF() error {
	switch c.Request.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return nil
	}
	request := c.api.csrfRequest(c.Request)
	if c.Request.Method == http.MethodPost {
		request.FormToken = c.formToken()
	}
	err := sessions.CheckCSRF(request)
	if err != nil && request.Cookie.Present && !wellFormed(request.Cookie.Text) {
		c.cookies.csrf = c.api.newCSRFSecret()
	}
	return err
}

// csrfRequest gathers what the decision depends on.
func (a *API) csrfRequest(r *http.Request) sessions.CSRFRequest {
	request := sessions.CSRFRequest{
		HeaderName:     a.options.CSRFHeader,
		HeaderToken:    sentHeader(r, a.options.CSRFHeader),
		Origin:         sentHeader(r, "Origin"),
		Referer:        sentHeader(r, "Referer"),
		Secure:         r.TLS != nil || a.options.Secure,
		Host:           r.Host,
		CookieDomain:   a.options.CSRFCookie.Domain,
		TrustedOrigins: a.options.TrustedOrigins,
	}
	if cookie, err := cookieOf(r, a.options.CSRFCookie.Name); err == nil {
		request.Cookie = sessions.Sent{Text: cookie.Value, Present: true}
	}
	return request
}

func sentHeader(r *http.Request, name string) sessions.Sent {
	values := r.Header.Values(name)
	if len(values) == 0 {
		return sessions.Sent{}
	}
	return sessions.Sent{Text: values[0], Present: true}
}

// formToken returns the form field that Django's {% csrf_token %} writes.
func (c *call) formToken() string {
	body := c.body()
	if body.err != nil || !body.input.html {
		return ""
	}
	return body.input.values["csrfmiddlewaretoken"].text
}

func (a *API) newCSRFSecret() secret.String {
	return secret.New(a.Random.Text(sessions.CSRFSecretLength, sessions.CSRFAlphabet))
}

func wellFormed(cookie string) bool {
	_, err := sessions.ParseCSRFCookie(cookie)
	return err == nil
}
