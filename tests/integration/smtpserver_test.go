package integration

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// delivered is one message as the mail server took it.
type delivered struct {
	from, user string
	to         []string
	raw        string
	encrypted  bool
}

// mailServer is a real SMTP server on the loopback interface.
type mailServer struct {
	port     int
	password string // AUTH is offered when it is set
	refuse   map[string]error

	mu    sync.Mutex
	mails []delivered
	helos []string
	wire  strings.Builder // what the client sent that could be read on the wire
}

// startMailServer runs a server. tlsConfig offers STARTTLS, or with implicit the
// server speaks TLS only. refuse maps a command to the answer that it gets.
func startMailServer(t *testing.T, s *mailServer, tlsConfig *tls.Config, implicit bool) *mailServer {
	t.Helper()
	listener := s.listen(t)
	server := smtp.NewServer(smtp.BackendFunc(s.session))
	server.Domain = "mail.example"
	server.AllowInsecureAuth = true
	server.EnableSMTPUTF8 = true
	server.ReadTimeout, server.WriteTimeout = 5*time.Second, 5*time.Second
	server.ErrorLog = silent{}
	if implicit {
		listener = tls.NewListener(listener, tlsConfig)
	} else {
		server.TLSConfig = tlsConfig
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return s
}

// listen opens the port and notes whatever arrives there.
func (s *mailServer) listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	s.port = listener.Addr().(*net.TCPAddr).Port
	return tapped{listener, s}
}

func (s *mailServer) session(conn *smtp.Conn) (smtp.Session, error) {
	_, encrypted := conn.TLSConnectionState()
	s.mu.Lock()
	s.helos = append(s.helos, conn.Hostname())
	s.mu.Unlock()
	return &mailSession{server: s, mail: delivered{encrypted: encrypted}}, nil
}

func (s *mailServer) received() []delivered {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]delivered(nil), s.mails...)
}

func (s *mailServer) onTheWire() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wire.String()
}

// mailSession is one dialogue.
type mailSession struct {
	server *mailServer
	mail   delivered
}

func (s *mailSession) AuthMechanisms() []string {
	if s.server.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if password != s.server.password {
			return smtp.ErrAuthFailed
		}
		s.mail.user = username
		return nil
	}), nil
}

func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.password != "" && s.mail.user == "" {
		return smtp.ErrAuthRequired
	}
	s.mail.from = from
	return s.server.refuse["MAIL"]
}

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.to = append(s.mail.to, to)
	return s.server.refuse["RCPT"]
}

func (s *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.server.refuse["DATA"]; err != nil {
		return err
	}
	s.mail.raw = string(raw)
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, s.mail)
	return nil
}

func (s *mailSession) Reset()        {}
func (s *mailSession) Logout() error { return nil }

// silent keeps the server's own complaints out of the test's output.
type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// tapped notes what clients send, as an eavesdropper would.
type tapped struct {
	net.Listener
	server *mailServer
}

func (l tapped) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return tappedConn{conn, l.server}, err
}

type tappedConn struct {
	net.Conn
	server *mailServer
}

func (c tappedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.wire.Write(p[:n])
	return n, err
}

// startScript runs a server that says what play says, for behaviour that no
// honest mail server shows.
func startScript(t *testing.T, play func(conn net.Conn, lines *bufio.Reader)) *mailServer {
	t.Helper()
	s := &mailServer{}
	listener := s.listen(t)
	var open sync.WaitGroup
	t.Cleanup(open.Wait)
	open.Go(func() {
		for {
			conn, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			open.Go(func() {
				defer func() { _ = conn.Close() }()
				play(conn, bufio.NewReader(conn))
			})
		}
	})
	t.Cleanup(func() { _ = listener.Close() })
	return s
}

// say writes the lines, and expect reads one line from the client.
func say(conn net.Conn, text string) { _, _ = io.WriteString(conn, text) }

func expect(lines *bufio.Reader) string {
	line, _ := lines.ReadString('\n')
	return line
}

// testCA makes a certificate for the names, signed by an authority that only the
// returned pool knows.
func testCA(t *testing.T, names ...string) (*tls.Config, *x509.CertPool) {
	t.Helper()
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	valid := x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	ca := valid
	ca.Subject = pkix.Name{CommonName: "test authority"}
	ca.IsCA, ca.BasicConstraintsValid, ca.KeyUsage = true, true, x509.KeyUsageCertSign
	caDER, err := x509.CreateCertificate(rand.Reader, &ca, &ca, &caKey.PublicKey, caKey)
	require.NoError(t, err)
	authority, err := x509.ParseCertificate(caDER)
	require.NoError(t, err)

	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	leaf := valid
	leaf.SerialNumber, leaf.DNSNames = big.NewInt(2), names
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	leafDER, err := x509.CreateCertificate(rand.Reader, &leaf, authority, &key.PublicKey, caKey)
	require.NoError(t, err)

	pool := x509.NewCertPool()
	pool.AddCert(authority)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leafDER, caDER}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, pool
}
