package kit

import (
	"net/http"
	"net/url"
	"strings"
)

// githubToken answers in form encoding, and with 200 to whatever is wrong.
func (p *FakeProvider) githubToken(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm() // what cannot be read is missing, and refused for that
	granted, known := p.codeAnswer(GitHub, r.PostForm.Get("code"))
	result := url.Values{"access_token": {textOf(granted, "access_token")}, "scope": {"user:email"}, "token_type": {"bearer"}}
	if !known || !clients[GitHub].posted(r.PostForm) {
		result = url.Values{
			"error": {"bad_verification_code"}, "error_description": {"The code passed is incorrect or expired."},
		}
	}
	w.Header().Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	_, _ = w.Write([]byte(result.Encode()))
}

func (p *FakeProvider) githubUser(w http.ResponseWriter, r *http.Request) {
	if person, known := p.githubPerson(w, r); known {
		answer(w, http.StatusOK, told(person))
	}
}

// githubEmails is missing for who granted no scope to read addresses.
func (p *FakeProvider) githubEmails(w http.ResponseWriter, r *http.Request) {
	person, known := p.githubPerson(w, r)
	switch {
	case !known:
	case person["_emails"] == nil:
		answer(w, http.StatusNotFound, object{"message": "Not Found"})
	default:
		answer(w, http.StatusOK, person["_emails"])
	}
}

// githubPerson takes the token behind any scheme, as GitHub does, or refuses it.
func (p *FakeProvider) githubPerson(w http.ResponseWriter, r *http.Request) (object, bool) {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	person, known := p.person(GitHub, token)
	if !known {
		answer(w, http.StatusUnauthorized, object{
			"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest",
		})
	}
	return person, known
}
