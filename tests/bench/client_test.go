package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// wire is a kept connection of a client that does as little as it can: on a machine of
// two cores everything that it did would be taken from the server.
type wire struct {
	conn   net.Conn
	reader *bufio.Reader
	body   []byte
	// session is the session cookie of the last answer that set one.
	session string
}

func dial(ctx context.Context, address string) (*wire, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &wire{conn: conn, reader: bufio.NewReader(conn)}, nil
}

var errAnswer = errors.New("no answer that a client understands")

// do sends a whole request and returns the answer. The body is good until the next call.
func (w *wire) do(request []byte) (status int, body []byte, err error) {
	if _, err := w.conn.Write(request); err != nil {
		return 0, nil, err
	}
	line, err := w.reader.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 12 {
		return 0, nil, errAnswer
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, nil, errAnswer
	}
	length, err := w.length()
	if err != nil {
		return 0, nil, err
	}
	w.body = slices.Grow(w.body[:0], length)[:length]
	_, err = io.ReadFull(w.reader, w.body)
	return status, w.body, err
}

// length reads the headers and returns how long the body is.
func (w *wire) length() (length int, err error) {
	for {
		line, err := w.reader.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if len(line) <= 2 {
			return length, nil
		}
		if value, found := bytes.CutPrefix(line, []byte("Set-Cookie: sessionid=")); found {
			key, _, _ := bytes.Cut(value, []byte(";"))
			w.session = string(key)
		}
		if value, found := bytes.CutPrefix(line, []byte("Content-Length: ")); found {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, errAnswer
			}
		}
	}
}

// load is clients that each send a request when the last one is answered.
type load struct {
	clients int
	lasting time.Duration
	// before prepares a client; may be nil.
	before func(t testing.TB, client int)
	// next is the client's next request.
	next func(client int) []byte
	// check looks at the answer; nil demands 200.
	check func(client, status int, body []byte) error
}

// figures are what was measured in a round.
type figures struct {
	requests int
	elapsed  time.Duration
	p50, p99 time.Duration
}

func (f figures) perSecond() float64 { return float64(f.requests) / f.elapsed.Seconds() }

// prepare prepares the clients.
func (l load) prepare(t testing.TB) {
	t.Helper()
	if l.before == nil {
		return
	}
	for client := range l.clients {
		l.before(t, client)
	}
}

func (l load) run(ctx context.Context, address string) (figures, error) {
	took := make([][]time.Duration, l.clients)
	failed := make([]error, l.clients)
	var working sync.WaitGroup
	began := time.Now()
	for i := range l.clients {
		working.Go(func() { took[i], failed[i] = l.client(ctx, address, i, began.Add(l.lasting)) })
	}
	working.Wait()
	made := figuresOf(slices.Concat(took...), time.Since(began))
	return made, errors.Join(failed...)
}

func (l load) client(ctx context.Context, address string, client int, end time.Time) (took []time.Duration, err error) {
	w, err := dial(ctx, address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = w.conn.Close() }()
	for began := time.Now(); len(took) == 0 || began.Before(end); {
		status, body, err := w.do(l.next(client))
		if err != nil {
			return took, err
		}
		now := time.Now()
		took = append(took, now.Sub(began))
		began = now
		if err := l.judge(client, status, body); err != nil {
			return took, err
		}
	}
	return took, nil
}

func (l load) judge(client, status int, body []byte) error {
	if l.check != nil {
		return l.check(client, status, body)
	}
	if status != 200 {
		return fmt.Errorf("%w: %d %s", errAnswer, status, body)
	}
	return nil
}

func figuresOf(took []time.Duration, elapsed time.Duration) figures {
	if len(took) == 0 {
		return figures{elapsed: elapsed}
	}
	slices.Sort(took)
	return figures{requests: len(took), elapsed: elapsed, p50: took[len(took)/2], p99: took[len(took)*99/100]}
}
