package ginhttp

import (
	"net/http"
	"strings"
	"time"

	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// cookieJar collects what an answer does to the client's cookies.
type cookieJar struct {
	// looked: the answer depends on the cookie, which caches must know.
	looked bool
	// dropSession deletes the session cookie.
	dropSession bool
	session     *sessions.WebSession
	csrf        secret.String
	// pair sets the cookies of the tokens in it; dropPair deletes them.
	pair     sessions.TokenPair
	dropPair bool
}

// signIn sets the cookies of a login. The CSRF secret is made anew, so that one
// that was planted before the login is worth nothing after it.
func (j *cookieJar) signIn(session *sessions.WebSession, csrf secret.String) {
	if session == nil {
		return
	}
	j.looked, j.session, j.csrf = true, session, csrf
}

func (j *cookieJar) write(c *call) {
	if j.looked || !j.csrf.Empty() {
		c.Writer.Header().Add("Vary", "Cookie")
	}
	if j.unchanged() {
		return
	}
	options := &c.api.options
	now := c.api.Clock.Now()
	j.writePair(c)
	if !j.csrf.Empty() {
		options.CSRFCookie.set(c.Writer, j.csrf, now)
	}
	switch {
	case j.session != nil:
		options.SessionCookie.set(c.Writer, j.session.Key, now)
	case j.dropSession:
		options.SessionCookie.delete(c.Writer)
	}
}

// unchanged is true of most answers: they set no cookie and delete none.
func (j *cookieJar) unchanged() bool {
	return !j.dropSession && !j.dropPair && j.session == nil && j.csrf.Empty() &&
		j.pair.Access.Empty() && j.pair.Refresh.Empty()
}

func (j *cookieJar) writePair(c *call) {
	options, now := &c.api.options.JWT, c.api.Clock.Now()
	if j.dropPair {
		options.AccessCookie.delete(c.Writer)
		options.RefreshCookie.delete(c.Writer)
		return
	}
	options.AccessCookie.set(c.Writer, j.pair.Access, now)
	options.RefreshCookie.set(c.Writer, j.pair.Refresh, now)
}

// set sets the cookie, unless it has no name or there is no value for it.
func (k Cookie) set(w http.ResponseWriter, value secret.String, now time.Time) {
	if k.Name == "" || value.Empty() {
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: k.Name, Value: value.Reveal(), Path: k.Path, Domain: k.Domain,
		Expires: now.Add(k.Age), MaxAge: int(k.Age.Seconds()),
		Secure: k.Secure, HttpOnly: k.HTTPOnly, SameSite: k.SameSite,
	})
}

// delete asks for the cookie's removal with the path and domain that it was set
// with: a browser keeps a cookie whose deletion names others. It is Secure, as
// Django has it, only where a browser would not take it otherwise.
func (k Cookie) delete(w http.ResponseWriter) {
	if k.Name == "" {
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: k.Name, Path: k.Path, Domain: k.Domain,
		Expires: time.Unix(0, 0), MaxAge: -1, SameSite: k.SameSite, Secure: k.mustBeSecure(),
	})
}

// mustBeSecure reports what RFC 6265bis has browsers demand.
func (k Cookie) mustBeSecure() bool {
	return k.SameSite == http.SameSiteNoneMode || strings.HasPrefix(k.Name, "__Secure-") || strings.HasPrefix(k.Name, "__Host-")
}

// cookieOf returns the cookie of that name. Of several the last counts, as in
// Django.
func cookieOf(r *http.Request, name string) (*http.Cookie, error) {
	all := r.CookiesNamed(name)
	if len(all) == 0 {
		return nil, http.ErrNoCookie
	}
	return all[len(all)-1], nil
}
