package kit

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func (p *FakeProvider) googleToken(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm() // what cannot be read is missing, and refused for that
	p.exchange(w, Google, r.PostForm)
}

func (p *FakeProvider) googleUserinfo(w http.ResponseWriter, r *http.Request) {
	person, known := p.person(Google, bearer(r))
	if !known {
		answer(w, http.StatusUnauthorized, object{"error": object{"code": http.StatusUnauthorized, "status": "UNAUTHENTICATED"}})
		return
	}
	answer(w, http.StatusOK, told(person))
}

func bearer(r *http.Request) string {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token
}

// googleCerts publishes the certificates of the table and that of IDToken's key.
func (p *FakeProvider) googleCerts(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	all := maps.Clone(p.certs)
	if p.keys.google != nil {
		all[p.keys.google.id] = p.keys.google.certificate()
	}
	p.mu.Unlock()
	answer(w, http.StatusOK, all)
}

// googleTokeninfo tells whom an access token was issued to, with Google's numbers in texts.
func (p *FakeProvider) googleTokeninfo(w http.ResponseWriter, r *http.Request) {
	person, known := p.person(Google, r.FormValue("access_token"))
	if !known {
		answer(w, http.StatusBadRequest, object{"error": "invalid_token", "error_description": "Invalid Value"})
		return
	}
	client := issuedTo(Google, person)
	answer(w, http.StatusOK, object{
		"azp": client, "aud": client, "sub": subjectOf(person), "scope": "openid email profile", "access_type": "online",
		"exp":        strconv.FormatInt(p.clock.Now().Add(tokenLife).Unix(), 10),
		"expires_in": strconv.Itoa(int(tokenLife / time.Second)),
	})
}

// issuedTo is the client that the person's access token belongs to: ours unless the table says otherwise.
func issuedTo(at ProviderName, person object) string {
	if client := textOf(person, "_client"); client != "" {
		return client
	}
	return clients[at].id
}

// subjectOf is the person's number: sub in the newer of Google's vocabularies, id in the older.
func subjectOf(person object) string {
	if subject := textOf(person, "sub"); subject != "" {
		return subject
	}
	return textOf(person, "id")
}
