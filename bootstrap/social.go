package bootstrap

import (
	"net/url"

	"latchkey/adapters/oauthlogin"
	"latchkey/bootstrap/config"
)

func oauthProviders(cfg config.Config) ([]oauthlogin.Config, error) {
	text := func(u *url.URL) string {
		if u == nil {
			return ""
		}
		return u.String()
	}
	var out []oauthlogin.Config
	for _, p := range cfg.Providers {
		out = append(out, oauthlogin.Config{Name: p.Name, Kind: oauthlogin.Kind(p.Kind), ClientID: p.ClientID, Secret: p.Secret,
			Scopes: p.Scope, Callbacks: p.CallbackURLs, AccessTokenURL: text(p.AccessTokenURL), IdentityURL: text(p.IdentityURL), CertsURL: text(p.CertsURL),
			TokenInfoURL: text(p.TokenInfoURL), GraphAPIURL: text(p.GraphAPIURL), GitHubURL: text(p.GitHubURL), VerifyCredentialsURL: text(p.VerifyCredentialsURL), Issuer: text(p.Issuer)})
	}
	return out, nil
}
