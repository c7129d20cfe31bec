package config

import "slices"

// socialRisks are about external logins as a whole.
var socialRisks = []risk{
	{func(c Config) bool { return c.Endpoints.Allauth && c.Social.EmailAuthentication },
		"SOCIALACCOUNT_EMAIL_AUTHENTICATION=true: whoever a provider calls the verified owner of an address signs in to the account that has it. Configure only providers whose word about any address you trust."},
}

// providerRisk is a legal combination of a provider's keys that an operator
// should know about.
type providerRisk struct {
	found    func(Provider) bool
	sentence string // without subject
}

// A provider of the real address shows which app an access token was issued to.
// Behind a replaced one there may be nobody to ask.
var providerRisks = []providerRisk{
	{func(p Provider) bool { return p.UncheckedAccessTokens },
		"has unchecked_access_tokens: true: whoever runs another app of the provider can sign in as each of its users. Write false, and let front ends send a code or an id_token."},
	{func(p Provider) bool { return p.Kind == KindGoogle && p.IdentityURL != nil && p.TokenInfoURL == nil },
		"has identity_url without tokeninfo_url: access tokens are taken though nothing shows that they were issued to this app. Write tokeninfo_url as well."},
	{func(p Provider) bool { return p.Kind == KindFacebook && p.GraphAPIURL != nil },
		"has graph_api_url: access tokens are taken though nothing shows that they were issued to this app. Remove graph_api_url where people sign in."},
	{func(p Provider) bool { return p.Kind == KindGitHub && p.GitHubURL != nil },
		"has github_url: access tokens are taken though nothing shows that they were issued to this app. Remove github_url unless every app of that server is yours."},
	{func(p Provider) bool { return len(p.CallbackURLs) == 0 && slices.Contains(notTwitter, p.Kind) },
		"has no callback_url: nobody can be sent to the provider and come back with a code. Write the page of your front end that takes the code."},
}

// providerWarnings returns the sentences about the providers that are served.
func (c Config) providerWarnings() []string {
	if !c.Endpoints.Allauth {
		return nil
	}
	var sentences []string
	for _, p := range c.Providers {
		for _, r := range providerRisks {
			if r.found(p) {
				sentences = append(sentences, "SOCIALACCOUNT_PROVIDERS: "+quote(p.Name)+" "+r.sentence)
			}
		}
	}
	return sentences
}
