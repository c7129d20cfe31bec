package bootstrap

import (
	"errors"
	"fmt"
	"io"
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
		GraphAPIURL: root(p.GraphAPIURL), GitHubURL: root(p.GitHubURL),
		VerifyCredentialsURL: written(p.VerifyCredentialsURL), Issuer: p.Issuer,
		Tenant: p.Tenant, TeamID: p.TeamID, KeyID: p.KeyID, PrivateKey: p.PrivateKey,
		Claims: p.Claims, VerifiedEmail: p.VerifiedEmail, UncheckedAccessTokens: p.UncheckedAccessTokens,
		PrivateAddresses: p.PrivateAddresses, Timeout: p.Timeout,
	}
}

// written is the URL as it was written; empty for none.
func written(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.String()
}

// root is a URL that paths are put behind.
func root(u *url.URL) string { return strings.TrimSuffix(written(u), "/") }

// secretFileMost is more than any secret or key has.
const secretFileMost = 64 << 10

// readSecret puts what the file holds into place, without the line's end that editors
// leave behind. The error tells the file and never what is in it.
func readSecret(provider, key, file string, into *secret.String) error {
	if file == "" {
		return nil
	}
	text, err := readAtMost(file, secretFileMost+1)
	if err != nil {
		return fmt.Errorf("the provider %q has a %s that cannot be read: %w", provider, key, err)
	}
	found := strings.TrimRight(text, "\r\n")
	if strings.TrimSpace(found) == "" || len(text) > secretFileMost {
		return fmt.Errorf("the provider %q has a %s, %s, that is empty or too large: write the secret into it, and nothing else", provider, key, file)
	}
	*into = secret.New(found)
	return nil
}

// readAtMost reads no more than the bytes: a device without end is no secret.
func readAtMost(file string, most int64) (string, error) {
	opened, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = opened.Close() }()
	text, err := io.ReadAll(io.LimitReader(opened, most))
	return string(text), err
}
