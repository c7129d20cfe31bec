package sessions

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"latchkey/domain/fault"
)

// Sent is a cookie or header that may be missing, which is not the same as empty.
type Sent struct {
	Text    string
	Present bool
}

// CSRFRequest is what tells whether an unsafe request was meant by the person
// whose cookies it carries, or made by another site in their browser.
type CSRFRequest struct {
	Cookie      Sent
	HeaderToken Sent
	// HeaderName is the name of the token's header, for messages.
	HeaderName string
	// FormToken is the field csrfmiddlewaretoken of a POST form, otherwise empty.
	FormToken string
	Origin    Sent
	Referer   Sent
	// Secure says that the request came over https.
	Secure bool
	// Host is the host and port that the request asked for. It is empty when
	// that is not an allowed host, and then no origin is its own.
	Host string
	// CookieDomain is the setting CSRF_COOKIE_DOMAIN; where set, the Referer of a
	// secure request must lie in it instead of being Host.
	CookieDomain string
	// TrustedOrigins are the setting CSRF_TRUSTED_ORIGINS:
	// "https://app.example.com", or "https://*.example.com" for a domain and all below it.
	TrustedOrigins []string
}

// CheckCSRF returns nil for a request that may be obeyed, and otherwise ErrCSRF
// with the message that Django and DRF give. The order of the checks, which the
// message shows, is that of Django's CsrfViewMiddleware.
func CheckCSRF(r CSRFRequest) error {
	var reason string
	switch {
	case r.Origin.Present:
		reason = r.checkOrigin()
	case r.Secure:
		reason = r.checkReferer()
	}
	if reason == "" {
		reason = r.checkToken()
	}
	if reason == "" {
		return nil
	}
	return ErrCSRF.Saying("CSRF Failed: " + reason)
}

// CheckOrigin returns nil for a request that a page of ours may have sent, or no page at
// all, and ErrCSRF for one of another site's page. Browsers say with every form which page it
// was; elsewhere is what they say of that beside a missing Origin.
func CheckOrigin(r CSRFRequest, elsewhere bool) error {
	var reason string
	switch {
	case r.Origin.Present:
		reason = r.checkOrigin()
	case elsewhere:
		reason = "Origin checking failed - another site's page does not match any trusted origins."
	}
	if reason == "" {
		return nil
	}
	return ErrCSRF.Saying("CSRF Failed: " + reason)
}

func (r CSRFRequest) checkOrigin() string {
	if r.originTrusted() {
		return ""
	}
	return fmt.Sprintf("Origin checking failed - %s does not match any trusted origins.", r.Origin.Text)
}

func (r CSRFRequest) originTrusted() bool {
	own := "http://" + r.Host
	if r.Secure {
		own = "https://" + r.Host
	}
	if r.Host != "" && r.Origin.Text == own {
		return true
	}
	from, valid := parseOrigin(r.Origin.Text)
	for _, trusted := range r.TrustedOrigins {
		scheme, host, wild := strings.Cut(trusted, "://*")
		switch {
		case !wild && trusted == r.Origin.Text:
			return true
		case wild && valid && from.Scheme == scheme && sameDomain(from.Host, host):
			return true
		}
	}
	return false
}

// checkReferer guards secure requests without an Origin: somebody on the network
// can set cookies from a plain http page, so that the token alone proves nothing.
func (r CSRFRequest) checkReferer() string {
	if !r.Referer.Present {
		return "Referer checking failed - no Referer."
	}
	from, valid := parseOrigin(r.Referer.Text)
	switch {
	case !valid:
		return "Referer checking failed - Referer is malformed."
	case from.Scheme != "https":
		return "Referer checking failed - Referer is insecure while host is secure."
	case !r.refererTrusted(from.Host):
		return fmt.Sprintf("Referer checking failed - %s does not match any trusted origins.", r.Referer.Text)
	}
	return ""
}

func (r CSRFRequest) refererTrusted(host string) bool {
	for _, trusted := range r.TrustedOrigins {
		_, pattern, _ := strings.Cut(trusted, "://")
		if sameDomain(host, strings.TrimPrefix(pattern, "*")) {
			return true
		}
	}
	own := r.Host
	if r.CookieDomain != "" {
		own = r.CookieDomain + port(r.Host)
	}
	return sameDomain(host, own)
}

func (r CSRFRequest) checkToken() string {
	if !r.Cookie.Present {
		return "CSRF cookie not set."
	}
	bare, err := ParseCSRFCookie(r.Cookie.Text)
	if err != nil {
		return "CSRF cookie " + phrase(err)
	}
	token, source := r.FormToken, "POST"
	if token == "" {
		token, source = r.HeaderToken.Text, fmt.Sprintf("the '%s' HTTP header", titled(r.HeaderName))
		if !r.HeaderToken.Present {
			return "CSRF token missing."
		}
	}
	if err := CheckCSRFToken(bare, token); err != nil {
		return "CSRF token from " + source + " " + phrase(err)
	}
	return ""
}

// phrase fails closed: an error of another kind must not read as "no reason".
func phrase(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Message
	}
	return "refused."
}

// parseOrigin reads scheme and host of a URL and never looks at what follows
// them. It refuses user names: "https://good.example@evil.example" must not be
// taken for its beginning.
func parseOrigin(text string) (*url.URL, bool) {
	scheme, rest, _ := strings.Cut(text, "://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	origin, err := url.Parse(scheme + "://" + rest)
	return origin, err == nil && origin.Scheme != "" && origin.Host != "" && origin.User == nil
}

// sameDomain reports whether host is pattern or, when that begins with a dot,
// the domain after the dot or any below it. Nothing is in the empty pattern.
func sameDomain(host, pattern string) bool {
	pattern = strings.ToLower(pattern)
	if parent, below := strings.CutPrefix(pattern, "."); below && parent != "" {
		return host == parent || strings.HasSuffix(host, pattern)
	}
	return host == pattern && host != ""
}

// port returns ":" and the port of a host, empty for the usual ones.
func port(host string) string {
	number := (&url.URL{Host: host}).Port()
	if number == "" || number == "443" || number == "80" {
		return ""
	}
	return ":" + number
}

// titled writes a header's name as Django does: "X-CSRFToken" is "X-Csrftoken".
func titled(name string) string {
	afterLetter := false
	return strings.Map(func(c rune) rune {
		upper := !afterLetter
		afterLetter = unicode.IsLetter(c)
		if upper {
			return unicode.ToUpper(c)
		}
		return unicode.ToLower(c)
	}, name)
}
