package ginhttp

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"latchkey/application/authentication"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
)

// LimitName is a name of ACCOUNT_RATE_LIMITS. routes.go says which endpoint has which.
type LimitName string

// The names that endpoints are limited under: allauth's, and after its fashion those of
// endpoints that it does not have.
const (
	LimitLogin          LimitName = "login"
	LimitLoginFailed    LimitName = "login_failed"
	LimitSignup         LimitName = "signup"
	LimitResetPassword  LimitName = "reset_password"
	LimitResetFromKey   LimitName = "reset_password_from_key"
	LimitConfirmEmail   LimitName = "confirm_email" // mails of registrations, which are counted by key alone
	LimitChangePassword LimitName = "change_password"
	LimitVerifyEmail    LimitName = "verify_email"
	LimitResendEmail    LimitName = "resend_email"
	LimitSocialLogin    LimitName = "social_login"
	LimitTokenRefresh   LimitName = "token_refresh"
	LimitTokenVerify    LimitName = "token_verify"
)

// Rates are the limits of the names. Here those count that go by address or by user;
// what goes by the name or address that was typed, the activities count.
type Rates map[LimitName][]credentials.Rate

// limits are the rates of a name by what they count.
type limits struct{ byAddress, byUser []credentials.Limit }

func (r Rates) limits() map[LimitName]limits {
	sorted := make(map[LimitName]limits, len(r))
	for name, rates := range r {
		sorted[name] = limits{
			byAddress: credentials.LimitsBy(rates, credentials.CountedByAddress),
			byUser:    credentials.LimitsBy(rates, credentials.CountedByUser),
		}
	}
	return sorted
}

// limited has requests count under the name.
func (e *endpoint) limited(name LimitName) *endpoint {
	e.limit = name
	return e
}

// takeLimit counts the request before its body is read: what is refused costs no hash,
// no mail and no look into the database.
func (c *call) takeLimit(e *endpoint) error {
	if e.limit == "" || c.Request.Method == http.MethodOptions {
		return nil
	}
	if limits := c.api.limits[e.limit].byUser; len(limits) > 0 && !c.caller.Anonymous() {
		key := "limit:" + string(e.limit) + ":user:" + strconv.FormatInt(int64(c.caller.ID()), 10)
		if err := c.api.take(c.ctx(), key, limits); err != nil {
			return err
		}
	}
	return c.api.takeAddress(c.Request, e.limit)
}

func (a *API) takeAddress(r *http.Request, name LimitName) error {
	limits := a.limits[name].byAddress
	if len(limits) == 0 {
		return nil
	}
	return a.take(r.Context(), a.addressKey(r, name), limits)
}

func (a *API) addressKey(r *http.Request, name LimitName) string {
	return "limit:" + string(name) + ":ip:" + a.networkOf(r)
}

func (a *API) take(ctx context.Context, key string, limits []credentials.Limit) error {
	wait, err := a.Callers.Take(ctx, key, a.Clock.Now(), limits...)
	if err == nil && wait > 0 {
		return fault.New(fault.Throttled, "throttled", "Request was throttled.").After(wait)
	}
	return err
}

// countingFailures counts a login as a failed one of its address until it has turned out
// to be none: were it counted afterwards, guesses sent at the same moment would all find
// room. A success takes back itself and nothing else: or somebody with an account of his
// own could sign in to it between his guesses at others.
func (c *call) countingFailures(signIn func() (authentication.Grant, error)) (authentication.Grant, error) {
	if err := c.api.takeAddress(c.Request, LimitLoginFailed); err != nil {
		return authentication.Grant{}, err
	}
	grant, err := signIn()
	unforeseen := err != nil && len(fault.Of(err)) == 0
	if unforeseen || errors.Is(err, authentication.ErrCredentialsWrong) {
		return grant, err
	}
	// What cannot be given back stays counted, which is no reason to refuse a login.
	if len(c.api.limits[LimitLoginFailed].byAddress) > 0 {
		_ = c.api.Callers.GiveBack(c.ctx(), c.api.addressKey(c.Request, LimitLoginFailed))
	}
	return grant, err
}

// limitedPage counts a form of the pages as the endpoint that does the same.
func (a *API) limitedPage(name LimitName, submit gin.HandlerFunc) gin.HandlerFunc {
	return func(c *gin.Context) {
		err := a.takeAddress(c.Request, name)
		refused := fault.Of(err)
		switch {
		case err == nil:
			submit(c)
		case len(refused) == 0:
			a.showOutcome(c, err, busyPage, busyPage)
		default:
			c.Header("Retry-After", strconv.Itoa(max(seconds(refused[0].Wait), 1)))
			a.showPage(c, busyStatus(refused[0].Kind), busyPage)
		}
	}
}

func busyStatus(kind fault.Kind) int {
	if kind == fault.Throttled {
		return http.StatusTooManyRequests
	}
	return http.StatusServiceUnavailable
}
