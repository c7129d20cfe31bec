package ginhttp

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/credentials"
	"latchkey/domain/fault"
)

func TestHostsAreDjangosPatterns(t *testing.T) {
	for _, c := range []struct {
		allowed string
		host    string
		good    bool
	}{
		{"", "anything.example", true},
		{"*", "", true},
		{"*", "evil.example", true},
		{"example.com", "example.com", true},
		{"example.com", "EXAMPLE.com", true},
		{"example.com", "example.com:8000", true},
		{"example.com", "example.com.", true},
		{"example.com", "www.example.com", false},
		{"example.com", "example.com.evil.example", false},
		{"example.com", "evil.example#example.com", false},
		{"example.com", "evil.example:80@example.com", false},
		{"example.com", "", false},
		{".example.com", "example.com", true},
		{".example.com", "a.b.example.com:1", true},
		{".example.com", "notexample.com", false},
		{"a.example,b.example", "b.example", true},
		{"127.0.0.1", "127.0.0.1:8000", true},
		{"127.0.0.1", "127.0.0.10", false},
		{"[::1]", "[::1]", true},
		{"[::1]", "[::1]:8000", true},
		{"::1", "[::1]:8000", true},
		{"::1", "[::2]:8000", false},
	} {
		api := newWorld().api(t, func(o *Options) {
			if c.allowed != "" {
				o.AllowedHosts = strings.Split(c.allowed, ",")
			}
		})
		got := sent{method: "OPTIONS", path: loginPath}.with("Host", c.host).to(api)
		if c.good {
			require.Equal(t, 200, got.Code, "%+v", c)
			continue
		}
		requireAnswer(t, got, 400, `{"detail":"Invalid host."}`)
	}
}

func throttled(o *Options) { o.Throttle = credentials.Limit{Count: 2, Per: time.Minute} }

func TestOneCounterThrottlesTheWholeScope(t *testing.T) {
	api := newWorld().api(t, throttled)
	require.Equal(t, 200, sent{method: "OPTIONS", path: loginPath}.to(api).Code)
	require.Equal(t, 405, sent{method: "GET", path: "/dj-rest-auth/password/reset/"}.to(api).Code)
	got := postJSON("/dj-rest-auth/registration/", `{}`).to(api)
	requireAnswer(t, got, 429, `{"detail":"Request was throttled. Expected available in 42 seconds."}`)
	require.Equal(t, "42", got.Header().Get("Retry-After"), "rounded up")
	for _, free := range []string{userPath, "/dj-rest-auth/registration/verify-email/", "/dj-rest-auth/registration/resend-email/"} {
		require.NotEqual(t, 429, sent{method: "OPTIONS", path: free}.to(api).Code, free)
	}
	signedIn := sent{method: "OPTIONS", path: loginPath}.with("Authorization", "Token "+goodToken)
	require.Equal(t, 200, signedIn.to(api).Code, "an account has a counter of its own")
	require.Equal(t, 401, postJSON(loginPath, `{}`, "Authorization", "Token bad").to(api).Code, "who is unknown is not counted")
}

func TestOneSecondIsSingular(t *testing.T) {
	require.Equal(t, "Request was throttled. Expected available in 1 second.", throttledText(time.Millisecond))
	require.Equal(t, "Request was throttled. Expected available in 2 seconds.", throttledText(1001*time.Millisecond))
}

// tries sends logins with made-up forwarding headers and returns how many are let through.
func tries(api http.Handler, remote string, headers func(i int) []string) int {
	through := 0
	for i := range 5 {
		request := postJSON(loginPath, `{"password":"x"}`).with(headers(i)...)
		request.remote = remote
		if request.to(api).Code == 200 {
			through++
		}
	}
	return through
}

func TestForwardedAddressesAreBelievedFromTrustedProxiesOnly(t *testing.T) {
	changing := func(i int) string { return netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}).String() }
	forwarded := func(i int) []string { return []string{"X-Forwarded-For", changing(i)} }
	prepended := func(i int) []string { return []string{"X-Forwarded-For", changing(i) + ", 203.0.113.9"} }
	ownLine := func(i int) []string {
		return []string{"X-Forwarded-For", changing(i), "X-Forwarded-For", "203.0.113.9"}
	}
	trusting := func(o *Options) {
		throttled(o)
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	}
	for title, c := range map[string]struct {
		adjust  func(*Options)
		remote  string
		headers func(int) []string
		through int
	}{
		"nobody is trusted":       {throttled, "10.0.0.1:1", forwarded, 2},
		"loopback is not trusted": {throttled, "127.0.0.1:1", forwarded, 2},
		"a stranger":              {trusting, "192.0.2.1:1", forwarded, 2},
		"a proxy":                 {trusting, "10.0.0.1:1", forwarded, 5},
		"a proxy by IPv6":         {trusting, "[fd00::1]:1", forwarded, 5},
		"forged before the proxy": {trusting, "10.0.0.1:1", prepended, 2},
		"forged in its own line":  {trusting, "10.0.0.1:1", ownLine, 2},
		"rubbish":                 {trusting, "10.0.0.1:1", func(i int) []string { return []string{"X-Forwarded-For", "x" + changing(i)} }, 2},
		"another header":          {trusting, "10.0.0.1:1", func(i int) []string { return []string{"X-Real-IP", changing(i)} }, 2},
		"the standard's header":   {trusting, "10.0.0.1:1", func(i int) []string { return []string{"Forwarded", "for=" + changing(i)} }, 2},
		"a vendor's header":       {trusting, "10.0.0.1:1", func(i int) []string { return []string{"CF-Connecting-IP", changing(i)} }, 2},
	} {
		require.Equal(t, c.through, tries(newWorld().api(t, c.adjust), c.remote, c.headers), title)
	}
}

// logged returns the log's only record.
func (w *world) logged(t *testing.T) map[string]any {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(w.log.String()), "\n")
	require.Len(t, lines, 1, w.log.String())
	var record map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &record))
	return record
}

func TestAFailureTellsNothingAndIsLoggedOnce(t *testing.T) {
	w := newWorld()
	w.err = errors.New("dial tcp db.internal: password=hunter2")
	got := postJSON(loginPath, `{"username":"bob","password":"s3cret-pass"}`).to(w.api(t))
	requireAnswer(t, got, 500, `{"detail":"A server error occurred."}`)
	record := w.logged(t)
	require.Equal(t, "ERROR", record["level"])
	require.Equal(t, got.Header().Get("X-Request-Id"), record["request"])
	require.Equal(t, loginPath, record["route"])
	require.EqualValues(t, 500, record["status"])
	require.Contains(t, record["error"], "db.internal")
	require.NotContains(t, w.log.String(), "s3cret-pass")
}

func TestAPanicIsA500AndTheServiceGoesOn(t *testing.T) {
	w := newWorld()
	api := w.api(t, func(o *Options) { o.Deadline = time.Minute })
	w.panics = "the roof is on fire"
	requireAnswer(t, postJSON(loginPath, `{"password":"s3cret-pass"}`).to(api), 500, `{"detail":"A server error occurred."}`)
	record := w.logged(t)
	require.Contains(t, record["error"], "the roof is on fire")
	require.Contains(t, record["error"], "kit_test.go", "the stack tells where")
	require.NotContains(t, w.log.String(), "s3cret-pass")
	w.panics = nil
	require.Equal(t, 200, postJSON(loginPath, `{"password":"x"}`).to(api).Code)
	w.panics = http.ErrAbortHandler
	require.PanicsWithValue(t, http.ErrAbortHandler, func() { postJSON(loginPath, `{"password":"x"}`).to(api) }, "net/http's way to hang up")
}

func TestWhatCannotBeWrittenAsJSONIsA500(t *testing.T) {
	for _, value := range []any{math.NaN(), func() {}, make(chan int), map[bool]int{true: 1}} {
		w := newWorld()
		w.profile.Extra = map[string]any{"odd": value}
		got := sent{method: "GET", path: userPath}.with("Authorization", "Token "+goodToken).to(w.api(t))
		requireAnswer(t, got, 500, `{"detail":"A server error occurred."}`)
		require.Equal(t, "ERROR", w.logged(t)["level"])
	}
}

func TestTheLogHoldsNoSecret(t *testing.T) {
	const key = "s3cretKeyOfALink"
	for _, request := range []sent{
		{method: "GET", path: "/dj-rest-auth/registration/account-confirm-email/" + key + "/"},
		{method: "GET", path: "/password-reset/confirm/7/" + key + "/"},
		{method: "PROPFIND", path: "/password-reset/confirm/7/" + key + "/"},
		{method: "GET", path: "/password-reset/confirm/7/" + key},
		{method: "GET", path: "/nope/" + key},
		{method: "GET", path: userPath + "?token=" + key},
		{method: "GET", path: "/dj-rest-auth/registration?token=" + key},
		postJSON(loginPath, `{"username":"`+key+`","email":"`+key+`@example.com","password":"`+key+`"}`),
		postJSON(loginPath, `{"password":"`+key+`"`),
		postJSON("/dj-rest-auth/password/reset/confirm/", `{"uid":"`+key+`","token":"`+key+`","new_password1":"`+key+`","new_password2":"`+key+`"}`),
		sent{method: "GET", path: userPath}.with("Authorization", "Token "+key, "Cookie", "sessionid="+key, "User-Agent", key, "Referer", key),
		sent{method: "GET", path: userPath}.with("Host", key),
	} {
		w := newWorld()
		request.to(w.api(t))
		require.NotEmpty(t, w.logged(t)["request"])
		require.NotContains(t, w.log.String(), key, request.method+" "+request.path)
	}
}

func TestFaultsBecomeStatusAndBody(t *testing.T) {
	for kind, want := range map[fault.Kind]struct {
		status int
		body   string
	}{
		fault.Invalid:         {400, `{"non_field_errors":["No <b>&"]}`},
		fault.Conflict:        {400, `{"non_field_errors":["No <b>&"]}`},
		fault.Expired:         {400, `{"non_field_errors":["No <b>&"]}`},
		fault.Unauthenticated: {401, `{"detail":"No <b>&"}`},
		fault.Forbidden:       {403, `{"detail":"No <b>&"}`},
		fault.NotFound:        {404, `{"detail":"No <b>&"}`},
		fault.Throttled:       {429, `{"detail":"Request was throttled. Expected available in 3 seconds."}`},
	} {
		w := newWorld()
		w.err = fault.New(kind, "code", "No <b>&").After(3 * time.Second)
		requireAnswer(t, postJSON(loginPath, `{"password":"x"}`).to(w.api(t)), want.status, want.body)
		require.NotContains(t, w.log.String(), "ERROR", "a refusal is no failure")
	}
	w := newWorld()
	w.err = fault.List{fault.New(fault.Invalid, "a", "1").On("b"), fault.New(fault.Invalid, "b", "2"), fault.New(fault.Invalid, "c", "3").On("b")}
	requireAnswer(t, postJSON(loginPath, `{"password":"x"}`).to(w.api(t)), 400, `{"b":["1","3"],"non_field_errors":["2"]}`)
}
