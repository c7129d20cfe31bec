package config

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Server is the service's place in the network.
type Server struct {
	Listen         string   // host:port, the host may be empty
	PublicURL      *url.URL // http or https, no trailing slash, query and fragment
	AllowedHosts   []string // lower case: "name", ".name" (it and what is below) or "*"; empty: any host
	DataDir        string   // has no ?, # and %
	TrustedProxies []netip.Prefix
	RequestTimeout time.Duration // whole seconds
	ShutdownDelay  time.Duration
}

// derive builds the public URL. Nobody can visit "every address of this
// machine", so that becomes localhost.
func (s *Server) derive() {
	if s.PublicURL != nil {
		return
	}
	host, port, _ := net.SplitHostPort(s.Listen)
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	s.PublicURL = &url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}
}

func hostSettings() []Setting {
	return []Setting{
		setting("ALLOWED_HOSTS", "none", "`example.com`, `.example.com` (with everything below), `*`; `none` = any, for development", listOf(hostPattern),
			func(c *Config) *[]string { return &c.Server.AllowedHosts }),
	}
}

func serverSettings() []Setting {
	return []Setting{
		setting("LISTEN", "127.0.0.1:8000", "", listen, func(c *Config) *string { return &c.Server.Listen }),
		setting("PUBLIC_URL", "none", "where people reach it; links are built from it, never from the request", orNone(publicURL),
			func(c *Config) **url.URL { return &c.Server.PublicURL }).computedAs("`http://<LISTEN>`"),
		setting("DATA_DIR", "./data", "SQLite file, generated key", dataDir, func(c *Config) *string { return &c.Server.DataDir }),
		setting("TRUSTED_PROXIES", "none", "networks whose X-Forwarded-For is believed", listOf(network),
			func(c *Config) *[]netip.Prefix { return &c.Server.TrustedProxies }),
		setting("REQUEST_TIMEOUT", "20", "seconds after which a request that is not answered gets a 503", duration(time.Second, 55*time.Second),
			func(c *Config) *time.Duration { return &c.Server.RequestTimeout }),
		setting("SHUTDOWN_DELAY", "0", "seconds in which requests are still taken after a signal to stop, while `/readyz` says no, so that a balancer looks elsewhere first", duration(0, time.Minute),
			func(c *Config) *time.Duration { return &c.Server.ShutdownDelay }),
	}
}

// hostPattern reads one of Django's patterns.
var hostPattern = simple(func(s string) (string, error) {
	s = strings.ToLower(s)
	bare := strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	if s != "*" && !validName(strings.TrimPrefix(s, ".")) && !validHost(bare) {
		return "", advice("write hosts without scheme and port, such as example.com, .example.com or *")
	}
	return s, nil
}, same)

var listen = simple(func(s string) (string, error) {
	s = strings.ToLower(s)
	host, port, err := net.SplitHostPort(s)
	if err != nil || !validPort(port) || host != "" && !validHost(host) {
		return "", advice("write host:port, such as 127.0.0.1:8000, or :8000 for every address of the machine")
	}
	return s, nil
}, same)

var publicURL = simple(func(s string) (*url.URL, error) {
	u, ok := httpURL(s)
	if !ok || strings.ContainsAny(s, "?#") || u.RawPath != "" || strings.Contains(u.Path, "//") {
		return nil, advice("write an http or https URL without query, such as https://accounts.example.com")
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	return u, nil
}, (*url.URL).String)

var dataDir = simple(func(s string) (string, error) {
	if !plainPath(s) {
		return "", advice("write the path of a folder without ?, # and %")
	}
	return s, nil
}, same)

// network reads a network or one address. Bits behind the mask are refused: they
// show that another mask was meant.
var network = simple(func(s string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(s)
	if ip, notPrefix := netip.ParseAddr(s); notPrefix == nil && ip.Zone() == "" {
		prefix, err = netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()), nil
	}
	if err != nil || prefix != prefix.Masked() || prefix.Addr().Is4In6() {
		return netip.Prefix{}, advice("write networks such as 10.0.0.0/8 or single addresses")
	}
	return prefix, nil
}, netip.Prefix.String)
