package bootstrap

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"latchkey/adapters/oauthlogin"
	"latchkey/bootstrap/config"
	"latchkey/domain/secret"
)

// oauthProviders are the configured providers, with the secrets that files hold.
func oauthProviders(cfg config.Config) ([]oauthlogin.Config, error) {
	var all []oauthlogin.Config
	var problems []error
	for _, p := range cfg.Providers {
		c := oauthProvider(p)
		c.SingleUse = cfg.Social.SingleUseIDTokens
		problems = append(problems, readSecret(p.Name, "secret_file", p.SecretFile, &c.Secret),
			readSecret(p.Name, "private_key_file", p.PrivateKeyFile, &c.PrivateKey))
		all = append(all, c)
	}
	return all, errors.Join(problems...)
}

func oauthProvider(p config.Provider) oauthlogin.Config {
	return oauthlogin.Config{
		Name: p.Name, Kind: oauthlogin.Kind(p.Kind),
		ClientID: p.ClientID, Audiences: p.Audiences, Secret: p.Secret,
		Scopes: p.Scope, Callbacks: p.CallbackURLs,
		AuthorizationURL: written(p.AuthorizationURL), AccessTokenURL: written(p.AccessTokenURL),
		IdentityURL: written(p.IdentityURL), CertsURL: written(p.CertsURL),
		TokenInfoURL: written(p.TokenInfoURL), IntrospectionURL: written(p.IntrospectionURL),
		GraphAPIURL: written(p.GraphAPIURL), GitHubURL: written(p.GitHubURL),
		VerifyCredentialsURL: written(p.VerifyCredentialsURL), Issuer: p.Issuer,
		Tenant: p.Tenant, TeamID: p.TeamID, KeyID: p.KeyID, PrivateKey: p.PrivateKey,
		Claims: p.Claims, VerifiedEmail: p.VerifiedEmail, UncheckedAccessTokens: p.UncheckedAccessTokens,
		PrivateAddresses: p.PrivateAddresses, Timeout: p.Timeout,
	}
}

// written is the URL without a final slash, which paths are put behind; empty for none.
func written(u *url.URL) string {
	if u == nil {
		return ""
	}
	return strings.TrimSuffix(u.String(), "/")
}

// secretFileMost is more than any secret or key has.
const secretFileMost = 64 << 10

// readSecret puts what the file holds into place, without the line's end that editors
// leave behind. The error tells the file and never what is in it.
func readSecret(provider, key, file string, into *secret.String) error {
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("the provider %q has a %s that cannot be read: %w", provider, key, err)
	}
	found := strings.TrimRight(string(text), "\r\n")
	if found == "" || len(found) > secretFileMost {
		return fmt.Errorf("the provider %q has a %s, %s, that is empty or too large: write the secret into it, and nothing else", provider, key, file)
	}
	*into = secret.New(found)
	return nil
}
