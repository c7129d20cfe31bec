package ginhttp

import (
	"strconv"

	"latchkey/domain/fault"
)

// throttle counts the request: one counter for the whole scope dj_rest_auth, by
// account for signed-in callers and by address for others.
func (c *call) throttle(e *endpoint) error {
	if !e.throttled || c.api.options.Throttle.Unlimited() {
		return nil
	}
	who := "address:" + c.network()
	if !c.caller.Anonymous() {
		who = "account:" + strconv.FormatInt(int64(c.caller.ID()), 10)
	}
	wait, err := c.api.Throttle.Take(c.ctx(), "throttle:"+who, c.api.options.Throttle, c.api.Clock.Now())
	if err == nil && wait > 0 {
		return fault.New(fault.Throttled, "throttled", "Request was throttled.").After(wait)
	}
	return err
}
