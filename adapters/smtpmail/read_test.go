package smtpmail

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
)

var allMails = []string{ports.MailConfirmEmail, ports.MailConfirmSignup, ports.MailResetPassword, ports.MailAccountExists}

// sample is a mail with nothing odd about it.
func sample(template string) ports.Mail {
	return ports.Mail{
		To: "bob@example.com", Template: template, Username: "bob",
		Link: "https://app.example.com/reset/MQ:1a-b_c/?x=1&y=2",
		Site: ports.Site{Name: "Example", Domain: "example.com"},
	}
}

func newTestComposer(t testing.TB, options Options) *Composer {
	t.Helper()
	if options.From == "" {
		options.From = "Latch <noreply@example.com>"
	}
	composer, err := NewComposer(nil, options)
	require.NoError(t, err)
	return composer
}

// received is a message as its reader sees it.
type received struct {
	header     mail.Header
	subject    string
	text, html string
}

func headerNames(header mail.Header) []string {
	var names []string
	for name, values := range header {
		for range values {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// wantHeaders is every header that a message has, and no other.
var wantHeaders = []string{"Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To", "User-Agent", "X-Mailer"}

func read(t testing.TB, raw []byte) received {
	t.Helper()
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	require.NoError(t, err)
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", kind)
	parts := multipart.NewReader(msg.Body, params["boundary"])
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	require.NoError(t, err)
	r := received{header: msg.Header, subject: subject}
	r.text = readPart(t, parts, "text/plain; charset=UTF-8")
	r.html = readPart(t, parts, "text/html; charset=UTF-8")
	_, err = parts.NextRawPart()
	require.ErrorIs(t, err, io.EOF)
	return r
}

func readPart(t testing.TB, parts *multipart.Reader, contentType string) string {
	t.Helper()
	part, err := parts.NextRawPart()
	require.NoError(t, err)
	require.Equal(t, contentType, part.Header.Get("Content-Type"))
	require.Equal(t, "quoted-printable", part.Header.Get("Content-Transfer-Encoding"))
	content, err := io.ReadAll(quotedprintable.NewReader(part))
	require.NoError(t, err)
	return strings.ReplaceAll(string(content), "\r\n", "\n")
}
