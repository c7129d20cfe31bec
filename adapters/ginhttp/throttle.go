package ginhttp

import (
	"strconv"

	"latchkey/domain/fault"
)

// throttle counts the request: one counter for the whole scope dj_rest_auth and one for
// the scope dj_rest_auth_mfa_verify, by account for signed-in callers and by address for
// others.
func (c *call) throttle(e *endpoint) error {
	limit, scope := c.api.options.Throttle, "throttle:"
	if e.verifies {
		limit, scope = c.api.options.ThrottleVerify, "throttle:mfa_verify:"
	}
	if !e.throttled && !e.verifies || limit.Unlimited() {
		return nil
	}
	who := "address:" + c.network()
	if !c.caller.Anonymous() {
		who = "account:" + strconv.FormatInt(int64(c.caller.ID()), 10)
	}
	wait, err := c.api.Throttle.Take(c.ctx(), scope+who, c.api.Clock.Now(), limit)
	if err == nil && wait > 0 {
		return fault.New(fault.Throttled, "throttled", "Request was throttled.").After(wait)
	}
	return err
}
