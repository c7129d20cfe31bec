package bench

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/bootstrap"
	"latchkey/bootstrap/config"
)

// handler is the service in this process, with its real router and database.
func handler(t testing.TB, d database, settings ...string) http.Handler {
	t.Helper()
	loaded, err := config.Load("", environment(t, d, append(settings, "LOG_LEVEL=error")))
	require.NoError(t, err)
	var made http.Handler
	app := bootstrap.New(bootstrap.Configured(loaded), bootstrap.Handler(&made))
	require.NoError(t, app.Start(t.Context()))
	t.Cleanup(func() { _ = app.Stop(context.Background()) })
	return made
}

// nobody throws answers away, and allocates nothing for it.
type nobody struct {
	header http.Header
	status int
}

func (n *nobody) Header() http.Header         { return n.header }
func (n *nobody) WriteHeader(status int)      { n.status = status }
func (n *nobody) Write(p []byte) (int, error) { return len(p), nil }

// allocations returns how many there are for one request, without those of net/http's
// server and with those of the database's driver.
func allocations(t testing.TB, made http.Handler, c constant) float64 {
	t.Helper()
	body := strings.NewReader(c.body)
	request := httptest.NewRequestWithContext(t.Context(), c.method, "http://testserver"+c.path, nil)
	for _, header := range c.headers {
		request.Header.Set(header[0], header[1])
	}
	if request.Header.Get("Content-Type") != "" {
		request.Body = io.NopCloser(body)
		request.ContentLength = int64(len(c.body))
	}
	reader := &nobody{header: http.Header{}}
	return testing.AllocsPerRun(200, func() {
		clear(reader.header)
		body.Reset(c.body)
		made.ServeHTTP(reader, request)
		if reader.status != http.StatusOK {
			t.Fatal(reader.status)
		}
	})
}
