package smtpmail

import (
	"bytes"
	"crypto/rand"
	"net/mail"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// message is a letter as it travels: RFC 5322 text and its envelope.
type message struct {
	from, to string // in angle brackets
	domain   string // of the sender
	raw      []byte
}

// encode writes the letter as a MIME message. Nothing in it tells of this
// machine: the default Message-ID would name the host, the default Date its time
// zone, and the default User-Agent the library's version.
func encode(letter Letter) (message, error) {
	from, fromErr := mail.ParseAddress(letter.From)
	to, toErr := mail.ParseAddress(letter.To)
	if fromErr != nil || toErr != nil {
		return message{}, &Failure{Stage: "compose", Err: errRecipient, Final: true}
	}
	msg := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingQP))
	msg.FromMailAddress(from)
	msg.ToMailAddress(to)
	msg.Subject(oneLine(letter.Subject))
	msg.SetDateWithValue(time.Now().UTC())
	msg.SetMessageIDWithValue(rand.Text() + "@" + domain(from))
	msg.SetUserAgent("Latchkey")
	// RFC 3834: keeps holiday notices and other robots from answering.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, letter.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, letter.HTML)
	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil {
		return message{}, &Failure{Stage: "compose", Err: err, Final: true}
	}
	return message{from: envelope(from), to: envelope(to), domain: domain(from), raw: raw.Bytes()}, nil
}
