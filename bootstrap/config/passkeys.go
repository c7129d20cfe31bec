package config

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"latchkey/domain/passkeys"
)

// Passkeys says whether people may sign in by WebAuthn, and what the service is to browsers.
type Passkeys struct {
	Enabled bool
	// RPID is a host name. It is empty where none is written and PUBLIC_URL is none that
	// browsers use passkeys at; so are Origins.
	RPID string
	// RPName is empty for the name in the row of django_site.
	RPName  string
	Origins []string
	Timeout time.Duration
	// Verification says whether authenticators must verify their owner.
	Verification passkeys.Verification
}

func passkeySettings() []Setting {
	verification := setting("PASSKEY_USER_VERIFICATION", "preferred", "`required` = a passkey that has not verified its owner (PIN, fingerprint, face) is refused", userVerification,
		func(c *Config) *passkeys.Verification { return &c.Passkeys.Verification })
	verification.Hardened = string(passkeys.VerificationRequired)
	return []Setting{
		setting("PASSKEYS", "false", "passkeys can be registered and used", boolean,
			func(c *Config) *bool { return &c.Passkeys.Enabled }),
		setting("PASSKEY_RP_ID", "none", "the host name that passkeys belong to; who changes it makes all of them useless", orNone(rpID),
			func(c *Config) *string { return &c.Passkeys.RPID }).computedAs("that of `PUBLIC_URL`"),
		setting("PASSKEY_RP_NAME", "none", "what browsers call the service", orNone(words(100)),
			func(c *Config) *string { return &c.Passkeys.RPName }).computedAs("the site's name"),
		setting("PASSKEY_RP_ORIGINS", "none", "of the pages that may ask for a passkey: `https://app.example.com`, or `android:apk-key-hash:…` of an app", listOf(rpOrigin),
			func(c *Config) *[]string { return &c.Passkeys.Origins }).computedAs("that of `PUBLIC_URL`"),
		setting("PASSKEY_CHALLENGE_TIMEOUT", "300", "seconds", duration(time.Second, time.Hour),
			func(c *Config) *time.Duration { return &c.Passkeys.Timeout }),
		verification,
	}
}

var userVerification = oneOf(passkeys.VerificationPreferred, passkeys.VerificationRequired)

// rpID reads a host name. Browsers take no IP address for one.
var rpID = simple(func(s string) (string, error) {
	if _, err := netip.ParseAddr(s); err == nil || !validName(s) {
		return "", advice("write a host name in small letters without scheme and port, such as example.com")
	}
	return s, nil
}, same)

// appOrigin begins the origin of an Android app.
const appOrigin = "android:apk-key-hash:"

// rpOrigin reads an origin exactly as browsers write it: that is what theirs is compared with.
var rpOrigin = simple(func(s string) (string, error) {
	if hash, app := strings.CutPrefix(s, appOrigin); app && hash != "" && clean(s) && !strings.ContainsAny(s, " ") {
		return s, nil
	}
	u, ok := httpURL(s)
	if !ok || s != u.Scheme+"://"+u.Host || !secureContext(u) || standardPort(u) {
		return "", advice("write origins as browsers do, in small letters, with https and without a slash at the end, such as https://app.example.com")
	}
	return s, nil
}, same)

// secureContext reports whether browsers let pages of the URL use passkeys at all.
func secureContext(u *url.URL) bool {
	_, err := netip.ParseAddr(u.Hostname())
	local := u.Hostname() == "localhost" || strings.HasSuffix(u.Hostname(), ".localhost")
	return err != nil && (u.Scheme == "https" || local)
}

// standardPort reports whether the URL has a port that browsers leave out.
func standardPort(u *url.URL) bool {
	return u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80"
}

// derive fills in what follows from the public URL, where that is one that passkeys work at.
func (p *Passkeys) derive(public *url.URL, site *string) {
	if p.RPName == "" && site != nil {
		p.RPName = *site
	}
	if !secureContext(public) {
		return
	}
	if p.RPID == "" {
		p.RPID = public.Hostname()
	}
	if len(p.Origins) == 0 {
		host := public.Host
		if standardPort(public) {
			host = public.Hostname()
		}
		p.Origins = []string{public.Scheme + "://" + host}
	}
}

// half reports whether one of the two is there without the other.
func (p Passkeys) half() bool { return (p.RPID == "") != (len(p.Origins) == 0) }

// strays reports whether a page could not use the passkeys of the RP ID: browsers let it
// only where its host is that or below it.
func (p Passkeys) strays() bool {
	return slices.ContainsFunc(p.Origins, func(origin string) bool {
		u, err := url.Parse(origin)
		if err != nil || strings.HasPrefix(origin, appOrigin) {
			return false
		}
		return u.Hostname() != p.RPID && !strings.HasSuffix(u.Hostname(), "."+p.RPID)
	})
}

var impossiblePasskeys = []contradiction{
	{"PASSKEYS PASSKEY_RP_ID PASSKEY_RP_ORIGINS PUBLIC_URL",
		func(c Config) bool { return c.Passkeys.Enabled && c.Passkeys.half() },
		"PASSKEYS=true with only one of PASSKEY_RP_ID and PASSKEY_RP_ORIGINS, and a PUBLIC_URL that the other cannot follow from: write both, such as example.com and https://example.com."},
	{"PASSKEYS PASSKEY_RP_ID PASSKEY_RP_ORIGINS PUBLIC_URL",
		func(c Config) bool { return c.Passkeys.Enabled && !c.Passkeys.half() && c.Passkeys.strays() },
		"Browsers refuse passkeys of PASSKEY_RP_ID to a page of PASSKEY_RP_ORIGINS whose host is neither that nor below it: write origins of that host, or another PASSKEY_RP_ID."},
}

var passkeyRisks = []risk{
	{func(c Config) bool { return c.Passkeys.Enabled && c.Passkeys.RPID == "" },
		"PASSKEYS=true and nobody can use them: browsers want https and a host name, or localhost, and PUBLIC_URL is neither. Write PASSKEY_RP_ID and PASSKEY_RP_ORIGINS."},
}
