package ginhttp

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/application/federation"
	"latchkey/domain/accounts"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// federationFake knows one identity, keeps what it was asked, and refuses what it is told to.
type federationFake struct {
	federation.UseCases
	begins       []federation.Begin
	presented    []federation.Presented
	disconnected []identities.ID
	refusal      error
}

const goodState = "lk.State-of_43"

func (f *federationFake) Begin(_ context.Context, in federation.Begin) (federation.Begun, error) {
	f.begins = append(f.begins, in)
	return federation.Begun{
		URL: "https://provider.example/?a=b&c=d", State: goodState, Sealed: secret.New("sealed"), Expires: noon.Add(10 * time.Minute),
	}, f.refusal
}

func (f *federationFake) SignIn(_ context.Context, in federation.Presented) (*accounts.Account, error) {
	f.presented = append(f.presented, in)
	return bob(), f.refusal
}

func (f *federationFake) Connect(_ context.Context, _ *accounts.Account, in federation.Presented) error {
	f.presented = append(f.presented, in)
	return f.refusal
}

func (f *federationFake) Identities(context.Context, accounts.ID) ([]identities.Snapshot, error) {
	return []identities.Snapshot{{ID: 3, Key: identities.Key{Provider: "facebook", Subject: `1"2`}, LastLogin: noon, Joined: noon}}, f.refusal
}

func (f *federationFake) Disconnect(_ context.Context, _ accounts.ID, id identities.ID) error {
	f.disconnected = append(f.disconnected, id)
	return f.refusal
}

const facebookPath = "/dj-rest-auth/facebook/"

func TestWhoSignsInAtAProviderIsAdmitted(t *testing.T) {
	w := newWorld()
	w.grant.Session = &sessions.WebSession{Key: secret.New(goodSession)}
	got := postJSON(facebookPath, `{"access_token":" t ","code":"c","id_token":"i","code_verifier":"v","callback_url":"https://a.example/cb","nonce":"n","first_name":"A","last_name":"B"}`).to(w.api(t))
	requireAnswer(t, got, 200, `{"key":"`+goodToken+`"}`)
	require.Len(t, got.Result().Cookies(), 2)
	require.Equal(t, []federation.Presented{{Provider: "facebook", Proof: identities.Proof{
		AccessToken: secret.New("t"), Code: secret.New("c"), IDToken: secret.New("i"), CodeVerifier: secret.New("v"),
		CallbackURL: "https://a.example/cb", Nonce: "n", FirstName: "A", LastName: "B",
	}}}, cleared(w.presented))
}

// cleared makes empty secrets comparable.
func cleared(presented []federation.Presented) []federation.Presented {
	for i := range presented {
		for _, s := range []*secret.String{&presented[i].Sealed, &presented[i].Proof.TokenSecret} {
			if s.Empty() {
				*s = secret.String{}
			}
		}
	}
	return presented
}

func TestNoProofIsToldBeforeAnybodyIsAsked(t *testing.T) {
	w := newWorld()
	api := w.api(t)
	for _, body := range []string{`{}`, `{"access_token":""}`, `{"access_token":"","code":""}`, `{"code_verifier":"v"}`, `{"state":"x"}`} {
		requireAnswer(t, postJSON(facebookPath, body).to(api), 400, `{"non_field_errors":["Incorrect input. access_token or code is required."]}`)
	}
	requireAnswer(t, postJSON("/dj-rest-auth/twitter/", `{"access_token":"x"}`).to(api), 400, `{"token_secret":["This field is required."]}`)
	require.Equal(t, 401, postJSON(facebookPath+"connect/", `{"access_token":"x"}`).to(api).Code)
	require.Empty(t, w.presented)
}

func TestRefusalsOfProvidersHaveTheShapeOfTheAPI(t *testing.T) {
	for _, test := range []struct {
		refusal error
		status  int
		body    string
	}{
		{identities.ErrProofRefused, 400, `{"non_field_errors":["Incorrect value"]}`},
		{accounts.ErrEmailTaken, 400, `{"non_field_errors":["User is already registered with this e-mail address."]}`},
		{identities.ErrConnectedElsewhere, 400, `{"non_field_errors":["This social account is already connected to a different account."]}`},
		{identities.ErrCallbackForbidden, 400, `{"callback_url":["This URL is not among the provider's callback URLs."]}`},
		{identities.ErrProviderUnavailable.After(30 * time.Second), 503, `{"detail":"The provider cannot be asked at the moment. Try again later."}`},
	} {
		w := newWorld()
		w.federationFake.refusal = test.refusal
		got := postJSON(facebookPath, `{"access_token":"x"}`).to(w.api(t))
		requireAnswer(t, got, test.status, test.body)
		require.Equal(t, test.status == 503, got.Header().Get("Retry-After") == "30")
		got = postJSON(facebookPath+"connect/", `{"access_token":"x"}`, "Authorization", "Token "+goodToken).to(w.api(t))
		requireAnswer(t, got, test.status, test.body)
	}
}

func TestWhoMayNotComeInIsRefusedAfterAGoodProof(t *testing.T) {
	w := newWorld()
	w.authenticationFake.err = authentication.ErrEmailNotVerified
	requireAnswer(t, postJSON(facebookPath, `{"access_token":"x"}`).to(w.api(t)), 400, `{"non_field_errors":["E-mail is not verified."]}`)
}

func TestAProvidersOwnNameOfTheAccessTokenIsTaken(t *testing.T) {
	w := newWorld()
	api := w.api(t, func(o *Options) {
		o.Providers = []Provider{{Name: "microsoft", Title: "Microsoft", AccessTokenAlias: "accessToken"}}
	})
	require.Equal(t, 200, postJSON("/dj-rest-auth/microsoft/", `{"accessToken":"x"}`).to(api).Code)
	require.Equal(t, "x", w.presented[0].Proof.AccessToken.Reveal())
}

func TestAnAuthorizationIsBoundToTheBrowser(t *testing.T) {
	w := newWorld()
	api := w.api(t)
	got := sent{method: "GET", path: facebookPath + "authorize/?callback_url=https://a.example/cb"}.to(api)
	requireAnswer(t, got, 200, `{"authorization_url":"https://provider.example/?a=b&c=d","state":"lk.State-of_43"}`)
	require.Equal(t, []federation.Begin{{Provider: "facebook", CallbackURL: "https://a.example/cb"}}, w.begins)
	cookies := got.Result().Cookies()
	require.Len(t, cookies, 1)
	require.Equal(t, "latchkey_authorization_lkState-of_43", cookies[0].Name)
	require.True(t, cookies[0].HttpOnly)
	require.Equal(t, "/dj-rest-auth/", cookies[0].Path)
	require.Equal(t, 600, cookies[0].MaxAge)
	require.Equal(t, noon.Add(10*time.Minute), cookies[0].Expires)

	back := postJSON(facebookPath, `{"code":"c","state":"`+goodState+`"}`, "Cookie", cookies[0].Name+"="+cookies[0].Value).to(api)
	require.Equal(t, 200, back.Code)
	require.Equal(t, "sealed", w.presented[0].Sealed.Reveal())
	require.Equal(t, goodState, w.presented[0].State)
	require.Equal(t, -1, back.Result().Cookies()[0].MaxAge, "the browser is rid of it")

	w.federationFake.refusal = identities.ErrProviderUnavailable
	back = postJSON(facebookPath, `{"code":"c","state":"`+goodState+`"}`, "Cookie", cookies[0].Name+"="+cookies[0].Value).to(api)
	require.Equal(t, 503, back.Code)
	require.Empty(t, back.Result().Cookies(), "who is to try again keeps it")
	w.federationFake.refusal, w.presented = nil, w.presented[:1]

	require.Equal(t, 200, postJSON(facebookPath, `{"code":"c","state":"other"}`, "Cookie", cookies[0].Name+"="+cookies[0].Value).to(api).Code)
	require.True(t, w.presented[1].Sealed.Empty(), "another state has another cookie")
}

func TestADeviceKeepsItsAuthorizationItself(t *testing.T) {
	w := newWorld()
	api := w.api(t)
	got := sent{method: "GET", path: facebookPath + "authorize/?binding=device"}.to(api)
	requireAnswer(t, got, 200, `{"authorization_url":"https://provider.example/?a=b&c=d","state":"lk.State-of_43","authorization":"sealed"}`)
	require.Empty(t, got.Result().Cookies())
	require.Equal(t, 200, postJSON(facebookPath, `{"code":"c","state":"`+goodState+`"}`, "X-Latchkey-Authorization", "sealed").to(api).Code)
	require.Equal(t, "sealed", w.presented[0].Sealed.Reveal())
	require.Equal(t, 400, sent{method: "GET", path: facebookPath + "authorize/?binding=x"}.to(api).Code)
}

func TestAStateCannotNameAnyCookie(t *testing.T) {
	for state, name := range map[string]string{
		"lk.abc": "lkabc", "a=b; c\r\nX: y": "abcXy", "": "", "é": "", strings.Repeat("x", 100): strings.Repeat("x", 16),
	} {
		require.Equal(t, name, stateName(state))
	}
}

func TestSocialAccountsAreListedAndDisconnected(t *testing.T) {
	w := newWorld()
	api := w.api(t)
	as := []string{"Authorization", "Token " + goodToken}
	requireAnswer(t, sent{method: "GET", path: "/dj-rest-auth/socialaccounts/"}.with(as...).to(api), 200,
		`[{"id":3,"provider":"facebook","uid":"1\"2","last_login":"2026-03-04T12:00:00Z","date_joined":"2026-03-04T12:00:00Z"}]`)
	requireAnswer(t, postJSON("/dj-rest-auth/socialaccounts/3/disconnect/", `{`, as...).to(api), 200, `{}`)
	requireAnswer(t, postJSON("/dj-rest-auth/socialaccounts/99999999999999999999999/disconnect/", ``, as...).to(api), 404, `{"detail":"Not found."}`)
	require.Equal(t, []identities.ID{3}, w.disconnected)
	w.federationFake.refusal = identities.ErrLastWayIn
	requireAnswer(t, postJSON("/dj-rest-auth/socialaccounts/3/disconnect/", ``, as...).to(api), 400,
		`{"non_field_errors":["Your account has no password set up."]}`)
}

func TestWithoutFederationThereIsNoSocialEndpoint(t *testing.T) {
	api, err := New(Dependencies{Clock: fixedClock{}, Random: firstLetters{}}, testOptions())
	require.NoError(t, err)
	for _, path := range []string{facebookPath, facebookPath + "connect/", facebookPath + "authorize/", "/dj-rest-auth/socialaccounts/"} {
		_, served := api.endpoints[path]
		require.False(t, served, path)
	}
	require.Contains(t, api.endpoints, loginPath)
	require.NotNil(t, http.Handler(api))
}

func TestAPageOfAnAllowedOriginMayBeADevice(t *testing.T) {
	api := newWorld().api(t, func(o *Options) { o.CORS = CORS{Origins: []string{"https://app.example.com"}} })
	for origin, allowed := range map[string]string{"https://app.example.com": "x-latchkey-authorization", "https://evil.example": ""} {
		got := sent{method: "OPTIONS", path: facebookPath}.with("Origin", origin,
			"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "x-latchkey-authorization").to(api)
		require.Equal(t, allowed, got.Header().Get("Access-Control-Allow-Headers"))
	}
}

func TestWhereCookiesAreSecureNoOtherHostCanPlantAnAuthorization(t *testing.T) {
	api := newWorld().api(t, func(o *Options) {
		o.SessionCookie.Secure, o.SessionCookie.Domain = true, "example.com"
	})
	cookie := sent{method: "GET", path: facebookPath + "authorize/"}.to(api).Result().Cookies()[0]
	require.Equal(t, "__Host-latchkey_authorization_lkState-of_43", cookie.Name)
	require.Equal(t, []string{"", "/"}, []string{cookie.Domain, cookie.Path})
	require.True(t, cookie.Secure)
}
