package kit

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// codeLife is how long a code of corp works; by the provider's clock.
const codeLife = time.Minute

// grant is what a code of corp stands for.
type grant struct {
	accessToken, redirectURI, nonce, challenge string
	openID                                     bool
	expires                                    time.Time
}

// SignIn says who sits at the browser: corp's authorization endpoint gives out
// codes for the owner of this access token, and asks nobody.
func (p *FakeProvider) SignIn(accessToken string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.people[Corp].tokens[accessToken] == nil {
		p.t.Fatalf("nobody at corp has the access token: AddPerson first")
	}
	p.visitor = accessToken
}

// Authorize opens an authorization URL of corp, as the browser of whom SignIn
// named, and returns what the provider sends to the callback: code and state, or error.
func (p *FakeProvider) Authorize(t testing.TB, address string) url.Values {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatalf("the authorization URL: %v", err)
	}
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := browser.Do(request)
	if err != nil {
		t.Fatalf("asking for authorization: %v", err)
	}
	_ = response.Body.Close()
	sentTo, err := response.Location()
	if err != nil || !strings.HasPrefix(sentTo.String(), callback(Corp)+"?") {
		t.Fatalf("the provider answers %s and does not send the browser back", response.Status)
	}
	return sentTo.Query()
}

// oidcAuthorize sends the browser back at once. A client or an address that it
// does not know gets no redirect: the address could be an attacker's.
func (p *FakeProvider) oidcAuthorize(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if query.Get("client_id") != clients[Corp].id || query.Get("redirect_uri") != callback(Corp) {
		answer(w, http.StatusBadRequest, object{"error": "invalid_request"})
		return
	}
	result := url.Values{"iss": {p.issuer(Corp)}}
	if state := query.Get("state"); state != "" {
		result.Set("state", state)
	}
	if fault := p.authorizationFault(query); fault != "" {
		result.Set("error", fault)
	} else {
		result.Set("code", p.grant(query))
	}
	http.Redirect(w, r, callback(Corp)+"?"+result.Encode(), http.StatusFound)
}

func (p *FakeProvider) authorizationFault(query url.Values) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case query.Get("response_type") != "code":
		return "unsupported_response_type"
	case query.Get("code_challenge") != "" && query.Get("code_challenge_method") != "S256":
		return "invalid_request"
	case p.visitor == "":
		return "login_required"
	default:
		return ""
	}
}

func (p *FakeProvider) grant(query url.Values) (code string) {
	code = unguessable()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.grants[code] = grant{
		accessToken: p.visitor,
		redirectURI: query.Get("redirect_uri"),
		nonce:       query.Get("nonce"),
		challenge:   query.Get("code_challenge"),
		openID:      slices.Contains(strings.Fields(query.Get("scope")), "openid"),
		expires:     p.clock.Now().Add(codeLife),
	}
	return code
}

// redeem takes the code away: it works once, even when what comes with it is wrong.
func (p *FakeProvider) redeem(code string) (grant, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	granted, known := p.grants[code]
	delete(p.grants, code)
	return granted, known && p.clock.Now().Before(granted.expires)
}
