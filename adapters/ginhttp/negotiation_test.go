package ginhttp

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	userPath  = "/dj-rest-auth/user/"
	loginPath = "/dj-rest-auth/login/"
	bobJSON   = `{"pk":7,"username":"bob","email":"bob@example.com","first_name":"Bob","last_name":"<&>"}`
)

func TestWhatCannotTakeJSONIsRefused(t *testing.T) {
	const refused = `{"detail":"Could not satisfy the request Accept header."}`
	api := newWorld().api(t)
	for accept, takes := range map[string]bool{
		"*/*":                                 true,
		"application/json":                    true,
		"application/*":                       true,
		"APPLICATION/JSON":                    true,
		" application/json ; indent=4;q=0.1 ": true,
		"text/html,application/xhtml+xml,*/*;q=0.8": true,
		"text/html, application/json":               true,
		"application/json;q=0":                      true,
		"":                                          false,
		"text/html":                                 false,
		"application/xml":                           false,
		"*":                                         false,
		"json":                                      false,
		"application/jsonx":                         false,
		"text/*;application/json":                   false,
		",,,":                                       false,
		strings.Repeat("text/html,", 1000):          false,
	} {
		got := sent{method: "GET", path: userPath}.with("Accept", accept, "Authorization", "Token "+goodToken).to(api)
		if takes {
			requireAnswer(t, got, 200, bobJSON)
		} else {
			requireAnswer(t, got, 406, refused)
		}
	}
	two := sent{method: "GET", path: userPath}.with("Accept", "text/html", "Accept", "application/json", "Authorization", "Token "+goodToken).to(api)
	require.Equal(t, 200, two.Code, "two Accept headers are one list")
	none := sent{method: "GET", path: userPath}.with("Authorization", "Token "+goodToken).to(api)
	require.Equal(t, 200, none.Code)
}

func TestTheFormatOfTheQueryIsJSONOrNothing(t *testing.T) {
	api := newWorld().api(t)
	for query, status := range map[string]int{
		"": 200, "?format=": 200, "?format=json": 200, "?x=xml": 200, "?format=xml": 404, "?format=api": 404, "?format=JSON": 404,
		"?format=%00": 404, "?%zz=1": 200, "?format=json;x": 200,
	} {
		got := sent{method: "GET", path: userPath + query}.with("Authorization", "Token "+goodToken).to(api)
		require.Equal(t, status, got.Code, query)
		if status == 404 {
			require.Equal(t, `{"detail":"Not found."}`, got.Body.String())
		}
	}
}

// Recorded from dj-rest-auth 7.1: 406 comes before 401, and that before 405.
func TestTheStepsComeInOrder(t *testing.T) {
	api := newWorld().api(t, func(o *Options) { o.Throttle.Count, o.Throttle.Per = 0, 0 })
	require.Equal(t, 406, sent{method: "DELETE", path: userPath}.with("Accept", "x/y", "Authorization", "Token bad").to(api).Code)
	require.Equal(t, 401, sent{method: "DELETE", path: userPath}.with("Authorization", "Token bad").to(api).Code)
	require.Equal(t, 401, sent{method: "DELETE", path: userPath}.to(api).Code)
	require.Equal(t, 405, sent{method: "DELETE", path: userPath}.with("Authorization", "Token "+goodToken).to(api).Code)
	require.Equal(t, 401, postJSON(loginPath, "rubbish", "Authorization", "Token bad").to(api).Code, "before the body is read")
	require.Equal(t, 400, postJSON(loginPath, "rubbish").to(api).Code)
}

func TestTheAuthorizationHeader(t *testing.T) {
	const (
		none      = `{"detail":"Authentication credentials were not provided."}`
		unknown   = `{"detail":"Invalid token."}`
		noKey     = `{"detail":"Invalid token header. No credentials provided."}`
		spaces    = `{"detail":"Invalid token header. Token string should not contain spaces."}`
		notText   = `{"detail":"Invalid token header. Token string should not contain invalid characters."}`
		alsoError = true
	)
	api := newWorld().api(t)
	for header, want := range map[string]struct {
		body   string
		public bool // refused on public endpoints too
	}{
		"":                               {none, false},
		"   ":                            {none, false},
		"Basic Ym9iOnB3":                 {none, false},
		"Bearer " + goodToken:            {none, false},
		goodToken:                        {none, false},
		"Token" + goodToken:              {none, false},
		"Tokens " + goodToken:            {none, false},
		"\"Token\" " + goodToken:         {none, false},
		"Token":                          {noKey, alsoError},
		"token ":                         {noKey, alsoError},
		"Token a b":                      {spaces, alsoError},
		"Token " + goodToken + " x":      {spaces, alsoError},
		"Token " + goodToken[1:]:         {unknown, alsoError},
		"Token " + goodToken + "0":       {unknown, alsoError},
		"Token \"" + goodToken + "\"":    {unknown, alsoError},
		"Token ' OR 1=1--":               {spaces, alsoError},
		"Token " + goodToken + ",x":      {unknown, alsoError},
		"Token \xff":                     {notText, alsoError},
		"Token \xe4" + goodToken:         {notText, alsoError},
		"Token " + goodToken:             {bobJSON, false},
		"tOkEn " + goodToken:             {bobJSON, false},
		" \tToken \t " + goodToken + " ": {bobJSON, false},
	} {
		got := sent{method: "GET", path: userPath}.with("Authorization", header).to(api)
		require.Equal(t, want.body, got.Body.String(), "%q", header)
		if want.body == bobJSON {
			require.Equal(t, 200, got.Code)
			require.Empty(t, got.Header().Get("WWW-Authenticate"))
		} else {
			require.Equal(t, 401, got.Code, "%q", header)
			require.Equal(t, "Token", got.Header().Get("WWW-Authenticate"), "%q", header)
		}
		public := postJSON(loginPath, `{"password":"x"}`, "Authorization", header).to(api)
		require.Equal(t, want.public, public.Code == 401, "%q", header)
	}
}

func TestWithSessionsFirstARefusalIs403(t *testing.T) {
	api := newWorld().api(t, func(o *Options) { o.Schemes = []Scheme{SchemeSession, SchemeToken} })
	got := sent{method: "GET", path: userPath}.to(api)
	requireAnswer(t, got, 403, `{"detail":"Authentication credentials were not provided."}`)
	require.Empty(t, got.Header().Get("WWW-Authenticate"))
	requireAnswer(t, sent{method: "GET", path: userPath}.with("Authorization", "Token bad").to(api), 403, `{"detail":"Invalid token."}`)
	requireAnswer(t, sent{method: "GET", path: userPath}.with("Authorization", "Token "+goodToken).to(api), 200, bobJSON)
}

func TestASchemeThatIsOffKnowsNobody(t *testing.T) {
	cookie := []string{"Cookie", "sessionid=" + goodSession}
	token := []string{"Authorization", "Token " + goodToken}
	tokens := newWorld().api(t, func(o *Options) { o.Schemes = []Scheme{SchemeToken} })
	require.Equal(t, 401, sent{method: "GET", path: userPath}.with(cookie...).to(tokens).Code)
	require.Equal(t, 200, sent{method: "GET", path: userPath}.with(token...).to(tokens).Code)
	cookies := newWorld().api(t, func(o *Options) { o.Schemes = []Scheme{SchemeSession} })
	require.Equal(t, 403, sent{method: "GET", path: userPath}.with(token...).to(cookies).Code)
	require.Equal(t, 200, sent{method: "GET", path: userPath}.with(cookie...).to(cookies).Code)
	none := newWorld().api(t, func(o *Options) { o.Schemes = nil })
	require.Equal(t, 403, sent{method: "GET", path: userPath}.with(append(cookie, token...)...).to(none).Code)
}
