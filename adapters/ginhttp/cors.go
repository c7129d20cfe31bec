package ginhttp

import (
	"net/http"
	"strings"

	"github.com/rs/cors"
)

// CORS are the settings of CORS_*: which pages of other origins may use the API
// from a browser.
type CORS struct {
	Origins     []string // "scheme://host[:port]", the host may start with "*."; none: no other origin
	Credentials bool     // with cookies
}

// preflightAge is how many seconds a browser may keep a preflight's answer.
const preflightAge = 600

// share answers preflights and marks answers for the pages that may read them.
// What it does not mark the browser keeps from the page; the API itself is
// guarded by CSRF checks and not by this.
func (o CORS) share(handler http.Handler, csrfHeader string) http.Handler {
	if len(o.Origins) == 0 {
		return handler
	}
	shared := cors.New(cors.Options{
		AllowedOrigins:   o.Origins,
		AllowCredentials: o.Credentials,
		AllowedMethods:   []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch},
		AllowedHeaders:   []string{"Accept", "Authorization", "Content-Type", csrfHeader, transportHeader, authorizationHeader},
		ExposedHeaders:   []string{"Retry-After", "WWW-Authenticate", requestIDHeader},
		MaxAge:           preflightAge,
	}).Handler(handler)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !anOrigin(r.Header.Get("Origin")) {
			w.Header().Add("Vary", "Origin")
			handler.ServeHTTP(w, r)
			return
		}
		shared.ServeHTTP(w, r)
	})
}

// anOrigin refuses what ends like a listed pattern and is no origin (RFC 6454, 6.2): the
// library compares beginnings and ends, so that "https://evil.example#.example.com" would pass.
func anOrigin(text string) bool {
	_, host, _ := strings.Cut(text, "://")
	return !strings.ContainsAny(host, `/?#@\`)
}
