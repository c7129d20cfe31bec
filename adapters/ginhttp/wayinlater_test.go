package ginhttp

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/secondfactor"
)

// provingFake takes every code.
type provingFake struct{ secondfactor.UseCases }

func (provingFake) Verify(context.Context, secondfactor.Verify) (secondfactor.Proved, error) {
	return secondfactor.Proved{Account: bob()}, nil
}

// Who plants the cookies of his own account in somebody's browser need not begin with a
// password there: he sends what he has got of the first step, or a token, by a form.
func TestAFormOfAnotherSitesPageFinishesNoSignIn(t *testing.T) {
	for path, fields := range map[string]url.Values{
		"mfa/verify/":              {"ephemeral_token": {"t"}, "code": {"123456"}},
		"passkeys/login/complete/": {"credential": {"{}"}, "session_id": {strings.Repeat("a", 32)}},
		"token/refresh/":           {"refresh": {goodRefresh}},
	} {
		for origin, status := range map[string]int{"https://evil.example": 403, "http://testserver": 200} {
			t.Run(path+" from "+origin, func(t *testing.T) {
				api, f := passkeyAPI(t)
				d, options := api.Dependencies, api.options
				d.SecondFactor = provingFake{}
				withJWT(&options)
				api, err := New(d, options)
				require.NoError(t, err)
				got := sent{method: "POST", path: "/dj-rest-auth/" + path, body: fields.Encode(), headers: []string{
					"Content-Type", asForm, "Host", "testserver", "Origin", origin,
				}}.to(api)
				require.Equal(t, status, got.Code, got.Body)
				if status == 403 {
					require.Contains(t, got.Body.String(), "CSRF Failed: Origin checking failed")
					require.Empty(t, got.Result().Cookies())
					require.Empty(t, f.admitted)
				}
			})
		}
	}
}
