package smtpmail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net/mail"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/secret"
)

func TestMessagesHaveTheHeadersWeWantAndNoOther(t *testing.T) {
	zone := time.Local
	time.Local = time.FixedZone("here", 3*3600)
	defer func() { time.Local = zone }()
	host, err := os.Hostname()
	require.NoError(t, err)
	site := sample(ports.MailResetPassword)
	site.Site.Name = "Bücher & Träume, die sehr lange Namen tragen und umgebrochen werden müssen"
	letter, err := newTestComposer(t, Options{From: "Jörg <noreply@mail.example>"}).Compose(site)
	require.NoError(t, err)
	m, err := encode(letter)
	require.NoError(t, err)
	message := read(t, m.raw)
	require.Equal(t, wantHeaders, headerNames(message.header))
	require.Equal(t, "["+site.Site.Name+"] Password Reset Email", message.subject)
	require.Equal(t, "auto-generated", message.header.Get("Auto-Submitted"))
	require.Equal(t, "Latchkey", message.header.Get("User-Agent"))
	require.Regexp(t, `^<[A-Z2-7]{26}@mail\.example>$`, message.header.Get("Message-Id"))
	require.Contains(t, message.header.Get("Date"), "+0000")
	from, err := mail.ParseAddress(message.header.Get("From"))
	require.NoError(t, err)
	require.Equal(t, mail.Address{Name: "Jörg", Address: "noreply@mail.example"}, *from)
	require.NotContains(t, string(m.raw), "go-mail")
	require.NotContains(t, message.header.Get("Message-Id"), "@"+host)
	require.Equal(t, letter.Text, message.text)
	require.Equal(t, letter.HTML, message.html)
	for _, line := range strings.Split(string(m.raw), "\r\n") {
		require.LessOrEqual(t, len(line), 100)
		require.NotContains(t, line, "\n")
	}
}

func TestConsolePrintsTheLink(t *testing.T) {
	var out bytes.Buffer
	mailer := NewMailer(newTestComposer(t, Options{}), NewConsole(&out))
	require.NoError(t, mailer.Send(t.Context(), sample(ports.MailResetPassword)))
	require.Contains(t, out.String(), "To: bob@example.com\nSubject: [Example] Password Reset Email\n\n")
	require.Contains(t, out.String(), sample("").Link)
	require.NotContains(t, out.String(), "<html")
}

func TestConsoleReportsABrokenOutput(t *testing.T) {
	closed, err := os.Open(os.DevNull) // open for reading: writes fail
	require.NoError(t, err)
	defer func() { _ = closed.Close() }()
	require.Error(t, NewConsole(closed).Deliver(t.Context(), Letter{}))
}

func TestDirWritesWholePrivateFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mail")
	dir, err := NewDir(path)
	require.NoError(t, err)
	mailer := NewMailer(newTestComposer(t, Options{}), dir)
	for range 3 {
		require.NoError(t, mailer.Send(t.Context(), sample(ports.MailConfirmEmail)))
	}
	files, err := filepath.Glob(filepath.Join(path, "*.eml"))
	require.NoError(t, err)
	require.Len(t, files, 3)
	for _, file := range files {
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Contains(t, read(t, raw).text, sample("").Link)
	}
	drafts, err := os.ReadDir(filepath.Join(path, ".unfinished"))
	require.NoError(t, err)
	require.Empty(t, drafts)
	require.NoError(t, os.RemoveAll(path))
	require.Error(t, mailer.Send(t.Context(), sample(ports.MailConfirmEmail)))
}

func TestAForgedLetterIsRefused(t *testing.T) {
	for _, letter := range []Letter{
		{From: "a@example.com", To: "b@example.com\r\nBcc: c@example.com"},
		{From: "a@example.com", To: "b@example.com, c@example.com"},
		{From: "", To: "b@example.com"},
	} {
		_, err := encode(letter)
		require.True(t, err.(*Failure).Permanent())
	}
}

func TestUnsafeServersAreRefusedAtStart(t *testing.T) {
	for name, config := range map[string]SMTPConfig{
		"no mode":              {Host: "mail.example"},
		"unknown mode":         {Host: "mail.example", TLS: "opportunistic"},
		"no host":              {TLS: TLSStart},
		"two lines of host":    {TLS: TLSStart, Host: "mail.example\r\n"},
		"port":                 {TLS: TLSStart, Host: "mail.example", Port: 70000},
		"timeout":              {TLS: TLSStart, Host: "mail.example", Timeout: -1},
		"HELO":                 {TLS: TLSStart, Host: "mail.example", HELO: "a\r\nMAIL"},
		"password in clear":    {TLS: TLSNone, Host: "mail.example", Username: "u", Password: secret.New("p")},
		"a name like loopback": {TLS: TLSNone, Host: "localhost.mail.example", Username: "u"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewSMTP(config)
			require.Error(t, err)
		})
	}
}

func TestServersHaveSafeDefaults(t *testing.T) {
	given := &tls.Config{MinVersion: tls.VersionTLS10} //nolint:gosec // what the constructor must correct
	server, err := NewSMTP(SMTPConfig{Host: "mail.example", TLS: TLSStart, Username: "u", TLSConfig: given})
	require.NoError(t, err)
	require.Equal(t, 587, server.config.Port)
	require.Equal(t, 10*time.Second, server.config.Timeout)
	require.EqualValues(t, tls.VersionTLS12, server.tls.MinVersion)
	require.Equal(t, "mail.example", server.tls.ServerName)
	require.Empty(t, given.ServerName)
}

func TestOnlyARefusalOfTheLetterIsPermanent(t *testing.T) {
	refusal := func(code int) error {
		return &textproto.Error{Code: code, Msg: "5.7.1 spam: https://example.com/secret"}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx         context.Context
		aboutLetter bool
		err         error
		permanent   bool
		text        string
	}{
		"rejected":             {t.Context(), true, refusal(554), true, "mail: DATA: the server answered 554 5.7.1"},
		"busy":                 {t.Context(), true, refusal(451), false, "mail: DATA: the server answered 451 5.7.1"},
		"login demanded":       {t.Context(), true, refusal(530), false, "mail: DATA: the server answered 530 5.7.1"},
		"login refused":        {t.Context(), false, refusal(535), false, "mail: DATA: the server answered 535 5.7.1"},
		"no enhanced code":     {t.Context(), true, &textproto.Error{Code: 550, Msg: "secret"}, true, "mail: DATA: the server answered 550"},
		"gibberish":            {t.Context(), true, textproto.ProtocolError("secret"), false, "mail: DATA: the server's answer is malformed"},
		"broken connection":    {t.Context(), true, errors.New("EOF"), false, "mail: DATA: EOF"},
		"ended with a refusal": {ended, true, refusal(554), false, "mail: DATA: context canceled"},
	} {
		t.Run(name, func(t *testing.T) {
			failure := failed(c.ctx, "DATA", c.aboutLetter, c.err)
			require.Equal(t, c.permanent, failure.Permanent())
			require.Equal(t, c.text, failure.Error())
		})
	}
}
