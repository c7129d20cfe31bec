package integration

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

// socialGivesUp is later than the configured timeout and earlier than the usual one.
const socialGivesUp = 9 * time.Second

// socialTarget is a sign-in, and the provider's page that it cannot do without.
type socialTarget struct {
	page    string
	request func(t *testing.T) accessRequest
}

// socialDown is a service whose providers have bad days.
type socialDown struct {
	*socialService
	elsewhere string
	strayed   atomic.Int32 // requests that followed a redirect to another origin
}

func socialDownBoot(t *testing.T) *socialDown {
	t.Helper()
	d := &socialDown{}
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		d.strayed.Add(1)
		_, _ = w.Write([]byte(`{"id": "mallory", "sub": "mallory", "aud": "google-client"}`))
	}))
	t.Cleanup(elsewhere.Close)
	d.elsewhere = elsewhere.URL
	d.socialService = socialBoot(t, func(_ kit.ProviderName, keys map[string]any) {
		keys["timeout"] = "1s"
		keys["allow_private_addresses"] = true // elsewhere could be called, if a redirect were followed
	})
	d.Client.Timeout = socialGivesUp
	p := d.provider
	p.AddPerson(kit.Facebook, "fb-token", map[string]any{"id": "1001"})
	p.AddPerson(kit.GitHub, "gh-token", map[string]any{"id": 501, "login": "hubert"})
	p.AddPerson(kit.Twitter, "tw-token", map[string]any{"id_str": "7", "screen_name": "tilda", "_secret": "tw-token-secret"})
	p.AddPerson(kit.Google, "g-token", map[string]any{"id": "g1"})
	p.AddPerson(kit.Corp, "corp-token", map[string]any{"sub": "c1"})
	p.AddCode(kit.Google, "g-code", "g-token")
	p.SignIn("corp-token")
	return d
}

func socialSame(path string, body map[string]string) func(*testing.T) accessRequest {
	return func(*testing.T) accessRequest { return socialPost(path, body) }
}

// rounds are targets that can be tried at once: in a round, no page that is spoilt for one
// comes before the page of another.
func (d *socialDown) rounds() []map[string]socialTarget {
	byToken := map[string]string{"access_token": "g-token"}
	return []map[string]socialTarget{
		{
			"facebook":            {"/facebook/me", socialSame("facebook/", map[string]string{"access_token": "fb-token"})},
			"github":              {"/github/api/v3/user", socialSame("github/", map[string]string{"access_token": "gh-token"})},
			"twitter":             {"/twitter/", socialSame("twitter/", map[string]string{"access_token": "tw-token", "token_secret": "tw-token-secret"})},
			"google's token info": {"/google/tokeninfo", socialSame("google/", byToken)},
			"google by code":      {"/google/token", socialSame("google/", map[string]string{"code": "g-code"})},
			"google by id_token":  {"/google/certs", d.idToken(kit.Google)},
			"corp by id_token":    {"/oidc/jwks", d.idToken(kit.Corp)},
			"corp by code":        {"/oidc/token", d.corpCode},
		},
		{
			"google's userinfo": {"/google/userinfo", socialSame("google/", byToken)},
			"corp's userinfo":   {"/oidc/userinfo", d.corpCode},
		},
	}
}

// byDocument are targets that nobody reaches who has never seen the discovery document.
func (d *socialDown) byDocument() map[string]socialTarget {
	document := "/oidc/.well-known/"
	begin := func(*testing.T) accessRequest { return accessRequest{method: http.MethodGet, path: "corp/authorize/"} }
	return map[string]socialTarget{
		"corp's page":          {document, begin},
		"corp by id_token":     {document, d.idToken(kit.Corp)},
		"corp by access token": {document, socialSame("corp/", map[string]string{"access_token": "corp-token"})},
	}
}

func (d *socialDown) idToken(at kit.ProviderName) func(*testing.T) accessRequest {
	return func(*testing.T) accessRequest {
		return socialPost(string(at)+"/", map[string]string{"id_token": d.provider.IDToken(at, map[string]any{"sub": "of-id-token"})})
	}
}

// corpCode goes through corp's page while that is there.
func (d *socialDown) corpCode(t *testing.T) accessRequest {
	begun := d.send(t, accessRequest{method: http.MethodGet, path: "corp/authorize/"})
	require.Equal(t, http.StatusOK, begun.status, begun.text)
	back := d.provider.Authorize(t, begun.string("authorization_url"))
	request := socialPost("corp/", map[string]string{"code": back.Get("code"), "state": back.Get("state")})
	request.cookies = map[string]string{}
	for name, cookie := range begun.cookies {
		request.cookies[name] = cookie.Value
	}
	return request
}

const (
	socialOld    = 2 * time.Hour  // what is remembered of a provider is asked for again
	socialTooOld = 25 * time.Hour // and is not used any more where it cannot be had
)

// try sends all of the targets' requests at once, after a time, while the provider's
// pages answer so.
func (d *socialDown) try(t *testing.T, after time.Duration, targets map[string]socialTarget, how kit.Misbehaviour) map[string]socialOutcome {
	t.Helper()
	d.Clock.Advance(after)
	var names []string
	var requests []accessRequest
	for name, target := range targets {
		names, requests = append(names, name), append(requests, target.request(t))
	}
	if how != nil {
		for _, target := range targets {
			d.provider.Misbehave(target.page, 1000, how)
		}
	}
	outcomes := map[string]socialOutcome{}
	for i, outcome := range d.atOnce(requests) {
		outcomes[names[i]] = outcome
	}
	d.provider.Behave()
	return outcomes
}

func (d *socialDown) requireUp(t *testing.T, after time.Duration, targets map[string]socialTarget, how kit.Misbehaviour) {
	t.Helper()
	for name, outcome := range d.try(t, after, targets, how) {
		require.NoError(t, outcome.err, name)
		require.Equal(t, http.StatusOK, outcome.status, "%s: %s", name, outcome.text)
	}
}

// requireDown: the client learns that it is not its fault, and when to come again.
func (d *socialDown) requireDown(t *testing.T, name string, outcome socialOutcome, mayRefuse bool) {
	t.Helper()
	require.NoError(t, outcome.err, "%s: no answer in time", name)
	if mayRefuse && outcome.status == http.StatusBadRequest {
		return
	}
	require.Equal(t, http.StatusServiceUnavailable, outcome.status, "%s: %s", name, outcome.text)
	require.Equal(t, "30", outcome.retryAfter, name)
	require.Equal(t, `{"detail":"The provider cannot be asked at the moment. Try again later."}`, outcome.text, name)
	require.Empty(t, outcome.cookies, name)
}

// badDays are all ways in which a provider gives no usable answer.
func (d *socialDown) badDays() map[string]kit.Misbehaviour {
	json := func(status int, text string) kit.Misbehaviour { return kit.Answer(status, "application/json", text) }
	return map[string]kit.Misbehaviour{
		"slow": kit.Slow(1500 * time.Millisecond), "hanging": kit.Hang, "hanging up": kit.HangUp,
		"500": kit.ServerError, "HTML": kit.HTML, "20 MB": kit.Huge,
		"a redirect in circles": kit.RedirectLoop, "a redirect elsewhere": kit.RedirectTo(d.elsewhere),
		"a redirect to a metadata service": kit.RedirectTo("http://169.254.169.254/latest/meta-data/"),
		"too many requests":                json(http.StatusTooManyRequests, "{}"),
		"nothing":                          json(http.StatusOK, ""),
		"half an answer":                   json(http.StatusOK, `{"id": "1`),
		"a list":                           json(http.StatusOK, "[]"),
	}
}
