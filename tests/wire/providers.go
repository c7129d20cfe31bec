package wire

import (
	"encoding/json"
	"fmt"
)

// Providers returns the configuration file with the social providers that the
// scenarios know, all of them served below one base URL. (JSON is YAML.)
func Providers(base string) []byte {
	providers := map[string]map[string]string{
		"facebook": {"client_id": "fb-client", "secret": "fb-secret", "graph_api_url": base + "/facebook"},
		"google": {
			"client_id": "google-client", "secret": "google-secret", "access_token_url": base + "/google/token",
			"identity_url": base + "/google/userinfo", "certs_url": base + "/google/certs",
		},
		"github": {"client_id": "gh-client", "secret": "gh-secret", "github_url": base + "/github"},
		"twitter": {
			"client_id": "tw-key", "secret": "tw-secret",
			"verify_credentials_url": base + "/twitter/1.1/account/verify_credentials.json?include_email=true",
		},
	}
	for name, provider := range providers {
		provider["callback_url"] = fmt.Sprintf("http://localhost:3000/auth/%s/callback", name)
	}
	file, err := json.Marshal(map[string]any{"socialaccount_providers": providers})
	if err != nil {
		panic(err) // maps of texts always marshal
	}
	return file
}
