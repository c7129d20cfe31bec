package kit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
)

// facebookMe tells who owns the access token. Every call has to prove that it
// comes from the app: a token that leaked is of no use to others.
func (p *FakeProvider) facebookMe(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	token := query.Get("access_token")
	owner := p.owner(Facebook, token)
	person, proper := owner.(object)
	switch {
	case owner == "http500":
		facebookError(w, http.StatusInternalServerError, 1, "An unknown error occurred")
	case owner == "notjson":
		html(w, http.StatusOK)
	case !proper || query.Get("appsecret_proof") != appSecretProof(token):
		facebookError(w, http.StatusBadRequest, 190, "Invalid OAuth access token.")
	default:
		answer(w, http.StatusOK, told(person))
	}
}

func appSecretProof(token string) string {
	mac := hmac.New(sha256.New, []byte(clients[Facebook].secret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}

func facebookError(w http.ResponseWriter, status, code int, message string) {
	answer(w, status, object{"error": object{"message": message, "type": "OAuthException", "code": code}})
}

// facebookToken reads the query: Facebook's exchange is a GET.
func (p *FakeProvider) facebookToken(w http.ResponseWriter, r *http.Request) {
	p.exchange(w, Facebook, r.URL.Query())
}
