package oauthlogin

import (
	"net/url"
	"slices"
	"time"

	"latchkey/domain/secret"
)

// Kind is a protocol with the habits of one provider.
type Kind string

// The kinds.
const (
	KindFacebook  Kind = "facebook"
	KindTwitter   Kind = "twitter"
	KindGoogle    Kind = "google"
	KindGitHub    Kind = "github"
	KindApple     Kind = "apple"
	KindMicrosoft Kind = "microsoft"
	KindOIDC      Kind = "oidc"
	KindOAuth2    Kind = "oauth2"
)

// Config is one configured provider. Addresses that are empty are the provider's
// real ones, or those that its discovery document names.
// One that is this machine's own is a stand-in for tests: Facebook, Google and GitHub are
// not asked there which app an access token is for, unless an address for that is given.
type Config struct {
	Name     string // the path, and what identities are stored under
	Kind     Kind
	ClientID string
	Secret   secret.String
	// Audiences are further client ids of ours: an id_token for any of them is meant
	// for us. Apps on Android and iOS have ids of their own.
	Audiences []string
	// Scopes are asked for in authorization URLs; empty: the kind's own.
	Scopes []string
	// Callbacks is the allow-list of callback URLs, compared letter by letter. The
	// first is used where none is asked for.
	Callbacks []string

	AuthorizationURL, AccessTokenURL, IdentityURL, CertsURL string
	TokenInfoURL                                            string // google
	IntrospectionURL                                        string // oidc, oauth2 (RFC 7662)
	GraphAPIURL                                             string // facebook, microsoft
	GitHubURL                                               string // github: the site; its API is below it, but for github.com
	VerifyCredentialsURL                                    string // twitter
	Issuer                                                  string // oidc

	// Tenant is the Microsoft directory whose people may sign in: its id, or common, organizations,
	// consumers; empty is common.
	Tenant string
	// TeamID, KeyID and PrivateKey (PEM, PKCS #8) sign Apple's client secret.
	TeamID, KeyID string
	PrivateKey    secret.String

	// Claims names where in the provider's answer things stand, as dotted paths:
	// subject, email, email_verified, username, name, first_name, last_name. For
	// oidc and oauth2.
	Claims map[string]string
	// VerifiedEmail believes that the provider made sure of every address that it tells.
	VerifiedEmail bool
	// SingleUse has id_tokens without an id of their own (jti) used once, too.
	SingleUse bool
	// UncheckedAccessTokens takes access tokens though nothing shows that they were
	// issued to this app: whoever runs another app of the provider can then sign in
	// as each of its users.
	UncheckedAccessTokens bool
	// PrivateAddresses lets names that stand for private addresses be called.
	PrivateAddresses bool
	// Timeout bounds each call; zero is ten seconds.
	Timeout time.Duration
}

// addresses are all URLs that the operator wrote.
func (c Config) addresses() []string {
	return []string{
		c.AuthorizationURL, c.AccessTokenURL, c.IdentityURL, c.CertsURL, c.TokenInfoURL, c.IntrospectionURL,
		c.GraphAPIURL, c.GitHubURL, c.VerifyCredentialsURL, c.Issuer,
	}
}

// ours reports whether a client id is one of ours.
func (c Config) ours(client string) bool {
	return client != "" && (client == c.ClientID || slices.Contains(c.Audiences, client))
}

// or returns text, or the fallback when it is empty.
func or(text, fallback string) string {
	if text != "" {
		return text
	}
	return fallback
}

// standIn reports whether an address that the operator wrote is this machine's own: a
// provider played for tests, which is not asked which app a token is for.
func standIn(address string) bool {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return false
	}
	for _, ip := range literal(u.Hostname()) {
		if ip.IsLoopback() {
			return true
		}
	}
	return false
}
