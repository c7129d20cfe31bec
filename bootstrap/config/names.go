package config

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// hostLabels is what DNS and container names are made of. Anything else in a
// host ends up in cookies, headers and links, where it could mean something.
var hostLabels = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$`)

// validName reports whether host is a host name in lower case.
func validName(host string) bool { return len(host) <= 253 && hostLabels.MatchString(host) }

// validHost reports whether host is a name in lower case or an IP address
// without brackets and zone.
func validHost(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Zone() == ""
	}
	return validName(host)
}

// validPort reports whether port is a number that can stand in an address.
func validPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && strconv.FormatUint(n, 10) == port
}

// validHostPort reports whether s is a host with or without a port.
func validHostPort(s string) bool {
	if host, port, err := net.SplitHostPort(s); err == nil {
		return validHost(host) && validPort(port)
	}
	return validHost(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
}

// loopback reports whether host is this machine, where nobody listens on the wire.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// httpURL parses an absolute http or https URL with a plain host and no user
// information. Its host is in lower case.
func httpURL(s string) (*url.URL, bool) {
	u, err := url.Parse(s)
	if err != nil || !clean(s) || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Opaque != "" {
		return nil, false
	}
	u.Host = strings.ToLower(u.Host)
	return u, validHostPort(u.Host)
}

var (
	// cookieToken is RFC 6265's cookie-name, which is RFC 9110's token; header
	// names are tokens as well.
	cookieToken = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$")
	// cookiePathText has no ";", "," or space: they end an attribute or a cookie.
	cookiePathText = regexp.MustCompile(`^/[!-+\--:<-~]{0,200}$`)
)

var cookieName = simple(func(s string) (string, error) {
	if !cookieToken.MatchString(s) {
		return "", advice("write a cookie name of letters, digits, - and _")
	}
	return s, nil
}, same)

var cookiePath = simple(func(s string) (string, error) {
	if !cookiePathText.MatchString(s) {
		return "", advice("write a path that starts with / and has no spaces, commas and semicolons")
	}
	return s, nil
}, same)

// cookieDomain reads a domain with or without a leading dot; "" is a cookie of
// the one host that set it.
var cookieDomain = orNone(simple(func(s string) (string, error) {
	s = strings.ToLower(s)
	if !validHost(strings.TrimPrefix(s, ".")) || strings.Contains(s, ":") {
		return "", advice("write a domain such as example.com, or none")
	}
	return s, nil
}, same))

// headerName reads a header's name, also in the form of Django's request.META.
var headerName = simple(func(s string) (string, error) {
	if meta, ok := strings.CutPrefix(s, "HTTP_"); ok {
		s = strings.ReplaceAll(meta, "_", "-")
	}
	if !cookieToken.MatchString(s) {
		return "", advice("write a header name such as X-CSRFToken")
	}
	return s, nil
}, same)
