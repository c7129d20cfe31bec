package pwnedpasswords_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/pwnedpasswords"
	"latchkey/domain/credentials"
)

// The digest of "password" is 5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8.
const (
	prefix = "5BAA6"
	suffix = "1E4C9B93F3F0682250B6CF8331B7EE68FD8"
	other  = "00000000000000000000000000000000000"
)

// world is a service that answers as the test says, and what was logged.
type world struct {
	*pwnedpasswords.Breaches
	log   bytes.Buffer
	asked []*http.Request
}

func newWorld(t *testing.T, answer http.HandlerFunc) *world {
	t.Helper()
	w := &world{}
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.asked = append(w.asked, r)
		answer(out, r)
	}))
	t.Cleanup(server.Close)
	w.Breaches = pwnedpasswords.New(server.URL+"/range/", slog.New(slog.NewTextHandler(&w.log, nil)))
	t.Cleanup(w.Close)
	return w
}

func (w *world) has(t *testing.T) bool {
	t.Helper()
	return w.Has(t.Context(), credentials.NewPassword("password"))
}

func saying(text string) http.HandlerFunc {
	return func(out http.ResponseWriter, _ *http.Request) { _, _ = out.Write([]byte(text)) }
}

func TestABreachedPasswordIsFoundByFiveCharactersOfItsDigest(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{
		suffix + ":1", other + ":7\r\n" + suffix + ":9545824\r\n", suffix + ":10\n" + other + ":0\n", strings.ToLower(suffix) + ":3",
	} {
		w := newWorld(t, saying(answer))
		require.True(t, w.has(t), answer)
		require.Len(t, w.asked, 1)
		require.Equal(t, "/range/"+prefix, w.asked[0].URL.Path)
		require.Equal(t, "true", w.asked[0].Header.Get("Add-Padding"))
		require.Equal(t, "latchkey", w.asked[0].Header.Get("User-Agent"))
		require.Empty(t, w.log.String())
	}
}

func TestOthersArePassed(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"another digest": other + ":12", "padding": suffix + ":0", "much padding": other + ":0\r\n" + suffix + ":000\r\n",
	} {
		w := newWorld(t, saying(answer))
		require.False(t, w.has(t), name)
		require.Empty(t, w.log.String(), name)
	}
}

// What is no answer lets the password pass, and the log tells it once and tells nothing of the password.
func TestPasswordsPassWhileTheServiceGivesNoAnswer(t *testing.T) {
	t.Parallel()
	hit := suffix + ":1\n"
	elsewhere := httptest.NewServer(saying(hit))
	t.Cleanup(elsewhere.Close)
	tests := map[string]http.HandlerFunc{
		"it never answers":    func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"it stops in between": stalling(hit),
		"trouble":             failing(http.StatusServiceUnavailable, hit),
		"too many requests":   failing(http.StatusTooManyRequests, hit),
		"a page":              saying("<html>" + hit),
		"half a line":         saying(hit + suffix),
		"no number":           saying(hit + other + ":many"),
		"a short digest":      saying(hit + "ABC:1"),
		"nothing":             saying(""),
		"a huge answer":       saying(hit + strings.Repeat(other+":1\n", 10_000)),
		"another host": func(out http.ResponseWriter, r *http.Request) {
			http.Redirect(out, r, elsewhere.URL+r.URL.Path, http.StatusFound)
		},
		"a connection that breaks": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
	for name, answer := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, answer)
			require.False(t, w.has(t))
			require.False(t, w.has(t))
			require.Equal(t, 1, strings.Count(w.log.String(), "they pass until the service answers"), w.log.String())
			for _, telling := range []string{prefix, suffix, "password=", "/range/"} {
				require.NotContains(t, w.log.String(), telling)
			}
		})
	}
}

func failing(status int, text string) http.HandlerFunc {
	return func(out http.ResponseWriter, _ *http.Request) {
		out.WriteHeader(status)
		_, _ = out.Write([]byte(text))
	}
}

// stalling sends a hit, and never the end.
func stalling(text string) http.HandlerFunc {
	return func(out http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(out, text)
		_ = http.NewResponseController(out).Flush()
		<-r.Context().Done()
	}
}

func TestAServiceThatIsBackIsLoggedAndBelieved(t *testing.T) {
	t.Parallel()
	var up atomic.Bool
	w := newWorld(t, func(out http.ResponseWriter, r *http.Request) {
		if !up.Load() {
			out.WriteHeader(http.StatusBadGateway)
			return
		}
		saying(suffix+":1")(out, r)
	})
	require.False(t, w.has(t))
	up.Store(true)
	require.True(t, w.has(t))
	require.Contains(t, w.log.String(), "again")
}

func TestACallerWhoLeavesSaysNothingOfTheService(t *testing.T) {
	t.Parallel()
	w := newWorld(t, saying(suffix+":1"))
	gone, leave := context.WithCancel(t.Context())
	leave()
	require.False(t, w.Has(gone, credentials.NewPassword("password")))
	require.Empty(t, w.log.String())
}

func TestNobodyThereLetsPasswordsPass(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	breaches := pwnedpasswords.New("http://127.0.0.1:1/range/", slog.New(slog.NewTextHandler(&log, nil)))
	require.False(t, breaches.Has(t.Context(), credentials.NewPassword("password")))
	require.Contains(t, log.String(), "they pass until the service answers")
	require.NotContains(t, log.String(), prefix)
}
