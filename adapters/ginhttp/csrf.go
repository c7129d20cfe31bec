package ginhttp

import (
	"net/http"

	"latchkey/domain/sessions"
)

// csrfToken hands a browser its CSRF cookie, and the token to send in the header:
// a page of another origin cannot read the cookie.
func (a *API) csrfToken() *endpoint {
	return &endpoint{
		name:      "CSRF Token",
		describes: "Set the CSRF cookie and return the token to send in the header " + a.options.CSRFHeader + ".",
		allow:     "GET, HEAD, OPTIONS",
		open:      true,
		methods:   map[string]action{http.MethodGet: (*call).getCSRFToken},
	}
}

func (c *call) getCSRFToken() (answer, error) {
	kept, err := c.api.csrfCookie(c.Request)
	if err != nil {
		kept = c.api.newCSRFSecret()
	}
	c.cookies.looked, c.cookies.csrf = true, kept
	token := sessions.MaskCSRF(kept, c.api.Random.Text(sessions.CSRFSecretLength, sessions.CSRFAlphabet))
	return answer{status: http.StatusOK, body: object{{"csrfToken", token}}}, nil
}
