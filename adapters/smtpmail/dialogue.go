package smtpmail

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

var (
	errNoStartTLS = errors.New("the server offers no STARTTLS, and mail is not sent in clear")
	errNoAuth     = errors.New("the server offers none of SCRAM-SHA-256, PLAIN, LOGIN")
)

// goodbye is how long QUIT may take. The letter is taken by then, so there is
// nothing to learn from the answer.
const goodbye = time.Second

// dialogue is one conversation with a mail server.
type dialogue struct {
	*SMTP
	conn   net.Conn
	letter message
	client *smtp.Client
}

// step is one command. aboutLetter tells whose fault a refusal is.
type step struct {
	stage       string
	aboutLetter bool
	do          func(*dialogue) error
}

var steps = []step{
	{"greeting", false, (*dialogue).greet},
	{"EHLO", false, (*dialogue).introduce},
	{"STARTTLS", false, (*dialogue).encrypt},
	{"AUTH", false, (*dialogue).authenticate},
	{"MAIL", true, func(d *dialogue) error { return d.client.Mail(d.letter.from) }},
	{"RCPT", true, func(d *dialogue) error { return d.client.Rcpt(d.letter.to) }},
	{"DATA", true, (*dialogue).send},
}

// converse takes one step after the other, each within the timeout.
func (s *SMTP) converse(ctx context.Context, conn net.Conn, letter message) error {
	d := &dialogue{SMTP: s, conn: conn, letter: letter}
	for _, next := range steps {
		if err := conn.SetDeadline(time.Now().Add(s.config.Timeout)); err != nil {
			return failed(ctx, next.stage, false, err)
		}
		if err := next.do(d); err != nil {
			return failed(ctx, next.stage, next.aboutLetter, err)
		}
	}
	_ = conn.SetDeadline(time.Now().Add(goodbye))
	_ = d.client.Quit()
	return nil
}

func (d *dialogue) greet() (err error) {
	d.client, err = smtp.NewClient(d.conn, d.config.Host)
	if err == nil {
		// Our addresses are ASCII; asking for more would get them refused by
		// servers further on.
		d.client.SkipSMTPUTF8(true)
	}
	return err
}

func (d *dialogue) introduce() error {
	name := d.config.HELO
	if name == "" {
		name = d.letter.domain
	}
	return d.client.Hello(name)
}

// encrypt starts TLS or fails: going on in clear is what an attacker who strikes
// the offer out of the server's answer waits for. What the server said before is
// forgotten, since the attacker may have said it.
func (d *dialogue) encrypt() error {
	if d.config.TLS != TLSStart {
		return nil
	}
	if offered, _ := d.client.Extension("STARTTLS"); !offered {
		return errNoStartTLS
	}
	return d.client.StartTLS(d.tls)
}

// authenticate picks the strongest mechanism that the server offers. A server
// that offers none is not used: it is not the one that was configured.
func (d *dialogue) authenticate() error {
	user, host := d.config.Username, d.config.Host
	if user == "" {
		return nil
	}
	_, offers := d.client.Extension("AUTH")
	offered := func(mechanism string) bool { return slices.Contains(strings.Fields(offers), mechanism) }
	password := d.config.Password.Reveal()
	switch {
	case offered("SCRAM-SHA-256"):
		return d.client.Auth(smtp.ScramSHA256Auth(user, password))
	case offered("PLAIN"):
		return d.client.Auth(smtp.PlainAuth("", user, password, host, false))
	case offered("LOGIN"):
		return d.client.Auth(smtp.LoginAuth(user, password, host, false))
	default:
		return errNoAuth
	}
}

// send writes the message. When that fails the final dot is never sent, so that
// the server does not take half a letter for a whole one.
func (d *dialogue) send() error {
	body, err := d.client.Data()
	if err != nil {
		return err
	}
	if _, err := body.Write(d.letter.raw); err != nil {
		return err
	}
	return body.Close()
}
