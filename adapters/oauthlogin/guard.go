package oauthlogin

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"syscall"
)

// errPrivate says that a name stands for an address that is not on the Internet.
var errPrivate = errors.New("the address is private")

// guard keeps calls out of the machine and the network that we stand in. Addresses come
// from names and from what a provider's discovery document says: without it, whoever
// controls those could have us call a metadata service or an internal admin port (SSRF), and a name
// that changes between check and call (DNS rebinding) changes nothing, because it
// looks at the address that is dialled.
type guard struct {
	// private lets every address be called.
	private bool
	// written are addresses that the operator wrote as such.
	written map[netip.AddrPort]bool
}

func newGuard(c Config) guard {
	g := guard{private: c.PrivateAddresses, written: map[netip.AddrPort]bool{}}
	for _, text := range c.addresses() {
		u, err := url.Parse(text)
		if err != nil {
			continue
		}
		for _, ip := range literal(u.Hostname()) {
			g.written[netip.AddrPortFrom(ip, portOf(u))] = true
		}
	}
	return g
}

// literal returns the addresses that a host is by itself, without asking a name server.
func literal(host string) []netip.Addr {
	if host == "localhost" {
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return nil
	}
	return []netip.Addr{ip.Unmap()}
}

func portOf(u *url.URL) uint16 {
	if port, err := netip.ParseAddrPort("0.0.0.0:" + u.Port()); err == nil {
		return port.Port()
	}
	if u.Scheme == "http" {
		return 80
	}
	return 443
}

// control is asked for each address before it is dialled.
func (g guard) control(_, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return &net.AddrError{Err: "no address", Addr: address}
	}
	ip := target.Addr().Unmap()
	if g.private || g.written[netip.AddrPortFrom(ip, target.Port())] || public(ip) {
		return nil
	}
	return errPrivate
}

// public reports whether an address is one of the Internet's (RFC 6890).
func public(ip netip.Addr) bool {
	if !ip.IsValid() || !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.Zone() != "" {
		return false
	}
	for _, prefix := range notPublic {
		if prefix.Contains(ip) {
			return false
		}
	}
	return true
}

// notPublic is what netip takes for global and is not: this network, carriers' own,
// protocol assignments, documentation, benchmarks, and what translates to IPv4,
// behind which a private address can hide.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"),
	netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("3fff::/20"),
	netip.MustParsePrefix("fec0::/10"),
}
