package pwnedpasswords

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

const (
	// timeout bounds the whole call: somebody waits for it with a form before him.
	timeout = 1500 * time.Millisecond
	// answerMost is several times what a padded answer has.
	answerMost = 256 << 10
	headerMost = 16 << 10
	// connectionsMost keeps a flood of registrations from taking all of our sockets.
	// Further calls wait, and give up in time.
	connectionsMost = 16
)

type client struct {
	http    *http.Client
	address string
}

func newClient(address string) *client {
	return &client{address: address, http: &http.Client{
		Timeout: timeout,
		// A redirect is no answer: it would tell the prefix to a host that nobody chose.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            (&net.Dialer{Timeout: timeout}).DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    timeout,
			ForceAttemptHTTP2:      true,
			MaxConnsPerHost:        connectionsMost,
			MaxIdleConnsPerHost:    connectionsMost,
			IdleConnTimeout:        time.Minute,
			MaxResponseHeaderBytes: headerMost,
		},
	}}
}

var errTooLarge = errors.New("pwnedpasswords: the answer is too large")

// fetch returns the answer for a prefix.
func (c *client) fetch(ctx context.Context, prefix string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.address+prefix, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Add-Padding", "true")
	request.Header.Set("User-Agent", "latchkey") // the service refuses callers without one
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("pwnedpasswords: the service answered with status %d", answer.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, answerMost+1))
	if err == nil && len(body) > answerMost {
		err = errTooLarge
	}
	return body, err
}
