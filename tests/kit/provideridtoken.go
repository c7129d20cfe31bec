package kit

import (
	"maps"

	"github.com/golang-jwt/jwt/v5"
)

// IDToken mints an id_token of Google or corp, signed with a key that it
// publishes. The claims go over the defaults (iss, aud, sub, iat, exp), so that a test can
// forge what a provider would never issue; a claim of nil takes its default away.
//
// A token of another FakeProvider with the iss of this one is a forgery as well:
// their keys have the same names.
func (p *FakeProvider) IDToken(at ProviderName, claims map[string]any) string {
	p.t.Helper()
	key := p.signingKey(at)
	if key == nil {
		p.t.Fatalf("%s signs no id_tokens", at)
	}
	signed, err := key.sign(p.withDefaults(at, claims))
	if err != nil {
		p.t.Fatalf("signing an id_token: %v", err)
	}
	return signed
}

func (p *FakeProvider) withDefaults(at ProviderName, claims map[string]any) jwt.MapClaims {
	now := p.clock.Now()
	all := jwt.MapClaims{
		"iss": p.issuer(at), "aud": clients[at].id, "sub": "somebody",
		"iat": now.Unix(), "exp": now.Add(tokenLife).Unix(),
	}
	maps.Copy(all, claims)
	maps.DeleteFunc(all, func(_ string, value any) bool { return value == nil })
	return all
}

func (k *signingKey) sign(claims jwt.MapClaims) (string, error) {
	token := jwt.NewWithClaims(k.method, claims)
	token.Header["kid"] = k.id
	return token.SignedString(k.private)
}

func (p *FakeProvider) issuer(at ProviderName) string {
	if at == Google {
		return "https://accounts.google.com"
	}
	return p.URL + "/oidc"
}
