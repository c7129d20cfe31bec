package ginhttp

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// forwardedHeader is the one header that proxies tell a client's address by. X-Real-IP,
// Forwarded and those of vendors may be passed on as the client wrote them.
const forwardedHeader = "X-Forwarded-For"

// unknownNetwork is shared by all whose address cannot be told: by making it
// unreadable a client must not get a count of its own.
const unknownNetwork = "unknown"

// network returns what the client is told by where requests are counted.
func (c *call) network() string { return c.api.networkOf(c.Request) }

// ownNetwork is the network where it can be told and empty otherwise: what all have in
// common who hide theirs must never be known as somebody's own.
func (a *API) ownNetwork(r *http.Request) string {
	if n := a.networkOf(r); n != unknownNetwork {
		return n
	}
	return ""
}

func (a *API) networkOf(r *http.Request) string { return network(a.clientAddress(r)) }

// clientAddress returns the address of the last hop that is no trusted proxy, as the
// trusted ones behind it saw it: whatever stands before that in the header, and all of it
// where the connection comes from anybody else, the client may have made up. The zero
// Addr stands for an address that nobody can read.
func (a *API) clientAddress(r *http.Request) netip.Addr {
	client := parseHop(r.RemoteAddr)
	if !a.trusts(client) {
		return client
	}
	hops := strings.Split(strings.Join(r.Header.Values(forwardedHeader), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if hop = strings.TrimSpace(hop); hop == "" {
			continue
		}
		// What is no address ends the chain: whoever sent it shares a count with all who do.
		if client = parseHop(hop); !a.trusts(client) {
			break
		}
	}
	return client
}

func (a *API) trusts(hop netip.Addr) bool {
	return hop.IsValid() && slices.ContainsFunc(a.options.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(hop) })
}

// parseHop reads an address with or without a port, and IPv6 with or without
// brackets. A mapped IPv4 address (::ffff:192.0.2.1) is that IPv4 address: or a client
// would have two, and a network of proxies would not be known again.
func parseHop(text string) netip.Addr {
	if hop, err := netip.ParseAddrPort(text); err == nil {
		return hop.Addr().Unmap().WithZone("")
	}
	bare := text
	if inner, open := strings.CutPrefix(text, "["); open {
		var closed bool
		if bare, closed = strings.CutSuffix(inner, "]"); !closed {
			return netip.Addr{}
		}
	}
	hop, err := netip.ParseAddr(bare)
	if err != nil {
		return netip.Addr{}
	}
	return hop.Unmap().WithZone("")
}

// network returns the network that a client can be told by. Of IPv6 that is the first
// half of the address: whoever has one has the 2^64 that share it.
func network(address netip.Addr) string {
	switch {
	case !address.IsValid():
		return unknownNetwork
	case address.Is4():
		return address.String()
	}
	half, _ := address.Prefix(64) // it fails for fewer bits than that only
	return half.String()
}
