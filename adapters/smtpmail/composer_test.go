package smtpmail

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

var urls = regexp.MustCompile(`(?i)[a-z]+://\S+`)

func TestSubjectsAreThoseOfTheAPI(t *testing.T) {
	none, own := "", "Mine: "
	for name, c := range map[string]struct {
		options  Options
		template string
		want     string
	}{
		"confirm":         {Options{}, ports.MailConfirmEmail, "[Example] Please Confirm Your Email Address"},
		"confirm sign-up": {Options{}, ports.MailConfirmSignup, "[Example] Please Confirm Your Email Address"},
		"reset":           {Options{}, ports.MailResetPassword, "[Example] Password Reset Email"},
		"exists":          {Options{}, ports.MailAccountExists, "[Example] Account Already Exists"},
		"no prefix":       {Options{SubjectPrefix: &none}, ports.MailResetPassword, "Password Reset Email"},
		"own prefix":      {Options{SubjectPrefix: &own}, ports.MailResetPassword, "Mine: Password Reset Email"},
		"plain reset":     {Options{Plain: true, SubjectPrefix: &own}, ports.MailResetPassword, "Password reset on Example"},
	} {
		t.Run(name, func(t *testing.T) {
			letter, err := newTestComposer(t, c.options).Compose(sample(c.template))
			require.NoError(t, err)
			require.Equal(t, c.want, letter.Subject)
		})
	}
}

func TestTheTextHasOneLinkAndTheHTMLTheSame(t *testing.T) {
	for _, template := range allMails {
		t.Run(template, func(t *testing.T) {
			mail := sample(template)
			letter, err := newTestComposer(t, Options{}).Compose(mail)
			require.NoError(t, err)
			require.Equal(t, []string{mail.Link}, urls.FindAllString(letter.Text, -1))
			require.Contains(t, html.UnescapeString(letter.HTML), `<a href="`+mail.Link+`"`)
			require.Contains(t, letter.HTML, `&amp;y=2`)
			require.Contains(t, letter.HTML, `<html lang="en">`)
			require.NotRegexp(t, `<(img|script|link)|url\(|src=`, letter.HTML)
			require.NotContains(t, letter.HTML, "ZgotmplZ")
			require.Contains(t, letter.Text, "Example")
			require.Equal(t, `"Latch" <noreply@example.com>`, letter.From)
			require.Equal(t, "bob@example.com", letter.To)
		})
	}
}

func TestAnExistingAccountIsToldWithoutALink(t *testing.T) {
	mail := sample(ports.MailAccountExists)
	mail.Link = ""
	letter, err := newTestComposer(t, Options{}).Compose(mail)
	require.NoError(t, err)
	require.Empty(t, urls.FindAllString(letter.Text, -1))
	require.NotContains(t, letter.HTML, "<a ")
	require.Contains(t, letter.Text, "password reset")
}

func TestHostileNamesStayText(t *testing.T) {
	for _, template := range allMails {
		t.Run(template, func(t *testing.T) {
			mail := sample(template)
			mail.Username = "<script>alert('\"')</script>\r\nhttp://evil.example/\u202e"
			mail.Site.Name = "Ex\r\nBcc: eve@example.com\x00\u2028<b>"
			letter, err := newTestComposer(t, Options{}).Compose(mail)
			require.NoError(t, err)
			require.NotContains(t, letter.HTML, "<script")
			require.NotContains(t, letter.HTML, "<b>")
			require.Contains(t, letter.Subject, "[Ex Bcc: eve@example.com <b>] ")
			require.Equal(t, []string{mail.Link}, urls.FindAllString(letter.Text, -1))
			require.NotContains(t, letter.Text, "\nBcc")
			require.NotContains(t, letter.Text+letter.HTML, "\u202e")
		})
	}
}

func TestHostileLinksAndRecipientsAreRefusedForGood(t *testing.T) {
	for name, spoil := range map[string]func(*ports.Mail){
		"no link":           func(m *ports.Mail) { m.Link = "" },
		"script":            func(m *ports.Mail) { m.Link = "javascript:alert(1)" },
		"relative":          func(m *ports.Mail) { m.Link = "/reset/secret/" },
		"line break":        func(m *ports.Mail) { m.Link = "https://example.com/\r\nBcc: secret" },
		"blank":             func(m *ports.Mail) { m.Link = "https://example.com/ secret" },
		"two":               func(m *ports.Mail) { m.Link = "https://example.com/https://secret" },
		"quote":             func(m *ports.Mail) { m.Link = `https://example.com/"secret` },
		"unparsable":        func(m *ports.Mail) { m.Link = "https://example.com/%zz-secret" },
		"unknown template":  func(m *ports.Mail) { m.Template = "../password_reset" },
		"no recipient":      func(m *ports.Mail) { m.To = "" },
		"second header":     func(m *ports.Mail) { m.To = "bob@example.com\r\nBcc: eve@example.com" },
		"second recipient":  func(m *ports.Mail) { m.To = "bob@example.com, eve@example.com" },
		"display name":      func(m *ports.Mail) { m.To = "Bob <eve@example.com>" },
		"comment":           func(m *ports.Mail) { m.To = "bob(c)@example.com" },
		"control in quotes": func(m *ports.Mail) { m.To = "\"b\x01b\"@example.com" },
		"non-ASCII local":   func(m *ports.Mail) { m.To = "bób@example.com" },
	} {
		t.Run(name, func(t *testing.T) {
			mail := sample(ports.MailResetPassword)
			spoil(&mail)
			_, err := newTestComposer(t, Options{}).Compose(mail)
			var failure *Failure
			require.ErrorAs(t, err, &failure)
			require.True(t, failure.Permanent())
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

func TestRecipientsAreWrittenInASCII(t *testing.T) {
	for given, want := range map[string]string{
		"Bob.B+x@Example.com":      "Bob.B+x@Example.com",
		"bob@bücher.example":       "bob@xn--bcher-kva.example",
		"bob@例え.テスト":               "bob@xn--r8jz45g.xn--zckzah",
		`"b,eve"@example.com`:      `"b,eve"@example.com`,
		`"a\ b>"@example.com`:      `"a b>"@example.com`,
		"bob@[127.0.0.1]":          "bob@[127.0.0.1]",
		"bob@localhost":            "bob@localhost",
		"o'neill=x@ab--cd.example": "o'neill=x@ab--cd.example",
	} {
		t.Run(given, func(t *testing.T) {
			mail := sample(ports.MailResetPassword)
			mail.To = accounts.Email(given)
			letter, err := newTestComposer(t, Options{}).Compose(mail)
			require.NoError(t, err)
			require.Equal(t, want, letter.To)
			m, err := encode(letter)
			require.NoError(t, err)
			require.Equal(t, "<"+want+">", m.to)
		})
	}
}

// Whoever registers under the many spellings of a domain would pass the limit of mails to one address.
func TestADomainInDisguiseGetsNoMail(t *testing.T) {
	for _, given := range []string{"bob@\uff45xample.com", "bob@e\u24e7ample.com", "bob@example.\uff43om", "bob@example\u3002com.example"} {
		mail := sample(ports.MailResetPassword)
		mail.To = accounts.Email(given)
		_, err := newTestComposer(t, Options{}).Compose(mail)
		require.ErrorIs(t, err, errRecipient, given)
	}
}

func TestAReplacedFileWinsAndTheOthersStay(t *testing.T) {
	own := fstest.MapFS{
		"password_reset_subject.txt": {Data: []byte("Neues Passwort\nfür {{.Username}}\n")},
		"password_reset.txt":         {Data: []byte("Hier: {{.Link}}")},
		"welcome_subject.txt":        {Data: []byte("Hi")},
		"welcome.txt":                {Data: []byte("Hi {{.Username}}")},
		"welcome.html":               {Data: []byte(`{{define "content"}}<p>Hi</p>{{end}}`)},
	}
	composer, err := NewComposer(own, Options{From: "noreply@example.com", Plain: true})
	require.NoError(t, err)
	reset, err := composer.Compose(sample(ports.MailResetPassword))
	require.NoError(t, err)
	require.Equal(t, "Neues Passwort für bob", reset.Subject)
	require.Equal(t, "Hier: "+sample("").Link, reset.Text)
	require.Contains(t, reset.HTML, "Choose a new password")
	confirm, err := composer.Compose(sample(ports.MailConfirmEmail))
	require.NoError(t, err)
	require.Contains(t, confirm.Text, "confirm")
	welcome, err := composer.Compose(sample("welcome"))
	require.NoError(t, err)
	require.Contains(t, welcome.HTML, "<p>Hi</p>")
}

func TestMistakesInTemplatesAndSenderShowAtStart(t *testing.T) {
	for name, c := range map[string]struct {
		file, content, from string
	}{
		"syntax":        {"password_reset.txt", "{{", "a@example.com"},
		"unknown field": {"password_reset.txt", "{{.Password}}", "a@example.com"},
		"unsafe HTML":   {"password_reset.html", `{{define "content"}}<a href="{{.Link}}{{end}}`, "a@example.com"},
		"lone subject":  {"news_subject.txt", "News", "a@example.com"},
		"no sender":     {"x.txt", "", ""},
		"two senders":   {"x.txt", "", "a@example.com, b@example.com"},
		"sender's line": {"x.txt", "", "a@example.com\r\nBcc: b@example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewComposer(fstest.MapFS{c.file: {Data: []byte(c.content)}}, Options{From: c.from})
			require.Error(t, err)
		})
	}
}

// FuzzComposer holds the composer to its promise: whatever the names, the address
// and the link are, the message has the same headers, one recipient and one link.
func FuzzComposer(f *testing.F) {
	f.Add("bob", "Example", "bob@example.com", "https://example.com/x")
	f.Add("b\r\nBcc: e@example.com", "E\r\n\r\nx", "bob@example.com\r\nBcc: e@example.com", "https://example.com/\r\n")
	f.Add("\u2028", "=?utf-8?q?=0D=0ABcc:_e@example.com?=", `"b,e"@example.com`, "http://a/?a=b&c='")
	f.Add(strings.Repeat("é ", 500), strings.Repeat("x", 2000), "bob@bücher.example", "https://é.example/")
	composer := newTestComposer(f, Options{})
	f.Fuzz(func(t *testing.T, username, site, to, link string) {
		letter, err := composer.Compose(ports.Mail{
			To: accounts.Email(to), Template: ports.MailResetPassword, Username: username, Link: link, Site: ports.Site{Name: site},
		})
		if err != nil {
			require.True(t, err.(*Failure).Permanent())
			return
		}
		require.NotContains(t, letter.Subject, "\n")
		require.Equal(t, []string{link}, urls.FindAllString(letter.Text, -1))
		m, err := encode(letter)
		require.NoError(t, err)
		require.NotContains(t, m.to, "\r")
		message := read(t, m.raw)
		require.Equal(t, wantHeaders, headerNames(message.header))
		recipients, err := message.header.AddressList("To")
		require.NoError(t, err)
		require.Len(t, recipients, 1)
		require.Equal(t, m.to, envelope(recipients[0]))
	})
}
