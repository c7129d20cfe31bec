package ginhttp

import (
	"net/http"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheClientIsTheLastHopThatIsNoTrustedProxy(t *testing.T) {
	t.Parallel()
	api := &API{options: Options{TrustedProxies: []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8"),
	}}}
	for title, c := range map[string]struct {
		remote    string
		forwarded []string
		want      string
	}{
		"nobody between":                   {"192.0.2.1:4711", nil, "192.0.2.1"},
		"a stranger who claims another":    {"192.0.2.1:4711", []string{"198.51.100.7"}, "192.0.2.1"},
		"one proxy":                        {"10.0.0.1:1", []string{"198.51.100.7"}, "198.51.100.7"},
		"a proxy that says nothing":        {"10.0.0.1:1", nil, "10.0.0.1"},
		"an empty header":                  {"10.0.0.1:1", []string{"", " , "}, "10.0.0.1"},
		"forged before the proxy's own":    {"10.0.0.1:1", []string{"203.0.113.1, 198.51.100.7"}, "198.51.100.7"},
		"forged in a line of its own":      {"10.0.0.1:1", []string{"203.0.113.1", "198.51.100.7"}, "198.51.100.7"},
		"forged as one of the proxies":     {"10.0.0.1:1", []string{"10.9.9.9, 198.51.100.7"}, "198.51.100.7"},
		"two proxies":                      {"10.0.0.1:1", []string{"198.51.100.7, 10.0.0.2"}, "198.51.100.7"},
		"two proxies, a line each":         {"10.0.0.1:1", []string{"198.51.100.7", "10.0.0.2"}, "198.51.100.7"},
		"nobody but proxies":               {"10.0.0.1:1", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		"with a port":                      {"10.0.0.1:1", []string{"198.51.100.7:5000"}, "198.51.100.7"},
		"a proxy with a port in the chain": {"10.0.0.1:1", []string{"198.51.100.7:1, 10.0.0.2:2"}, "198.51.100.7"},
		"IPv6 in brackets with a port":     {"10.0.0.1:1", []string{"[2001:db8:1:2:3::4]:5000"}, "2001:db8:1:2::/64"},
		"IPv6 in brackets":                 {"10.0.0.1:1", []string{"[2001:db8:1:2:3::4]"}, "2001:db8:1:2::/64"},
		"bare IPv6":                        {"[fd00::1]:1", []string{"2001:db8:1:2:3::4"}, "2001:db8:1:2::/64"},
		"IPv6 with a zone":                 {"[fe80::1%eth0]:1", nil, "fe80::/64"},
		"mapped, connected":                {"[::ffff:192.0.2.1]:1", nil, "192.0.2.1"},
		"mapped, forwarded":                {"10.0.0.1:1", []string{"::ffff:198.51.100.7"}, "198.51.100.7"},
		"mapped, a proxy":                  {"[::ffff:10.0.0.1]:1", []string{"198.51.100.7"}, "198.51.100.7"},
		"junk from a proxy":                {"10.0.0.1:1", []string{"198.51.100.7, junk"}, "unknown"},
		"junk before the client":           {"10.0.0.1:1", []string{"junk, 198.51.100.7"}, "198.51.100.7"},
		"hidden by the proxy":              {"10.0.0.1:1", []string{"unknown"}, "unknown"},
		"an open bracket":                  {"10.0.0.1:1", []string{"[2001:db8::1"}, "unknown"},
		"quoted":                           {"10.0.0.1:1", []string{`"198.51.100.7"`}, "unknown"},
		"octal":                            {"10.0.0.1:1", []string{"198.051.100.7"}, "unknown"},
		"a socket without address":         {"@", []string{"198.51.100.7"}, "unknown"},
		"nothing at all":                   {"", []string{"198.51.100.7"}, "unknown"},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{"X-Forwarded-For": c.forwarded}}
		require.Equal(t, c.want, api.networkOf(r), title)
	}
}

func FuzzForgedHopsNeverMoveTheClient(f *testing.F) {
	f.Add("203.0.113.1")
	f.Add("[::1]:99, junk,,")
	f.Fuzz(func(t *testing.T, forged string) {
		api := &API{options: Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
		r := &http.Request{RemoteAddr: "10.0.0.1:1", Header: http.Header{"X-Forwarded-For": {forged, forged + ",198.51.100.7"}}}
		require.Equal(t, "198.51.100.7", api.networkOf(r))
	})
}
