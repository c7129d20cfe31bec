package kit

import (
	"net/http"

	"github.com/go-jose/go-jose/v4"
)

func (p *FakeProvider) oidcDiscovery(w http.ResponseWriter, _ *http.Request) {
	issuer := p.issuer(Corp)
	answer(w, http.StatusOK, object{
		"issuer":                                issuer,
		"authorization_endpoint":                issuer + "/authorize",
		"token_endpoint":                        issuer + "/token",
		"userinfo_endpoint":                     issuer + "/userinfo",
		"introspection_endpoint":                issuer + "/introspect",
		"jwks_uri":                              issuer + "/jwks",
		"response_types_supported":              []string{"code"},
		"grant_types_supported":                 []string{"authorization_code"},
		"subject_types_supported":               []string{"public"},
		"scopes_supported":                      []string{"openid", "email", "profile"},
		"id_token_signing_alg_values_supported": []string{"ES256"},
		"code_challenge_methods_supported":      []string{"S256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
		// RFC 9207: the answer names who gave it, against mix-up of providers.
		"authorization_response_iss_parameter_supported": true,
	})
}

func (p *FakeProvider) oidcKeys(w http.ResponseWriter, _ *http.Request) {
	key := p.signingKey(Corp)
	answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{
		Key: key.private.Public(), KeyID: key.id, Algorithm: "ES256", Use: "sig",
	}}})
}

func (p *FakeProvider) oidcUserinfo(w http.ResponseWriter, r *http.Request) {
	person, known := p.person(Corp, bearer(r))
	if !known {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		answer(w, http.StatusUnauthorized, object{"error": "invalid_token"})
		return
	}
	answer(w, http.StatusOK, told(person))
}

// oidcIntrospect tells a client whom an access token was issued to (RFC 7662).
func (p *FakeProvider) oidcIntrospect(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm() // what cannot be read is missing, and refused for that
	if !clients[Corp].authenticated(r) {
		answer(w, http.StatusUnauthorized, object{"error": "invalid_client"})
		return
	}
	person, known := p.person(Corp, r.PostForm.Get("token"))
	if !known {
		answer(w, http.StatusOK, object{"active": false})
		return
	}
	answer(w, http.StatusOK, object{
		"active": true, "client_id": issuedTo(Corp, person), "sub": subjectOf(person), "iss": p.issuer(Corp),
		"exp": p.clock.Now().Add(tokenLife).Unix(),
	})
}
