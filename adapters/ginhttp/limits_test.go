package ginhttp

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/domain/credentials"
)

// twice allows two requests a minute under each name, counted in the way.
func twice(by credentials.Counted, names ...LimitName) func(*Options) {
	return func(o *Options) {
		o.JWT.Enabled, o.JWT.HeaderTypes = true, []string{"Bearer"}
		o.Rates = Rates{}
		for _, name := range names {
			o.Rates[name] = []credentials.Rate{{Limit: credentials.Limit{Count: 2, Per: time.Minute}, By: by}}
		}
	}
}

// limitedPosts are the endpoints of the API with the names that they are counted under.
var limitedPosts = map[string]LimitName{
	"login/":                     LimitLogin,
	"registration/":              LimitSignup,
	"password/reset/":            LimitResetPassword,
	"password/reset/confirm/":    LimitResetFromKey,
	"password/change/":           LimitChangePassword,
	"registration/verify-email/": LimitVerifyEmail,
	"account-confirm-email/":     LimitVerifyEmail,
	"registration/resend-email/": LimitResendEmail,
	"facebook/":                  LimitSocialLogin,
	"twitter/":                   LimitSocialLogin,
	"facebook/connect/":          LimitSocialLogin,
	"token/refresh/":             LimitTokenRefresh,
	"token/verify/":              LimitTokenVerify,
}

func TestEndpointsAreLimitedByAddressUnderTheirNames(t *testing.T) {
	for path, name := range limitedPosts {
		api := newWorld().api(t, twice(credentials.CountedByAddress, name))
		post := postJSON("/dj-rest-auth/"+path, `{}`, "Authorization", "Token "+goodToken)
		post.remote = "[2001:db8:1:2::1]:1"
		for range 2 {
			require.NotEqual(t, http.StatusTooManyRequests, post.to(api).Code, path)
		}
		post.remote = "[2001:db8:1:2:ffff::2]:1"
		got := post.to(api)
		requireAnswer(t, got, 429, `{"detail":"Request was throttled. Expected available in 42 seconds."}`)
		require.Equal(t, "42", got.Header().Get("Retry-After"), path)
		options := post
		options.method = "OPTIONS"
		require.Equal(t, 200, options.to(api).Code, path)
		post.remote = "[2001:db8:1:3::1]:1"
		require.NotEqual(t, http.StatusTooManyRequests, post.to(api).Code, "%s: another network", path)
	}
}

func TestNamesAreCountedApart(t *testing.T) {
	api := newWorld().api(t, twice(credentials.CountedByAddress, LimitLogin, LimitSignup))
	for range 3 {
		postJSON("/dj-rest-auth/login/", `{}`).to(api)
	}
	require.Equal(t, 429, postJSON("/dj-rest-auth/login/", `{}`).to(api).Code)
	require.Equal(t, 400, postJSON("/dj-rest-auth/registration/", `{}`).to(api).Code)
}

func TestSignedInCallersAreLimitedByThemselvesWhereverTheyAre(t *testing.T) {
	api := newWorld().api(t, twice(credentials.CountedByUser, LimitChangePassword))
	post := postJSON("/dj-rest-auth/password/change/", `{}`, "Authorization", "Token "+goodToken)
	for i, status := range []int{400, 400, 429, 429} {
		post.remote = strings.Repeat("1", i+1) + ".2.3.4:1"
		require.Equal(t, status, post.to(api).Code)
	}
}

func TestPagesAreLimitedAsTheEndpointsThatDoTheSame(t *testing.T) {
	for path, name := range map[string]LimitName{resetPagePath: LimitResetFromKey, confirmPagePath: LimitVerifyEmail} {
		api := newWorld().api(t, twice(credentials.CountedByAddress, name))
		cookie, token := opened(t, api, path)
		for i := range 4 {
			got := postForm(path, "csrfmiddlewaretoken="+token, "Cookie", cookie).to(api)
			if i < 2 {
				require.NotEqual(t, 429, got.Code, path)
				continue
			}
			requirePage(t, got, 429, busyPage)
			require.Equal(t, "42", got.Header().Get("Retry-After"))
		}
		require.Equal(t, 200, sent{method: "GET", path: path}.to(api).Code, "a look changes nothing")
	}
}

func TestFailedLoginsOfAnAddressAreCountedAndASuccessTakesBackItselfAlone(t *testing.T) {
	w := newWorld()
	api := w.api(t, twice(credentials.CountedByAddress, LimitLoginFailed))
	login := func(err error) int {
		w.authenticationFake.err = err
		return postJSON("/dj-rest-auth/login/", `{"username":"ann","password":"x"}`).to(api).Code
	}
	for range 5 {
		require.Equal(t, 200, login(nil))
		require.Equal(t, 400, login(authentication.ErrEmailNotVerified), "the password was right")
		require.Equal(t, 429, login(authentication.ErrTooManyAttempts), "no password was looked at")
	}
	require.Equal(t, 400, login(authentication.ErrCredentialsWrong))
	require.Equal(t, 200, login(nil))
	require.Equal(t, 500, login(errors.New("something broke")), "which may have been a guess")
	require.Equal(t, 429, login(nil))
}
