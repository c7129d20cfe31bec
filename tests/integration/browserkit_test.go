package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// The names that the browser of these tests knows; all of them lead to this machine.
// For browsers everything below site.localhost is one site, and names below localhost
// count as safe, so that they may have Secure cookies without TLS.
const (
	browserService  = "auth.site.localhost"
	browserApp      = "app.site.localhost"  // another origin of the same site
	browserOtherApp = "app.other.localhost" // another site
	browserEvil     = "evil.site.localhost"
	browserEvilSite = "evil.localhost"
)

// browserPatience is how long a page may take on a busy machine.
const browserPatience = 15 * time.Second

// browser is a headless Chromium with a profile of its own.
type browser struct{ ctx context.Context }

// starts is how often a browser that crashes while it starts is started: on a busy
// machine Chromium does so now and then, which says nothing about the service.
const starts = 3

func openBrowser(t *testing.T) *browser {
	t.Helper()
	for attempt := 1; ; attempt++ {
		b := &browser{ctx: startBrowser(t)}
		err := chromedp.Run(b.ctx, chromedp.Navigate("about:blank"))
		if err == nil {
			return b
		}
		require.Less(t, attempt, starts, "the browser does not start: %v", err)
		t.Logf("the browser crashed at its start: %v", err)
	}
}

func startBrowser(t *testing.T) context.Context {
	t.Helper()
	// The test's own context ends before the clean-up, which would kill the browser.
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	ctx, stop := chromedp.NewExecAllocator(ctx,
		chromedp.ExecPath(chromium(t)), chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.NoSandbox,
		chromedp.Flag("headless", "new"), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("no-proxy-server", true), chromedp.Flag("host-resolver-rules", "MAP *.localhost 127.0.0.1"),
		chromedp.WindowSize(800, 600), chromedp.UserDataDir(profile(t)),
	)
	ctx, closed := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // closes the browser and waits for it
		closed()
		stop()
		cancel()
	})
	return ctx
}

// profile is that of somebody whose browser sends cookies across sites, which not
// every distribution's does by itself: the attacks are to fail without its help.
func profile(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "latchkey-browser-")
	require.NoError(t, err)
	t.Cleanup(func() { // the browser's helpers may outlive it for a moment, and write
		require.Eventually(t, func() bool { return os.RemoveAll(folder) == nil }, browserPatience, 50*time.Millisecond)
	})
	require.NoError(t, os.Mkdir(filepath.Join(folder, "Default"), 0o700))
	preferences := `{"profile": {"cookie_controls_mode": 0}}`
	require.NoError(t, os.WriteFile(filepath.Join(folder, "Default", "Preferences"), []byte(preferences), 0o600))
	return folder
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("neither chromium nor google-chrome is in the PATH, and only a browser shows what browsers send and let pages read")
	return ""
}

func (b *browser) do(t *testing.T, actions ...chromedp.Action) {
	t.Helper()
	require.NoError(t, chromedp.Run(b.ctx, actions...))
}

// open goes to the address, which need not answer with 200.
func (b *browser) open(t *testing.T, address string) {
	t.Helper()
	b.do(t, chromedp.Navigate(address))
}

// run runs a script and returns what it gives, after waiting for promises.
func (b *browser) run(t *testing.T, script string) string {
	t.Helper()
	var result string
	b.do(t, chromedp.Evaluate(script, &result, func(p *runtime.EvaluateParams) *runtime.EvaluateParams {
		return p.WithAwaitPromise(true)
	}))
	return result
}

// sees waits until the page has an element with the text, which may be behind a navigation.
func (b *browser) sees(t *testing.T, selector, text string) {
	t.Helper()
	script := fmt.Sprintf("document.readyState === 'complete' && document.querySelector(%q)?.textContent || ''", selector)
	for end := time.Now().Add(browserPatience); ; time.Sleep(20 * time.Millisecond) {
		var now string
		err := chromedp.Run(b.ctx, chromedp.Evaluate(script, &now))
		if err == nil && strings.Contains(now, text) {
			return
		}
		require.True(t, time.Now().Before(end), "%s never said %q but %q (%v)", selector, text, now, err)
	}
}

// fetched is what a page learns of a request that it makes.
type fetched struct {
	Status int
	Text   string
	Failed string // the exception where the browser keeps the answer from the page
}

// fetch makes a request as the page does that is open.
func (b *browser) fetch(t *testing.T, address string, options map[string]any) fetched {
	t.Helper()
	options["credentials"] = "include"
	text, err := json.Marshal(options)
	require.NoError(t, err)
	script := fmt.Sprintf(`fetch(%q, %s)
		.then(async r => JSON.stringify({Status: r.status, Text: await r.text()}))
		.catch(e => JSON.stringify({Failed: String(e)}))`, address, text)
	var got fetched
	require.NoError(t, json.Unmarshal([]byte(b.run(t, script)), &got))
	return got
}

// cookies are all that the browser holds, those that scripts cannot read among them.
func (b *browser) cookies(t *testing.T) map[string]*network.Cookie {
	t.Helper()
	held := map[string]*network.Cookie{}
	b.do(t, chromedp.ActionFunc(func(ctx context.Context) error {
		all, err := storage.GetCookies().Do(ctx)
		for _, cookie := range all {
			held[cookie.Name] = cookie
		}
		return err
	}))
	return held
}

// pages serves, on every name, the page that the query holds.
func pages(t *testing.T) (port string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!doctype html><title>page</title>"+r.URL.Query().Get("html"))
	}))
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	require.NoError(t, err)
	return address.Port()
}

// show opens a page of the origin with this content.
func (b *browser) show(t *testing.T, origin, content string) {
	t.Helper()
	b.open(t, origin+"/?html="+url.QueryEscape(content))
}

// showMoving opens a page that leaves by itself: where it does so before it is loaded, the
// browser calls the loading aborted.
func (b *browser) showMoving(t *testing.T, origin, content string) {
	t.Helper()
	err := chromedp.Run(b.ctx, chromedp.Navigate(origin+"/?html="+url.QueryEscape(content)))
	if err != nil {
		require.ErrorContains(t, err, "net::ERR_ABORTED")
	}
}

// formOf is a form that sends itself. Its fields are names and values.
func formOf(action, encoding string, fields ...string) string {
	var out strings.Builder
	fmt.Fprintf(&out, `<form method="post" action="%s" enctype="%s">`, html.EscapeString(action), encoding)
	for i := 0; i < len(fields); i += 2 {
		fmt.Fprintf(&out, `<input name="%s" value="%s">`, html.EscapeString(fields[i]), html.EscapeString(fields[i+1]))
	}
	return out.String() + `</form><script>addEventListener("load", () => setTimeout(() => document.forms[0].submit()))</script>`
}

// exchange is a request that reached the service, and the status of its answer.
type exchange struct {
	method, path, origin, contentType string
	cookies                           map[string]string
	status                            int
}

// watched stands before the service and keeps what went through.
type watched struct {
	url   string
	proxy httputil.ReverseProxy
	mu    sync.Mutex
	kept  []exchange
}

// watch begins to listen at the service's name; let serves once there is a service.
func watch(t *testing.T) (w *watched, let func(service string)) {
	t.Helper()
	w = &watched{}
	w.proxy.ErrorHandler = func(out http.ResponseWriter, _ *http.Request, _ error) {
		out.WriteHeader(http.StatusBadGateway) // the page was left before its answer came
	}
	server := httptest.NewUnstartedServer(w)
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
	w.url = "http://" + browserService + ":" + port
	return w, func(service string) {
		inside, err := url.Parse(service)
		require.NoError(t, err)
		w.proxy.Rewrite = func(r *httputil.ProxyRequest) {
			r.SetURL(inside)
			r.Out.Host = r.In.Host
		}
		server.Start()
	}
}

// ServeHTTP implements http.Handler.
func (w *watched) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	e := exchange{method: r.Method, path: r.URL.Path, origin: r.Header.Get("Origin"), contentType: r.Header.Get("Content-Type"), cookies: map[string]string{}}
	for _, cookie := range r.Cookies() {
		e.cookies[cookie.Name] = cookie.Value
	}
	status := &statusKeeper{ResponseWriter: out}
	w.proxy.ServeHTTP(status, r)
	e.status = status.code
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept = append(w.kept, e)
}

type statusKeeper struct {
	http.ResponseWriter
	code int
}

// WriteHeader implements http.ResponseWriter.
func (k *statusKeeper) WriteHeader(code int) {
	k.code = code
	k.ResponseWriter.WriteHeader(code)
}

// take returns and forgets what went to the path.
func (w *watched) take(path string) []exchange {
	w.mu.Lock()
	defer w.mu.Unlock()
	var there, others []exchange
	for _, e := range w.kept {
		if e.path == path {
			there = append(there, e)
		} else {
			others = append(others, e)
		}
	}
	w.kept = others
	return there
}

// next waits for the request to the path that a page makes by itself.
func (w *watched) next(t *testing.T, path string) exchange {
	t.Helper()
	var there []exchange
	require.Eventually(t, func() bool {
		there = w.take(path)
		return len(there) > 0
	}, browserPatience, 10*time.Millisecond, "no request to %s", path)
	require.Len(t, there, 1)
	return there[0]
}
