package kit

import (
	"bytes"
	"io"
	"net/http"
	"slices"
)

// ProviderRequest is a request that a FakeProvider got. It holds nothing of the
// query and the body, where the secrets are.
type ProviderRequest struct {
	Method, Path string
}

// Requests returns the requests so far, oldest first, those that the provider
// misbehaved on included.
func (p *FakeProvider) Requests() []ProviderRequest {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

// largestRequest is far more than a login ever sends.
const largestRequest = 1 << 20

// noted keeps a note of every request. It reads the body first: only then does
// the server notice that a client went away.
func (p *FakeProvider) noted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.requests = append(p.requests, ProviderRequest{Method: r.Method, Path: r.URL.Path})
		p.mu.Unlock()
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestRequest))
		if err != nil {
			answer(w, http.StatusRequestEntityTooLarge, object{"error": "invalid_request"})
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}
