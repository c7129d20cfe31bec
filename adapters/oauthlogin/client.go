package oauthlogin

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

const (
	// timeoutDefault bounds a call. A client waits for it, and so does a connection.
	timeoutDefault = 10 * time.Second
	// bodyMost is more than any honest answer has, and little enough to hold many of.
	bodyMost = 1 << 20
	// headerMost is the same for headers. The library would take ten megabytes.
	headerMost = 64 << 10
	// connectionsMost keeps a flood of sign-ins, or a provider that hangs, from
	// taking all of our sockets. Further calls wait, and give up in time.
	connectionsMost = 32
	redirectsMost   = 3
	// retryAfter is when a provider that gave no usable answer may be asked again.
	retryAfter = 30 * time.Second
)

// client calls one provider.
type client struct {
	http *http.Client
	name string
	log  *slog.Logger
}

func newClient(c Config, log *slog.Logger) *client {
	timeout := c.Timeout
	if timeout == 0 {
		timeout = timeoutDefault
	}
	dialer := &net.Dialer{Timeout: timeout, Control: newGuard(c).control}
	transport := &http.Transport{
		DialContext:         dialer.DialContext,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: timeout,
		ForceAttemptHTTP2:   true,
		MaxConnsPerHost:     connectionsMost,
		IdleConnTimeout:     time.Minute,

		MaxResponseHeaderBytes: headerMost,
	}
	return &client{name: c.Name, log: log, http: &http.Client{
		Transport: limited{transport}, Timeout: timeout, CheckRedirect: stayThere,
	}}
}

var errRedirect = errors.New("the provider redirects too often, or elsewhere")

// stayThere follows redirects within one origin: credentials and the right to be
// believed must not move to another host.
func stayThere(next *http.Request, before []*http.Request) error {
	first := before[0].URL
	if len(before) > redirectsMost || next.URL.Host != first.Host || next.URL.Scheme != first.Scheme {
		return errRedirect
	}
	return nil
}

var errTooLarge = errors.New("the provider's answer is too large")

// limited cuts answers off that are larger than any honest one.
type limited struct{ *http.Transport }

// RoundTrip implements http.RoundTripper.
func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("User-Agent") == "" {
		r = r.Clone(r.Context())
		r.Header.Set("User-Agent", "latchkey")
	}
	answer, err := l.Transport.RoundTrip(r)
	if err == nil {
		answer.Body = &limitedBody{ReadCloser: answer.Body, left: bodyMost}
	}
	return answer, err
}

type limitedBody struct {
	io.ReadCloser
	left int
}

// Read fails, and does not end, behind the limit: half an answer must not pass for a whole one.
func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// call is one request to the provider.
type call struct {
	step   string // what it is for, for the log
	method string // empty: GET
	url    string
	query  url.Values
	form   url.Values
	bearer secret.String
	// user and password are for basic authentication.
	user     string
	password secret.String
	json     any
	// troubleRefuses: a status of the provider's own trouble speaks of the proof, too.
	troubleRefuses bool
}

// fetch makes the call and returns its answer as a JSON object. Whatever status says
// that the proof is no good gives refused; what is no usable answer gives
// identities.ErrProviderUnavailable.
func (c *client) fetch(ctx context.Context, in call, refused error) (object, error) {
	answer, err := c.read(ctx, in)
	var answered status
	if errors.As(err, &answered) && answered/100 == 5 && in.troubleRefuses {
		err = status(http.StatusBadRequest)
	}
	if err != nil {
		return nil, c.told(ctx, in.step, err, refused)
	}
	found, err := parseObject(answer)
	if err != nil {
		return nil, c.told(ctx, in.step, errNoJSON, refused)
	}
	return found, nil
}

var errNoJSON = errors.New("the provider's answer is no JSON object")

// status is an answer without what was asked for.
type status int

// Error implements error.
func (s status) Error() string { return "the provider answers " + strconv.Itoa(int(s)) }

// refuses reports whether the answer speaks of the proof. A redirect that leads
// nowhere, a limit on our calls and a provider's own trouble do not.
func (s status) refuses() bool {
	return s/100 == 2 || s/100 == 4 && s != http.StatusTooManyRequests && s != http.StatusRequestTimeout
}

// read makes the call and returns the body of a good answer.
func (c *client) read(ctx context.Context, in call) ([]byte, error) {
	body, _, err := c.readWithHeader(ctx, in)
	return body, err
}

func (c *client) readWithHeader(ctx context.Context, in call) ([]byte, http.Header, error) {
	request, err := in.request(ctx)
	if err != nil {
		return nil, nil, err
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return nil, nil, status(answer.StatusCode)
	}
	body, err := io.ReadAll(answer.Body)
	return body, answer.Header, err
}

// unavailable is told of what says nothing about a proof: whatever went wrong, the
// provider gave no usable answer.
func (c *client) unavailable(ctx context.Context, step string, err error) error {
	return c.told(ctx, step, err, identities.ErrProviderUnavailable.After(retryAfter))
}

func (in call) request(ctx context.Context) (*http.Request, error) {
	target := in.url
	if len(in.query) > 0 {
		separator := "?"
		if strings.Contains(target, "?") {
			separator = "&"
		}
		target += separator + in.query.Encode()
	}
	body, kind := in.body()
	request, err := http.NewRequestWithContext(ctx, or(in.method, http.MethodGet), target, body)
	if err != nil {
		return nil, errNoJSON // the error would tell the whole URL
	}
	request.Header.Set("Accept", "application/json")
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	if !in.bearer.Empty() {
		request.Header.Set("Authorization", "Bearer "+in.bearer.Reveal())
	}
	if in.user != "" {
		request.SetBasicAuth(in.user, in.password.Reveal())
	}
	return request, nil
}

func (in call) body() (io.Reader, string) {
	switch {
	case in.form != nil:
		return strings.NewReader(in.form.Encode()), "application/x-www-form-urlencoded"
	case in.json != nil:
		text, _ := json.Marshal(in.json) //nolint:errchkjson // texts only
		return bytes.NewReader(text), "application/json"
	}
	return http.NoBody, ""
}

// told is the one place where what went wrong becomes a refusal. It goes to the log
// without the URL, in which there may be a token.
func (c *client) told(ctx context.Context, step string, err, refused error) error {
	if ctx.Err() != nil {
		return ctx.Err() // who asked has gone: this says nothing about the provider
	}
	var addressed *url.Error
	if errors.As(err, &addressed) {
		err = addressed.Err
	}
	var answered status
	if errors.As(err, &answered) && answered.refuses() {
		c.log.Info("a provider refused a proof", "provider", c.name, "step", step, "reason", err.Error())
		return refused
	}
	c.log.Warn("a provider gave no usable answer", "provider", c.name, "step", step, "reason", err.Error())
	return identities.ErrProviderUnavailable.After(retryAfter)
}
