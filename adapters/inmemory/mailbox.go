package inmemory

import (
	"context"
	"slices"
	"sync"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

// Mailbox is a Mailer that keeps the mails instead of sending them.
type Mailbox struct {
	mu    sync.Mutex
	mails []ports.Mail
}

var _ ports.Mailer = (*Mailbox)(nil)

// NewMailbox returns an empty mailbox.
func NewMailbox() *Mailbox { return &Mailbox{} }

// Send keeps the mail.
func (m *Mailbox) Send(ctx context.Context, mail ports.Mail) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mails = append(m.mails, mail)
	return nil
}

// Mails returns all mails in the order in which they were sent.
func (m *Mailbox) Mails() []ports.Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.mails)
}

// To returns the mails to the address, in any case, in the order in which they were sent.
func (m *Mailbox) To(email accounts.Email) []ports.Mail {
	return slices.DeleteFunc(m.Mails(), func(mail ports.Mail) bool { return mail.To.Lower() != email.Lower() })
}

// Clear throws the mails away.
func (m *Mailbox) Clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mails = nil
}
