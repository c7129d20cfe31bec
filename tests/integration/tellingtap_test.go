package integration

import (
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// tellingTap sits between the service and PostgreSQL and notes what the service asks.
type tellingTap struct {
	mu    sync.Mutex
	texts []string
}

// take returns the statements since it was last called.
func (p *tellingTap) take() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	taken := p.texts
	p.texts = nil
	return taken
}

func (p *tellingTap) note(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.texts = append(p.texts, text)
}

// tellingDialogue is one connection: what it has prepared, by name.
type tellingDialogue struct {
	*tellingTap
	prepared map[string]string
}

// heard notes what is executed (PostgreSQL's protocol, "Message Formats").
func (d tellingDialogue) heard(kind byte, body string) {
	parts := strings.SplitN(body, "\x00", 3)
	switch {
	case kind == 'P':
		d.prepared[parts[0]] = parts[1]
	case kind == 'B':
		d.note(d.prepared[parts[1]])
	case kind == 'Q':
		d.note(parts[0])
	}
}

// tellingTapped returns the URL of a tap before the database.
func tellingTapped(t *testing.T, database string) (*tellingTap, string) {
	t.Helper()
	parsed, err := url.Parse(database)
	require.NoError(t, err)
	socket := parsed.Query().Get("host") + "/.s.PGSQL.5432"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	tap := &tellingTap{}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { tap.serve(client, socket) })
		}
	})
	t.Cleanup(serving.Wait) // after the service has closed its connections
	t.Cleanup(func() { _ = listener.Close() })
	return tap, "postgres://" + parsed.User.String() + "@" + listener.Addr().String() + parsed.Path + "?sslmode=disable"
}

func (p *tellingTap) serve(client net.Conn, socket string) {
	server, err := net.Dial("unix", socket)
	if err != nil {
		_ = client.Close()
		return
	}
	var both sync.WaitGroup
	both.Go(func() {
		_, _ = io.Copy(client, server)
		_ = client.Close()
	})
	p.listen(client, server)
	_ = server.Close()
	both.Wait()
}

// listen passes the frontend's messages on: a type and a length that counts itself. The
// first one has no type. What is heard is noted first: the answer follows from what is passed on.
func (p *tellingTap) listen(client io.Reader, server io.Writer) {
	dialogue := tellingDialogue{p, map[string]string{}}
	for header := make([]byte, 4); ; header = make([]byte, 5) {
		body, err := tellingMessage(client, header)
		if err != nil {
			return
		}
		if len(header) == 5 {
			dialogue.heard(header[0], string(body))
		}
		if _, err := server.Write(slices.Concat(header, body)); err != nil {
			return
		}
	}
}

// tellingMessage fills the header and returns what follows it.
func tellingMessage(client io.Reader, header []byte) ([]byte, error) {
	if _, err := io.ReadFull(client, header); err != nil {
		return nil, err
	}
	body := make([]byte, binary.BigEndian.Uint32(header[len(header)-4:])-4)
	_, err := io.ReadFull(client, body)
	return body, err
}
