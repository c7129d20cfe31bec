package config

import "net/url"

// warnings returns what is legal and risky about a provider: an access token that is
// not shown to be this app's signs in whoever it belongs to, also when another app
// got it.
func (p Provider) warnings() []string {
	var sentences []string
	if p.replaced() && !p.UncheckedAccessTokens {
		sentences = append(sentences, quote(p.Name)+" asks another address who somebody is, and nothing shows that an access token was issued to this app. "+
			"Use it for tests, or where the provider has no other apps.")
	}
	if p.UncheckedAccessTokens {
		sentences = append(sentences, quote(p.Name)+" takes access tokens unchecked: whoever runs another app of the provider can sign in as its users. Remove unchecked_access_tokens.")
	}
	return sentences
}

// replaced reports whether the provider's own address is not in use, and with it the
// provider's check of access tokens. A stand-in on this machine is for tests.
func (p Provider) replaced() bool {
	switch p.Kind {
	case KindGoogle:
		return elsewhere(p.IdentityURL) && p.TokenInfoURL == nil
	case KindGitHub:
		return elsewhere(p.GitHubURL)
	}
	return false
}

func elsewhere(u *url.URL) bool { return u != nil && !loopback(u.Hostname()) }
