package ginhttp

import (
	"net/netip"
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
	who := "address:" + network(c.ClientIP())
	if !c.caller.Anonymous() {
		who = "account:" + strconv.FormatInt(int64(c.caller.ID()), 10)
	}
	wait, err := c.api.Throttle.Take(c.ctx(), scope+who, limit, c.api.Clock.Now())
	if err == nil && wait > 0 {
		return fault.New(fault.Throttled, "throttled", "Request was throttled.").After(wait)
	}
	return err
}

// network returns the address that a client can be told by. Of IPv6 that is the
// first half: whoever has one address has the 2^64 that share it.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	half, _ := ip.WithZone("").Prefix(64)
	return half.String()
}
