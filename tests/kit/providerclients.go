package kit

import (
	"net/http"
	"net/url"
)

// client is what a provider knows of the service.
type client struct{ id, secret string }

var clients = map[ProviderName]client{
	Facebook: {id: "fb-client", secret: "fb-secret"},
	Google:   {id: "google-client", secret: "google-secret"},
	GitHub:   {id: "gh-client", secret: "gh-secret"},
	Twitter:  {id: "tw-key", secret: "tw-secret"},
	Corp:     {id: "corp-client", secret: "corp-secret"},
}

// posted reports whether the form names the client and its secret.
func (c client) posted(form url.Values) bool {
	return form.Get("client_id") == c.id && form.Get("client_secret") == c.secret
}

// authenticated reports whether the request names the client in a header of
// Basic, each part in form encoding (RFC 6749, section 2.3.1), or in the body, but
// not in both.
func (c client) authenticated(r *http.Request) bool {
	id, secret, inHeader := r.BasicAuth()
	if !inHeader {
		return c.posted(r.PostForm)
	}
	id, errID := url.QueryUnescape(id)
	secret, errSecret := url.QueryUnescape(secret)
	return errID == nil && errSecret == nil && id == c.id && secret == c.secret && !r.PostForm.Has("client_secret")
}

// callback is the one redirect_uri that the provider lets its codes go to.
func callback(at ProviderName) string {
	return "http://localhost:3000/auth/" + string(at) + "/callback"
}

// exchange answers to a code as Facebook and Google do.
func (p *FakeProvider) exchange(w http.ResponseWriter, at ProviderName, form url.Values) {
	granted, known := p.codeAnswer(at, form.Get("code"))
	switch {
	case !clients[at].posted(form):
		answer(w, http.StatusUnauthorized, object{"error": "invalid_client"})
	case form.Get("redirect_uri") != callback(at):
		answer(w, http.StatusBadRequest, object{"error": "redirect_uri_mismatch"})
	case !known || form.Get("grant_type") != "authorization_code":
		answer(w, http.StatusBadRequest, object{"error": "invalid_grant"})
	default:
		answer(w, http.StatusOK, granted)
	}
}
