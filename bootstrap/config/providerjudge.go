package config

import (
	"fmt"
	"slices"
)

// judge looks together at the keys that say something, and returns what is wrong with
// them as sentences without subject.
func (p *Provider) judge(set map[string]bool) []string {
	if !slices.Contains(kinds, p.Kind) {
		return []string{"has no known kind: write kind: " + alternatives(kinds) + "."}
	}
	var wrong []string
	for _, k := range providerKeys {
		if set[k.name] && !k.of(p.Kind) {
			wrong = append(wrong, fmt.Sprintf("has the key %s, which belongs to the kind %s: remove it.", k.name, alternatives(k.kinds)))
		}
	}
	for _, needed := range neededKeys {
		if needed.of(p.Kind) && !slices.ContainsFunc(needed.any, func(name string) bool { return set[name] }) {
			wrong = append(wrong, fmt.Sprintf("has no %s: write %s.", needed.any[0], needed.advice))
		}
	}
	for _, pair := range [][2]string{{"secret", "secret_file"}, {"private_key", "private_key_file"}} {
		if set[pair[0]] && set[pair[1]] {
			wrong = append(wrong, fmt.Sprintf("has both %s and %s: write one of them.", pair[0], pair[1]))
		}
	}
	return wrong
}

// neededKey is what a provider of some kinds cannot do without: any of the keys.
type neededKey struct {
	any    []string
	kinds  []ProviderKind // empty: every kind
	advice string
}

func (k neededKey) of(kind ProviderKind) bool {
	return len(k.kinds) == 0 || slices.Contains(k.kinds, kind)
}

var neededKeys = []neededKey{
	{any: []string{"client_id"}, advice: "the one that the provider gave you"},
	{any: []string{"secret", "secret_file"}, kinds: []ProviderKind{KindFacebook, KindTwitter}, advice: "the app's secret, with which every call is signed"},
	{any: []string{"issuer"}, kinds: []ProviderKind{KindOIDC}, advice: "the URL of the OpenID Connect provider"},
	{any: []string{"team_id"}, kinds: []ProviderKind{KindApple}, advice: "the id of your team at Apple"},
	{any: []string{"key_id"}, kinds: []ProviderKind{KindApple}, advice: "the id of the key that Apple gave you"},
	{any: []string{"private_key_file", "private_key"}, kinds: []ProviderKind{KindApple}, advice: "the path of the .p8 file that Apple gave you"},
	{any: []string{"access_token_url"}, kinds: []ProviderKind{KindOAuth2}, advice: "the URL at which codes are exchanged"},
	{any: []string{"identity_url"}, kinds: []ProviderKind{KindOAuth2}, advice: "the URL that tells who somebody is"},
}
