package kit

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"time"
)

// tokenLife is how long tokens are said to work.
const tokenLife = time.Hour

// oidcToken exchanges a code of corp, once.
func (p *FakeProvider) oidcToken(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm() // what cannot be read is missing, and refused for that
	w.Header().Set("Cache-Control", "no-store")
	if !clients[Corp].authenticated(r) {
		w.Header().Set("WWW-Authenticate", "Basic")
		answer(w, http.StatusUnauthorized, object{"error": "invalid_client"})
		return
	}
	if r.PostForm.Get("grant_type") != "authorization_code" {
		answer(w, http.StatusBadRequest, object{"error": "unsupported_grant_type"})
		return
	}
	granted, known := p.redeem(r.PostForm.Get("code"))
	if !known || !granted.matches(r.PostForm) {
		answer(w, http.StatusBadRequest, object{"error": "invalid_grant"})
		return
	}
	answer(w, http.StatusOK, p.tokens(granted))
}

// matches reports whether the exchange comes from who asked for the code. A
// verifier that belongs to no challenge is refused too: an attacker could have taken the challenge away.
func (g grant) matches(form url.Values) bool {
	verifier := form.Get("code_verifier")
	if g.challenge == "" {
		return verifier == "" && form.Get("redirect_uri") == g.redirectURI
	}
	digest := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(digest[:]) == g.challenge && form.Get("redirect_uri") == g.redirectURI
}

func (p *FakeProvider) tokens(granted grant) object {
	result := object{"access_token": granted.accessToken, "token_type": "Bearer", "expires_in": int(tokenLife / time.Second)}
	if !granted.openID {
		return result
	}
	person, _ := p.person(Corp, granted.accessToken)
	claims := told(person)
	claims["at_hash"] = accessTokenHash(granted.accessToken)
	if granted.nonce != "" {
		claims["nonce"] = granted.nonce
	}
	signed, err := p.signingKey(Corp).sign(p.withDefaults(Corp, claims))
	if err != nil {
		panic(err) // people who cannot be written as JSON get no answer at all
	}
	result["id_token"] = signed
	return result
}

// accessTokenHash ties an id_token to the access token beside it (OpenID Connect Core, 3.1.3.6).
func accessTokenHash(accessToken string) string {
	digest := sha256.Sum256([]byte(accessToken))
	return base64.RawURLEncoding.EncodeToString(digest[:len(digest)/2])
}
