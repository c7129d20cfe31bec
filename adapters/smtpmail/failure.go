package smtpmail

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"regexp"

	"github.com/wneessen/go-mail/smtp"
)

// Failure is why a mail was not handed over. Its text holds no link, no password
// and no word that a mail server said: spam filters quote the link that they
// object to, and these texts end up in logs and in the outbox.
type Failure struct {
	// Stage is what was being done: "compose", "connect", or the SMTP command.
	Stage string
	// Err is the reason.
	Err error
	// Final says that trying again is useless.
	Final bool
}

// Error returns stage and reason.
func (f *Failure) Error() string { return "mail: " + f.Stage + ": " + f.Err.Error() }

// Unwrap returns the reason.
func (f *Failure) Unwrap() error { return f.Err }

// Permanent reports whether trying again is useless: the recipient or the letter
// itself was refused. What may pass, or what an operator can put right (the
// connection, the certificate, the login), is not permanent.
func (f *Failure) Permanent() bool { return f.Final }

// Reply is a mail server's refusal, reduced to its numbers.
type Reply struct {
	Code     int    // RFC 5321, e.g. 550
	Enhanced string // RFC 3463, e.g. "5.1.1"; may be empty
}

// Error names the numbers.
func (r *Reply) Error() string {
	if r.Enhanced == "" {
		return fmt.Sprintf("the server answered %d", r.Code)
	}
	return fmt.Sprintf("the server answered %d %s", r.Code, r.Enhanced)
}

var (
	errMalformed = errors.New("the server's answer is malformed")
	enhancedCode = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)
)

// notAuthenticated is RFC 4954's "authentication required": it speaks about our
// configuration and not about the letter.
const notAuthenticated = 530

// failed judges the error of one step of a dialogue. aboutLetter says that a
// refusal in this step refuses the letter, not the session.
func failed(ctx context.Context, stage string, aboutLetter bool, err error) *Failure {
	var reply *textproto.Error
	var protocol textproto.ProtocolError
	switch {
	case ctx.Err() != nil:
		return &Failure{Stage: stage, Err: ctx.Err()}
	case errors.As(err, &reply):
		final := aboutLetter && reply.Code >= 500 && reply.Code != notAuthenticated
		return &Failure{Stage: stage, Err: &Reply{reply.Code, enhancedCode.FindString(reply.Msg)}, Final: final}
	case errors.As(err, &protocol), errors.Is(err, smtp.ErrUnexpectedServerResponse):
		return &Failure{Stage: stage, Err: errMalformed}
	default:
		return &Failure{Stage: stage, Err: err}
	}
}
