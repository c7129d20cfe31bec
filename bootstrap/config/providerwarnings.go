package config

// warnings returns what is legal and risky about a provider: an access token that is
// not shown to be this app's signs in whoever it belongs to, also when another app
// got it.
func (p Provider) warnings() []string {
	if !p.UncheckedAccessTokens {
		return nil
	}
	return []string{quote(p.Name) + " takes access tokens unchecked: whoever runs another app of the provider can sign in as its users. Remove unchecked_access_tokens."}
}
