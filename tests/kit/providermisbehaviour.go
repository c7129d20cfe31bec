package kit

import (
	"net/http"
	"strings"
	"time"
)

// Misbehaviour is how a provider answers when it does not answer properly. It may
// leave the answer to the proper handler in the end. Teams can write their own.
type Misbehaviour func(w http.ResponseWriter, r *http.Request, proper http.Handler)

// disorder is a misbehaviour that is still to come.
type disorder struct {
	path  string
	times int
	how   Misbehaviour
}

// Misbehave spoils the next answers, as many as times says, to requests whose
// path begins with path ("/" is all of them). The first Misbehave that fits a request has it.
func (p *FakeProvider) Misbehave(path string, times int, how Misbehaviour) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.disorders = append(p.disorders, disorder{path: path, times: times, how: how})
}

// Behave makes an end of all misbehaviour.
func (p *FakeProvider) Behave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.disorders = nil
}

func (p *FakeProvider) disturbed(proper http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if how := p.nextDisorder(r.URL.Path); how != nil {
			how(w, r, proper)
			return
		}
		proper.ServeHTTP(w, r)
	})
}

func (p *FakeProvider) nextDisorder(path string) Misbehaviour {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.disorders {
		entry := &p.disorders[i]
		if entry.times > 0 && strings.HasPrefix(path, entry.path) {
			entry.times--
			return entry.how
		}
	}
	return nil
}

// Slow answers properly, but late.
func Slow(by time.Duration) Misbehaviour {
	return func(w http.ResponseWriter, r *http.Request, proper http.Handler) {
		select {
		case <-time.After(by):
			proper.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}
}

// Hang never answers: it waits until the client gives up, or the test ends.
func Hang(_ http.ResponseWriter, r *http.Request, _ http.Handler) { <-r.Context().Done() }

// HangUp closes the connection without an answer.
func HangUp(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }

// Answer answers with this status and text.
func Answer(status int, contentType, text string) Misbehaviour {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text))
	}
}

// ServerError answers with a 500 in JSON.
func ServerError(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	answer(w, http.StatusInternalServerError, object{"error": "server_error"})
}

// HTML answers with a page and 200, as a proxy in the way does.
func HTML(w http.ResponseWriter, _ *http.Request, _ http.Handler) { html(w, http.StatusOK) }

func html(w http.ResponseWriter, status int) {
	Answer(status, "text/html", "<html>oops</html>")(w, nil, nil)
}

// hugeSize is how much Huge sends.
const hugeSize = 20 << 20

// Huge answers with 20 MB of good JSON. A client should stop reading long before the end.
func Huge(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	w.Header().Set("Content-Type", "application/json")
	piece := []byte(strings.Repeat("a", 1<<16))
	_, err := w.Write([]byte(`{"id": "`))
	for sent := 0; sent < hugeSize && err == nil; sent += len(piece) {
		_, err = w.Write(piece)
	}
	_, _ = w.Write([]byte(`"}`))
}

// loopPath is a page that leads to itself.
const loopPath = "/loop"

// RedirectLoop sends the client round in circles.
func RedirectLoop(w http.ResponseWriter, r *http.Request, _ http.Handler) {
	http.Redirect(w, r, loopPath, http.StatusFound)
}

// RedirectTo sends the client elsewhere, with method and body (307): to an address
// that must not be called, or must not see the secrets of the request.
func RedirectTo(address string) Misbehaviour {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		http.Redirect(w, r, address, http.StatusTemporaryRedirect)
	}
}
