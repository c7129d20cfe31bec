package config

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"latchkey/domain/secret"
)

// clientID refuses "none", with which the printed configuration leaves a key out.
var clientID = simple(func(s string) (string, error) {
	if isNone(s) || !clean(s) || len(s) > 500 {
		return "", advice("write the one that the provider gave you")
	}
	return s, nil
}, same)

// title refuses "none" for the same reason: leave the key out for the default.
var title = simple(func(s string) (string, error) {
	if isNone(s) {
		return "", advice("write how people know the provider, or leave the key out")
	}
	return words(100).parse(scalar(s))
}, same)

// providerURL demands https away from this machine: what the provider answers
// decides who is signed in, and whoever sits on the line could answer instead.
var providerURL = orNone(simple(func(s string) (*url.URL, error) {
	u, ok := httpURL(s)
	if !ok || strings.Contains(s, "#") || u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, advice("write an https URL (http only for this machine)")
	}
	return u, nil
}, (*url.URL).String))

// issuerURL has no query: the path of the discovery document is put behind it.
var issuerURL = codec[*url.URL]{
	parse: func(n node) (*url.URL, error) {
		u, err := providerURL.parse(n)
		if err == nil && u != nil && (u.RawQuery != "" || u.ForceQuery) {
			return nil, advice("write an https URL without query")
		}
		return u, err
	},
	show: providerURL.show,
}

var callbackURL = simple(func(s string) (string, error) {
	if _, ok := httpURL(s); !ok || strings.ContainsAny(s, "# ") {
		return "", advice("write an http or https URL without fragment")
	}
	return s, nil
}, same)

// tenant stands in a path: nothing in it may lead elsewhere.
var tenant = orNone(simple(func(s string) (string, error) {
	s = strings.ToLower(s)
	if !validName(s) {
		return "", advice("write the id or the domain of the directory, or common, organizations or consumers")
	}
	return s, nil
}, same))

var appleIDText = regexp.MustCompile(`^[A-Za-z0-9]{1,50}$`)

var appleID = orNone(simple(func(s string) (string, error) {
	if !appleIDText.MatchString(s) {
		return "", advice("write the one that Apple gave you, of letters and digits")
	}
	return s, nil
}, same))

// appleKey reads the content of the .p8 file that Apple hands out: PKCS #8 with a
// key for ES256.
var appleKey = codec[secret.String]{
	parse: func(n node) (secret.String, error) {
		s, err := n.single()
		if err != nil || isNone(s) {
			return secret.String{}, err
		}
		text := unfold(s)
		if b := block(text); b == nil || b.Type != "PRIVATE KEY" || !ES256.takes(publicHalf(text)) {
			return secret.String{}, advice("write the content of the .p8 file that Apple gave you, with its line breaks")
		}
		return text, nil
	},
	show: secretKey.show,
}

// claimNames is what a provider's answer may have under other names.
var claimNames = []string{"subject", "email", "email_verified", "username", "name", "first_name", "last_name"}

// claimPath is names with dots between, each of them leading one object deeper.
var claimPath = simple(func(s string) (string, error) {
	if !clean(s) || len(s) > 200 || strings.Contains(s, " ") || slices.Contains(strings.Split(s, "."), "") {
		return "", advice("write names with dots between, such as data.mail")
	}
	return s, nil
}, same)

var claimPaths = codec[map[string]string]{
	parse: func(n node) (map[string]string, error) {
		if n.kind == kindText && isNone(n.text) {
			return nil, nil
		}
		refusal := advice("write a mapping with some of " + strings.Join(claimNames, ", "))
		if n.kind != kindMapping || len(n.entries) == 0 {
			return nil, refusal
		}
		paths := map[string]string{}
		for _, e := range n.entries {
			if paths[e.key] != "" {
				return nil, advice("write every claim once")
			}
			path, err := claimPath.parse(e.value)
			if err == nil && !slices.Contains(claimNames, e.key) {
				err = refusal
			}
			if err != nil {
				return nil, err
			}
			paths[e.key] = path
		}
		return paths, nil
	},
	show: showClaims,
}

// showClaims writes the paths as YAML.
func showClaims(paths map[string]string) string {
	var pairs []string
	for _, name := range claimNames {
		if path := paths[name]; path != "" {
			pairs = append(pairs, name+": "+strconv.Quote(path))
		}
	}
	if len(pairs) == 0 {
		return "none"
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}
