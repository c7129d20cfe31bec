package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"latchkey/domain/secret"
)

// ClaimPaths says where in a provider's answer things stand, as dotted paths.
type ClaimPaths map[string]string

// claimNames are the things that can be looked for.
var claimNames = []string{"subject", "email", "email_verified", "username", "name", "first_name", "last_name"}

var claimPath = regexp.MustCompile(`^[A-Za-z0-9_:/-]+(\.[A-Za-z0-9_:/-]+)*$`)

var claimPaths = codec[ClaimPaths]{
	parse: func(n node) (ClaimPaths, error) {
		if n.kind != kindMapping {
			return nil, advice("write a mapping of " + alternatives(claimNames) + " to where they stand, as in email: user.mail")
		}
		paths := ClaimPaths{}
		for _, e := range n.entries {
			path, err := e.value.single()
			if err != nil || !slices.Contains(claimNames, e.key) || !claimPath.MatchString(path) || paths[e.key] != "" {
				return nil, advice(fmt.Sprintf("write %s, once, each with the dotted path of where it stands", alternatives(claimNames)))
			}
			paths[e.key] = path
		}
		return paths, nil
	},
	show: func(paths ClaimPaths) string {
		if len(paths) == 0 {
			return "none"
		}
		var pairs []string
		for _, name := range slices.Sorted(maps.Keys(paths)) {
			pairs = append(pairs, name+": "+strconv.Quote(paths[name]))
		}
		return "{" + strings.Join(pairs, ", ") + "}"
	},
}

// directory is the form of the id of a Microsoft directory.
var directory = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// tenant demands the id of a directory: its tokens name it by nothing else, so that a
// domain could not be compared with them.
var tenant = orNone(simple(func(s string) (string, error) {
	lower := strings.ToLower(s)
	if !slices.Contains([]string{"common", "organizations", "consumers"}, lower) && !directory.MatchString(lower) {
		return "", advice("write common, organizations, consumers or the id of a directory, as in 00000000-0000-0000-0000-000000000000")
	}
	return lower, nil
}, same))

// appleKey reads the text of the .p8 file, of several lines or in one with \n.
var appleKey = codec[secret.String]{
	parse: func(n node) (secret.String, error) {
		s, err := n.single()
		if err != nil {
			return secret.String{}, err
		}
		if isNone(s) {
			return secret.String{}, nil
		}
		key := unfold(s)
		if public, ok := publicHalf(key).(*ecdsa.PublicKey); !ok || public.Curve != elliptic.P256() {
			return secret.String{}, advice("write the whole text of the .p8 file, beginning with -----BEGIN")
		}
		return key, nil
	},
	show: secretKey.show,
}
