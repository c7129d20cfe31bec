package ginhttp

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// The tokens that the fakes know. brokenToken meets a database that is down.
const (
	goodAccess  = "good.access.token"
	goodRefresh = "good.refresh.token"
	newAccess   = "new.access.token"
	newRefresh  = "new.refresh.token"
	brokenToken = "broken.broken.broken"
)

// tokensFake are the use cases of JSON web tokens.
type tokensFake struct {
	pair     sessions.TokenPair // what a refresh gives
	refusals map[string]error   // by token
	asked    []string           // the tokens that were looked at
}

var errDatabaseDown = errors.New("the database is down")

func (f *tokensFake) judge(token secret.String, good string) error {
	f.asked = append(f.asked, token.Reveal())
	refusal, known := f.refusals[token.Reveal()]
	switch {
	case token.Reveal() == good:
		return nil
	case token.Reveal() == brokenToken:
		return errDatabaseDown
	case known:
		return refusal
	}
	return sessions.ErrJWTInvalid
}

func (f *authenticationFake) ByAccessToken(_ context.Context, token secret.String) (sessions.Principal, error) {
	if err := f.tokens.judge(token, goodAccess); err != nil {
		return sessions.Principal{}, err
	}
	return sessions.Principal{Account: bob(), Family: "family"}, nil
}

func (f *authenticationFake) Refresh(_ context.Context, token secret.String) (sessions.TokenPair, error) {
	if err := f.tokens.judge(token, goodRefresh); err != nil {
		return sessions.TokenPair{}, err
	}
	return f.tokens.pair, nil
}

func (f *authenticationFake) VerifyToken(_ context.Context, token secret.String) error {
	return f.tokens.judge(token, goodAccess)
}

// publicKeysFake is a key set, or why there is none.
type publicKeysFake struct{ err error }

func (f publicKeysFake) JWKS() ([]byte, error) { return []byte(`{"keys":[]}`), f.err }

func newPair() sessions.TokenPair {
	return sessions.TokenPair{
		Access: secret.New(newAccess), Refresh: secret.New(newRefresh),
		AccessExpires: noon.Add(5 * time.Minute), RefreshExpires: noon.Add(24 * time.Hour),
	}
}

// newJWTWorld fakes a service that gives tokens and no sessions.
func newJWTWorld() *world {
	w := newWorld()
	w.grant.Token = sessions.APIToken{}
	w.grant.Pair = newPair()
	w.tokens.pair = newPair()
	w.mayLeave = true
	return w
}

// withJWT are the options of a service whose logins give tokens in cookies.
func withJWT(o *Options) {
	cookie := Cookie{Path: "/", HTTPOnly: true, SameSite: http.SameSiteLaxMode}
	access, refresh := cookie, cookie
	access.Name, access.Age = "access", 5*time.Minute
	refresh.Name, refresh.Age = "refresh", 24*time.Hour
	o.Schemes, o.Sessions = []Scheme{SchemeJWT, SchemeSession}, false
	o.JWT = JWT{Enabled: true, AccessCookie: access, RefreshCookie: refresh, Names: DialectV4, HeaderTypes: []string{"Bearer"}}
}

// adjusting changes the settings of tokens after withJWT.
func adjusting(change func(*JWT)) func(*Options) {
	return func(o *Options) { change(&o.JWT) }
}

func withoutCookies(j *JWT) { j.AccessCookie.Name, j.RefreshCookie.Name = "", "" }

// cookiesSet are the cookies of an answer as "name=value"; one that is deleted is "name=".
func cookiesSet(t *testing.T, response *http.Response) []string {
	t.Helper()
	set := []string{}
	for _, cookie := range response.Cookies() {
		require.Equal(t, cookie.Value == "", cookie.MaxAge < 0, "%s", cookie)
		set = append(set, cookie.Name+"="+cookie.Value)
	}
	return set
}
