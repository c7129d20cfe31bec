package kit

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Config returns the settings file that makes a service a client of all the
// providers: facebook, google, github, twitter and corp. (JSON is YAML.)
func (p *FakeProvider) Config() []byte {
	providers := map[ProviderName]map[string]string{
		Facebook: {"graph_api_url": p.URL + "/facebook"},
		Google: {
			"access_token_url": p.URL + "/google/token", "identity_url": p.URL + "/google/userinfo",
			"certs_url": p.URL + "/google/certs", "tokeninfo_url": p.URL + "/google/tokeninfo",
		},
		GitHub:  {"github_url": p.URL + "/github"},
		Twitter: {"verify_credentials_url": p.URL + "/twitter/1.1/account/verify_credentials.json?include_email=true"},
		Corp:    {"kind": "oidc", "issuer": p.issuer(Corp)},
	}
	for name, provider := range providers {
		provider["client_id"], provider["secret"] = clients[name].id, clients[name].secret
		provider["callback_url"] = callback(name)
	}
	file, err := json.Marshal(map[string]any{"socialaccount_providers": providers})
	if err != nil {
		panic(err) // maps of texts always marshal
	}
	return file
}

// File writes Config into a file that lives as long as the test, for WithFile.
func (p *FakeProvider) File(t testing.TB) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "providers.yaml")
	if err := os.WriteFile(file, p.Config(), 0o600); err != nil {
		t.Fatalf("writing the settings file: %v", err)
	}
	return file
}
