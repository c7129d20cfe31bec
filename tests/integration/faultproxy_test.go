package integration

import (
	"bytes"
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// faultMode is what a faultProxy does to its connections.
type faultMode int

const (
	faultNone faultMode = iota
	// faultHang: what comes is taken and goes nowhere, as if the machine behind had been
	// unplugged. A connection that was hung once stays so; nobody tells its client.
	faultHang
	// faultSlow: everything arrives, but late.
	faultSlow
)

// faultLateness is beyond faultDeadline.
const faultLateness = 3 * time.Second

// faultCut says when a connection is cut that sends something.
type faultCut int

const (
	faultCutBefore faultCut = iota + 1 // it never arrives
	faultCutAfter                      // it arrives, and its answer is lost
)

// faultProxy stands before a server and breaks as networks and servers do.
type faultProxy struct {
	address string
	dial    func() (net.Conn, error)

	mu       sync.Mutex
	listener net.Listener
	mode     faultMode
	greeting []byte // said to whoever connects, instead of what the server says
	needle   []byte // what is cut
	cut      faultCut
	open     map[net.Conn]bool
}

// faultProxyTo starts a proxy to what dial reaches.
func faultProxyTo(t *testing.T, dial func() (net.Conn, error)) *faultProxy {
	t.Helper()
	p := &faultProxy{dial: dial, address: "127.0.0.1:0", open: map[net.Conn]bool{}}
	p.accept(t)
	t.Cleanup(p.refuse)
	return p
}

// accept takes connections, at the same address as ever.
func (p *faultProxy) accept(t *testing.T) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", p.address)
	require.NoError(t, err)
	p.address = listener.Addr().String()
	p.mu.Lock()
	p.listener = listener
	p.mu.Unlock()
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go p.serve(client)
		}
	}()
}

// refuse takes no connections any more, and cuts those that there are.
func (p *faultProxy) refuse() {
	p.mu.Lock()
	_ = p.listener.Close()
	p.mu.Unlock()
	p.cutAll()
}

func (p *faultProxy) cutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.open {
		_ = conn.Close()
	}
}

func (p *faultProxy) set(mode faultMode) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode = mode
}

// greet says the text to whoever connects and hangs up; nil lets them through.
func (p *faultProxy) greet(text []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.greeting = text
}

// cutOnce cuts the next connection that sends needle.
func (p *faultProxy) cutOnce(needle string, cut faultCut) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.needle, p.cut = []byte(needle), cut
}

func (p *faultProxy) now() (faultMode, []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mode, p.greeting
}

// met reports how to cut a connection that sends the text, once.
func (p *faultProxy) met(text []byte) faultCut {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cut == 0 || !bytes.Contains(text, p.needle) {
		return 0
	}
	defer func() { p.cut = 0 }()
	return p.cut
}

func (p *faultProxy) serve(client net.Conn) {
	p.note(client, true)
	defer p.note(client, false)
	mode, greeting := p.now()
	if greeting != nil {
		_, _ = client.Read(make([]byte, 1024))
		_, _ = client.Write(greeting)
		return
	}
	if mode == faultHang {
		_, _ = io.Copy(io.Discard, client)
		return
	}
	server, err := p.dial()
	if err != nil {
		return
	}
	p.note(server, true)
	defer p.note(server, false)
	link := &faultLink{proxy: p, client: client, server: server}
	go link.pump(server, client, false)
	link.pump(client, server, true)
}

func (p *faultProxy) note(conn net.Conn, open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if open {
		p.open[conn] = true
		return
	}
	_ = conn.Close()
	delete(p.open, conn)
}

// faultLink is one connection through the proxy.
type faultLink struct {
	proxy          *faultProxy
	client, server net.Conn

	mu   sync.Mutex
	hung bool
	mute bool // the next thing that the server says is lost, and the connection with it
}

func (l *faultLink) pump(from, to net.Conn, asking bool) {
	defer func() { _, _ = from.Close(), to.Close() }()
	chunk := make([]byte, 64<<10)
	for {
		n, err := from.Read(chunk)
		if err != nil {
			return
		}
		if !l.passes() {
			continue
		}
		if l.silenced(asking) {
			return
		}
		if asking {
			switch l.proxy.met(chunk[:n]) {
			case faultCutBefore:
				return
			case faultCutAfter:
				l.silence()
			}
		}
		if _, err := to.Write(chunk[:n]); err != nil {
			return
		}
	}
}

// passes waits as long as the proxy is slow, and reports whether anything still gets through.
func (l *faultLink) passes() bool {
	mode, _ := l.proxy.now()
	l.mu.Lock()
	l.hung = l.hung || mode == faultHang
	hung := l.hung
	l.mu.Unlock()
	if mode == faultSlow {
		time.Sleep(faultLateness)
	}
	return !hung
}

func (l *faultLink) silence() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mute = true
}

func (l *faultLink) silenced(asking bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.mute && !asking
}
