package integration

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"latchkey/adapters/smtpmail"
	"latchkey/application/ports"
	"latchkey/domain/secret"
)

const resetLink = "https://app.example.com/reset/MQ/abc-123/"

func resetMail() ports.Mail {
	return ports.Mail{
		To: "bob@example.com", Template: ports.MailResetPassword, Username: "bøb",
		Link: resetLink, Site: ports.Site{Name: "Ex & Söhne", Domain: "example.com"},
	}
}

// newMailer makes a mailer for the server; adjust changes the configuration.
func newMailer(t *testing.T, server *mailServer, adjust func(*smtpmail.SMTPConfig)) *smtpmail.Mailer {
	t.Helper()
	config := smtpmail.SMTPConfig{Host: "localhost", Port: server.port, TLS: smtpmail.TLSNone, Timeout: 5 * time.Second}
	if adjust != nil {
		adjust(&config)
	}
	transport, err := smtpmail.NewSMTP(config)
	require.NoError(t, err)
	composer, err := smtpmail.NewComposer(nil, smtpmail.Options{From: "Latch <noreply@mail.example>"})
	require.NoError(t, err)
	return smtpmail.NewMailer(composer, transport)
}

func trusting(pool *x509.CertPool, mode smtpmail.TLSMode) func(*smtpmail.SMTPConfig) {
	return func(c *smtpmail.SMTPConfig) {
		c.TLS, c.TLSConfig = mode, &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
}

// requireFailure checks that the error is final or not, and tells no secret.
func requireFailure(t *testing.T, err error, permanent bool) {
	t.Helper()
	var failure *smtpmail.Failure
	require.ErrorAs(t, err, &failure)
	require.Equal(t, permanent, failure.Permanent(), "%v", err)
	require.NotContains(t, err.Error(), "abc-123")
	require.NotContains(t, err.Error(), "hunter2")
}

func TestPlainSMTPDeliversTheWholeMessage(t *testing.T) {
	server := startMailServer(t, &mailServer{}, nil, false)
	require.NoError(t, newMailer(t, server, nil).Send(t.Context(), resetMail()))

	mails := server.received()
	require.Len(t, mails, 1)
	require.Equal(t, "noreply@mail.example", mails[0].from)
	require.Equal(t, []string{"bob@example.com"}, mails[0].to)

	msg, err := mail.ReadMessage(strings.NewReader(mails[0].raw))
	require.NoError(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, "[Ex & Söhne] Password Reset Email", subject)
	require.Equal(t, `"Latch" <noreply@mail.example>`, msg.Header.Get("From"))
	require.Equal(t, "<bob@example.com>", msg.Header.Get("To"))
	sent, err := msg.Header.Date()
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), sent, time.Minute)

	text, html := mailParts(t, msg)
	require.Contains(t, text, "Hello bøb,")
	require.Contains(t, text, "\r\n"+resetLink+"\r\n")
	require.Contains(t, html, `href="`+resetLink+`"`)
	require.Contains(t, html, "Ex &amp; Söhne")
}

// mailParts returns the text and the HTML part of a message that has these two.
func mailParts(t *testing.T, msg *mail.Message) (text, html string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", kind)
	parts := multipart.NewReader(msg.Body, params["boundary"])
	var contents []string
	for _, want := range []string{"text/plain", "text/html"} {
		part, err := parts.NextRawPart()
		require.NoError(t, err)
		require.Equal(t, want+"; charset=UTF-8", part.Header.Get("Content-Type"))
		require.Equal(t, "quoted-printable", part.Header.Get("Content-Transfer-Encoding"))
		content, err := io.ReadAll(quotedprintable.NewReader(part))
		require.NoError(t, err)
		contents = append(contents, string(content))
	}
	_, err = parts.NextRawPart()
	require.ErrorIs(t, err, io.EOF)
	return contents[0], contents[1]
}

func TestNothingTellsOfTheMachineOrTheLibrary(t *testing.T) {
	server := startMailServer(t, &mailServer{}, nil, false)
	require.NoError(t, newMailer(t, server, nil).Send(t.Context(), resetMail()))
	msg, err := mail.ReadMessage(strings.NewReader(server.received()[0].raw))
	require.NoError(t, err)
	var names []string
	for name := range msg.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	require.Equal(t, []string{"Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To", "User-Agent", "X-Mailer"}, names)
	require.Equal(t, "Latchkey", msg.Header.Get("User-Agent"))
	require.Equal(t, "Latchkey", msg.Header.Get("X-Mailer"))
	require.Contains(t, msg.Header.Get("Message-Id"), "@mail.example>")
	host, err := os.Hostname()
	require.NoError(t, err)
	require.NotContains(t, server.onTheWire(), "EHLO "+host)
	require.NotContains(t, strings.ToLower(server.onTheWire()), "go-mail")
	require.Equal(t, []string{"mail.example"}, server.helos)
}

func TestTheHELONameCanBeSet(t *testing.T) {
	server := startMailServer(t, &mailServer{}, nil, false)
	mailer := newMailer(t, server, func(c *smtpmail.SMTPConfig) { c.HELO = "out.example" })
	require.NoError(t, mailer.Send(t.Context(), resetMail()))
	require.Equal(t, []string{"out.example"}, server.helos)
}

func TestEncryptedDelivery(t *testing.T) {
	serverTLS, pool := testCA(t, "localhost")
	for _, mode := range []smtpmail.TLSMode{smtpmail.TLSStart, smtpmail.TLSImplicit} {
		t.Run(string(mode), func(t *testing.T) {
			server := startMailServer(t, &mailServer{password: "hunter2"}, serverTLS, mode == smtpmail.TLSImplicit)
			mailer := newMailer(t, server, func(c *smtpmail.SMTPConfig) {
				trusting(pool, mode)(c)
				c.Username, c.Password = "latch", secret.New("hunter2")
			})
			require.NoError(t, mailer.Send(t.Context(), resetMail()))
			mails := server.received()
			require.Len(t, mails, 1)
			require.True(t, mails[0].encrypted)
			require.Equal(t, "latch", mails[0].user)
			require.NotContains(t, server.onTheWire(), "AUTH")
			require.NotContains(t, server.onTheWire(), "bob@example.com")
		})
	}
}

func TestCertificatesAreVerified(t *testing.T) {
	_, stranger := testCA(t, "localhost")
	otherName, pool := testCA(t, "elsewhere.example")
	for _, mode := range []smtpmail.TLSMode{smtpmail.TLSStart, smtpmail.TLSImplicit} {
		for name, trusted := range map[string]*x509.CertPool{"unknown authority": stranger, "another name": pool} {
			t.Run(string(mode)+" "+name, func(t *testing.T) {
				server := startMailServer(t, &mailServer{}, otherName, mode == smtpmail.TLSImplicit)
				err := newMailer(t, server, trusting(trusted, mode)).Send(t.Context(), resetMail())
				requireFailure(t, err, false)
				var untrusted *tls.CertificateVerificationError
				require.ErrorAs(t, err, &untrusted)
				require.Empty(t, server.received())
			})
		}
	}
}

func TestAServerWithoutSTARTTLSGetsNothingInClear(t *testing.T) {
	server := startMailServer(t, &mailServer{password: "hunter2"}, nil, false)
	mailer := newMailer(t, server, func(c *smtpmail.SMTPConfig) {
		c.TLS, c.Username, c.Password = smtpmail.TLSStart, "latch", secret.New("hunter2")
	})
	err := mailer.Send(t.Context(), resetMail())
	requireFailure(t, err, false)
	require.ErrorContains(t, err, "STARTTLS")
	require.Equal(t, "EHLO mail.example\r\n", server.onTheWire())
}

func TestWordsSlippedInBeforeTLSAreForgotten(t *testing.T) {
	server := startScript(t, func(conn net.Conn, lines *bufio.Reader) {
		say(conn, "220 mail.example\r\n")
		expect(lines)
		say(conn, "250-mail.example\r\n250 STARTTLS\r\n")
		expect(lines)
		// The attacker answers the commands to come before the handshake.
		say(conn, "220 go ahead\r\n250-mail.example\r\n250 AUTH PLAIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n")
		_, _ = io.Copy(io.Discard, lines)
	})
	mailer := newMailer(t, server, func(c *smtpmail.SMTPConfig) { c.TLS, c.Timeout = smtpmail.TLSStart, time.Second })
	requireFailure(t, mailer.Send(t.Context(), resetMail()), false)
	require.NotContains(t, server.onTheWire(), "MAIL FROM")
}

func TestAuthentication(t *testing.T) {
	for name, c := range map[string]struct {
		offered, given string
		ok             bool
	}{
		"right password": {"hunter2", "hunter2", true},
		"wrong password": {"other", "hunter2", false},
		"not offered":    {"", "hunter2", false},
	} {
		t.Run(name, func(t *testing.T) {
			server := startMailServer(t, &mailServer{password: c.offered}, nil, false)
			mailer := newMailer(t, server, func(config *smtpmail.SMTPConfig) {
				config.Username, config.Password = "latch", secret.New(c.given)
			})
			err := mailer.Send(t.Context(), resetMail())
			if c.ok {
				require.NoError(t, err)
				require.Equal(t, "latch", server.received()[0].user)
				return
			}
			requireFailure(t, err, false)
			require.ErrorContains(t, err, "AUTH")
			require.Empty(t, server.received())
		})
	}
}

func TestTheStrongestMechanismThatIsOfferedIsUsed(t *testing.T) {
	for offered, wantWire := range map[string]string{
		"LOGIN PLAIN SCRAM-SHA-256": "AUTH SCRAM-SHA-256\r\n",
		"LOGIN PLAIN":               "AUTH PLAIN AGxhdGNoAGh1bnRlcjI=\r\n",
		"CRAM-MD5 LOGIN":            "AUTH LOGIN\r\nbGF0Y2g=\r\naHVudGVyMg==\r\n",
	} {
		t.Run(offered, func(t *testing.T) {
			server := startScript(t, func(conn net.Conn, lines *bufio.Reader) {
				say(conn, "220 mail.example\r\n")
				expect(lines)
				say(conn, "250-mail.example\r\n250 AUTH "+offered+"\r\n")
				if strings.HasPrefix(expect(lines), "AUTH LOGIN") {
					for _, question := range []string{"334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n"} {
						say(conn, question)
						expect(lines)
					}
				}
				say(conn, "535 5.7.8 no hunter2\r\n")
				hang(conn, lines)
			})
			mailer := newMailer(t, server, func(c *smtpmail.SMTPConfig) {
				c.Username, c.Password, c.Timeout = "latch", secret.New("hunter2"), 500*time.Millisecond
			})
			err := mailer.Send(t.Context(), resetMail())
			requireFailure(t, err, false)
			require.ErrorContains(t, err, "mail: AUTH: the server answered 535 5.7.8")
			require.Contains(t, server.onTheWire(), wantWire)
		})
	}
}

func TestRefusalsAreFinalOrNot(t *testing.T) {
	for _, command := range []string{"MAIL", "RCPT", "DATA"} {
		for _, code := range []int{451, 550} {
			refusal := &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 7, 1}, Message: "blocked " + resetLink}
			t.Run(command+" "+map[int]string{451: "temporary", 550: "permanent"}[code], func(t *testing.T) {
				server := startMailServer(t, &mailServer{refuse: map[string]error{command: refusal}}, nil, false)
				err := newMailer(t, server, nil).Send(t.Context(), resetMail())
				requireFailure(t, err, code == 550)
				var reply *smtpmail.Reply
				require.ErrorAs(t, err, &reply)
				require.Equal(t, code, reply.Code)
				require.ErrorContains(t, err, "mail: "+command)
				require.Empty(t, server.received())
			})
		}
	}
}

func TestAServerThatTurnsEverybodyAwayIsTriedAgain(t *testing.T) {
	server := startScript(t, func(conn net.Conn, _ *bufio.Reader) { say(conn, "554 no mail here\r\n") })
	requireFailure(t, newMailer(t, server, nil).Send(t.Context(), resetMail()), false)
}

func TestNobodyListeningIsTriedAgain(t *testing.T) {
	server := startScript(t, func(net.Conn, *bufio.Reader) {})
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server.port = listener.Addr().(*net.TCPAddr).Port
	require.NoError(t, listener.Close())
	requireFailure(t, newMailer(t, server, nil).Send(t.Context(), resetMail()), false)
}

func hang(_ net.Conn, lines *bufio.Reader) { _, _ = io.Copy(io.Discard, lines) }

func TestAServerThatHangsIsGivenUpAfterTheTimeout(t *testing.T) {
	for name, play := range map[string]func(net.Conn, *bufio.Reader){
		"before the greeting": hang,
		"after the greeting": func(conn net.Conn, lines *bufio.Reader) {
			say(conn, "220 mail.example\r\n")
			hang(conn, lines)
		},
		"in the middle of a line": func(conn net.Conn, lines *bufio.Reader) {
			say(conn, "220 mail.exa")
			hang(conn, lines)
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := startScript(t, play)
			mailer := newMailer(t, server, func(c *smtpmail.SMTPConfig) { c.Timeout = 200 * time.Millisecond })
			start := time.Now()
			requireFailure(t, mailer.Send(t.Context(), resetMail()), false)
			require.Less(t, time.Since(start), 3*time.Second)
		})
	}
}

func TestTheCallersDeadlineHoldsInEveryMode(t *testing.T) {
	for _, mode := range []smtpmail.TLSMode{smtpmail.TLSNone, smtpmail.TLSStart, smtpmail.TLSImplicit} {
		t.Run(string(mode), func(t *testing.T) {
			server := startScript(t, hang)
			mailer := newMailer(t, server, func(c *smtpmail.SMTPConfig) { c.TLS, c.Timeout = mode, time.Minute })
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			start := time.Now()
			err := mailer.Send(ctx, resetMail())
			requireFailure(t, err, false)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Less(t, time.Since(start), 3*time.Second)
		})
	}
}

// greetUntilData plays an honest server up to DATA.
func greetUntilData(conn net.Conn, lines *bufio.Reader) {
	say(conn, "220 mail.example\r\n")
	for _, answer := range []string{"250 mail.example\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n"} {
		expect(lines)
		say(conn, answer)
	}
}

func TestAConnectionDroppedInDATAIsTriedAgain(t *testing.T) {
	server := startScript(t, func(conn net.Conn, lines *bufio.Reader) {
		greetUntilData(conn, lines)
		expect(lines)
	})
	requireFailure(t, newMailer(t, server, nil).Send(t.Context(), resetMail()), false)
}

func TestALetterThatIsTakenIsNotSentAgainBecauseOfTheGoodbye(t *testing.T) {
	server := startScript(t, func(conn net.Conn, lines *bufio.Reader) {
		greetUntilData(conn, lines)
		for line := expect(lines); line != ".\r\n" && line != ""; line = expect(lines) {
		}
		say(conn, "250 taken\r\n")
	})
	require.NoError(t, newMailer(t, server, nil).Send(t.Context(), resetMail()))
}

func TestAServerThatNeverStopsTalkingIsCutOff(t *testing.T) {
	server := startScript(t, func(conn net.Conn, _ *bufio.Reader) {
		flood := strings.Repeat("2", 1<<16)
		for range 1 << 10 {
			if _, err := io.WriteString(conn, flood); err != nil {
				return
			}
		}
	})
	err := newMailer(t, server, nil).Send(t.Context(), resetMail())
	requireFailure(t, err, false)
	require.ErrorContains(t, err, "more than a mail server has to say")
}
