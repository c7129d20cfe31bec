package smtpmail

import (
	"context"

	"latchkey/application/ports"
)

// Transport hands letters on. It is safe for concurrent use.
type Transport interface {
	// Deliver returns nil when somebody else took the responsibility for the
	// letter. An error with a method Permanent() bool that returns true means
	// that this letter will never be taken.
	Deliver(ctx context.Context, letter Letter) error
}

// Mailer composes mails and delivers them.
type Mailer struct {
	composer  *Composer
	transport Transport
}

var _ ports.Mailer = (*Mailer)(nil)

// NewMailer makes a Mailer.
func NewMailer(composer *Composer, transport Transport) *Mailer {
	return &Mailer{composer: composer, transport: transport}
}

// Send composes the mail and delivers it. Its errors are *Failure.
func (m *Mailer) Send(ctx context.Context, mail ports.Mail) error {
	letter, err := m.composer.Compose(mail)
	if err != nil {
		return err
	}
	return m.transport.Deliver(ctx, letter)
}
