package bench

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// tap stands between the service and PostgreSQL and notes the statements that go by.
type tap struct {
	server string // its socket
	mu     sync.Mutex
	seen   []string
}

// tapped returns the database through a tap.
func tapped(t testing.TB, d database) (database, *tap) {
	t.Helper()
	before, query, _ := strings.Cut(d.url, "?")
	where, err := url.ParseQuery(query)
	require.NoError(t, err)
	folder := t.TempDir()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", filepath.Join(folder, ".s.PGSQL.5432"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	made := &tap{server: filepath.Join(where.Get("host"), ".s.PGSQL."+where.Get("port"))}
	go made.accept(t, listener)
	d.url = before + "?host=" + folder
	return d, made
}

func (p *tap) accept(t testing.TB, listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return // the test is over
		}
		server, err := new(net.Dialer).DialContext(t.Context(), "unix", p.server)
		if err != nil {
			_ = client.Close()
			return
		}
		go func() {
			_, _ = io.Copy(client, server)
			_ = client.Close()
		}()
		go func() {
			_ = p.forward(client, server)
			_ = server.Close()
		}()
	}
}

// forward reads the frontend's messages: Q is a statement, and so is each E of what P
// prepared and B bound.
func (p *tap) forward(client io.Reader, server io.Writer) error {
	reader, texts, bound := bufio.NewReader(client), map[string]string{}, ""
	if err := startup(reader, server); err != nil {
		return err
	}
	head := make([]byte, 5)
	for {
		if _, err := io.ReadFull(reader, head); err != nil {
			return err
		}
		body := make([]byte, binary.BigEndian.Uint32(head[1:])-4)
		if _, err := io.ReadFull(reader, body); err != nil {
			return err
		}
		switch head[0] {
		case 'Q':
			p.note(text(body))
		case 'P':
			name := text(body)
			texts[name] = text(body[len(name)+1:])
		case 'B':
			bound = text(body[len(text(body))+1:])
		case 'E':
			p.note(texts[bound])
		}
		if _, err := server.Write(append(bytes.Clone(head), body...)); err != nil {
			return err
		}
	}
}

// startup passes the first message on, which has no type.
func startup(reader *bufio.Reader, server io.Writer) error {
	head, err := reader.Peek(4)
	if err != nil {
		return err
	}
	_, err = io.CopyN(server, reader, int64(binary.BigEndian.Uint32(head)))
	return err
}

func text(body []byte) string {
	before, _, _ := bytes.Cut(body, []byte{0})
	return string(before)
}

// note keeps the statement, but for those of the worker that delivers mail, of the
// driver's look whether a connection lives, and those which begin and end transactions.
func (p *tap) note(statement string) {
	statement = strings.Join(strings.Fields(statement), " ")
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = append(p.seen, statement)
}

// counted are the statements of a request.
type counted struct {
	statements []string
	// control counts what begins and ends transactions and parts of them.
	control int
}

// fewest returns what went by while work ran, at one of several times: workers of the
// service may make statements meanwhile.
func (p *tap) fewest(work func()) counted {
	found := p.during(work)
	for range 4 {
		if again := p.during(work); len(again.statements) < len(found.statements) {
			found = again
		}
	}
	return found
}

// during returns what went by while work ran.
func (p *tap) during(work func()) counted {
	p.mu.Lock()
	p.seen = nil
	p.mu.Unlock()
	work()
	p.mu.Lock()
	defer p.mu.Unlock()
	var c counted
	for _, statement := range p.seen {
		word, _, _ := strings.Cut(strings.ToLower(statement), " ")
		switch {
		case strings.Contains(statement, "latchkey_outbox") && word != "insert", strings.HasPrefix(statement, "-- ping"), statement == ";", statement == "":
		case word == "begin" || word == "commit" || word == "rollback" || word == "savepoint" || word == "release":
			c.control++
		default:
			c.statements = append(c.statements, statement)
		}
	}
	return c
}
