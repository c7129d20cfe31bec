package smtpmail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"latchkey/domain/secret"
)

// TLSMode says how a connection to the mail server is encrypted.
type TLSMode string

// The modes.
const (
	// TLSNone sends everything in clear. A password is then sent to this very
	// machine only.
	TLSNone TLSMode = "none"
	// TLSStart demands STARTTLS. A server that does not offer it is refused:
	// an attacker in between can strike the offer out.
	TLSStart TLSMode = "starttls"
	// TLSImplicit encrypts from the first byte (RFC 8314).
	TLSImplicit TLSMode = "implicit"
)

// SMTPConfig names a mail server.
type SMTPConfig struct {
	Host string
	// Port is the TCP port; zero means 25, 587 or 465, by the mode.
	Port int
	// Username and Password are for AUTH, which is left out without a Username.
	Username string
	Password secret.String
	TLS      TLSMode
	// Timeout bounds the connection's making and each command; zero means 10 s.
	Timeout time.Duration
	// HELO is the name to introduce ourselves by; empty means the domain of the
	// sender's address. The machine's own name is never told.
	HELO string
	// TLSConfig replaces the default trust in the system's certificates; nil keeps it.
	TLSConfig *tls.Config
}

var modePorts = map[TLSMode]int{TLSNone: 25, TLSStart: 587, TLSImplicit: 465}

// SMTP delivers letters to one mail server, each over a connection of its own.
type SMTP struct {
	config SMTPConfig
	tls    *tls.Config
}

var _ Transport = (*SMTP)(nil)

// NewSMTP checks the configuration and connects to nothing yet.
func NewSMTP(config SMTPConfig) (*SMTP, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	if config.Port == 0 {
		config.Port = modePorts[config.TLS]
	}
	if config.Timeout == 0 {
		config.Timeout = 10 * time.Second
	}
	trust := &tls.Config{}
	if config.TLSConfig != nil {
		trust = config.TLSConfig.Clone()
	}
	trust.ServerName = config.Host
	trust.MinVersion = max(trust.MinVersion, tls.VersionTLS12)
	return &SMTP{config: config, tls: trust}, nil
}

func (c SMTPConfig) check() error {
	if _, known := modePorts[c.TLS]; !known {
		return fmt.Errorf("TLS mode %q is none of none, starttls, implicit", string(c.TLS))
	}
	if c.Host == "" || !ascii(c.Host) || strings.ContainsRune(c.Host, ' ') {
		return errors.New("the mail server's host is missing or not a name")
	}
	if c.Port < 0 || c.Port > 65535 || c.Timeout < 0 {
		return errors.New("the mail server's port or timeout is out of range")
	}
	if !ascii(c.HELO) || strings.ContainsRune(c.HELO, ' ') {
		return errors.New("the HELO name is not a host name")
	}
	if c.Username != "" && c.TLS == TLSNone && !loopback(c.Host) {
		return errors.New("a password is not sent without TLS: set the TLS mode to starttls or implicit")
	}
	return nil
}

func loopback(host string) bool {
	return slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, host)
}

// Deliver sends the letter. Its errors are *Failure; one after which the server
// may have taken the letter all the same (the connection broke before the last
// answer) is not permanent, so that the letter is sent twice rather than never.
func (s *SMTP) Deliver(ctx context.Context, letter Letter) error {
	m, err := encode(letter)
	if err != nil {
		return err
	}
	conn, err := s.connect(ctx)
	if err != nil {
		return failed(ctx, "connect", false, err)
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	return s.converse(ctx, conn, m)
}

// connect dials, and in implicit mode shakes hands.
func (s *SMTP) connect(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	dialed, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(s.config.Host, strconv.Itoa(s.config.Port)))
	if err != nil {
		return nil, err
	}
	conn := &boundedConn{Conn: dialed, left: maxAnswers}
	if s.config.TLS != TLSImplicit {
		return conn, nil
	}
	encrypted := tls.Client(conn, s.tls)
	if err := encrypted.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return encrypted, nil
}

// maxAnswers is how many bytes a server may send us in one dialogue. Answers are
// read line by line whatever a line's length, so that a server (or whoever plays
// one) could otherwise fill the memory.
const maxAnswers = 1 << 20

var errTalkative = errors.New("the server sent more than a mail server has to say")

// boundedConn stops reading after a number of bytes.
type boundedConn struct {
	net.Conn
	left int
}

// Read returns errTalkative when the bytes are used up.
func (c *boundedConn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errTalkative
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}
