package kit

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/adapters/smtpmail"
	"latchkey/application/ports"
)

const (
	// patience is how long Next waits for a mail on a busy machine.
	patience = 5 * time.Second
	// grace is how long None gives a mail that should not come.
	grace = 100 * time.Millisecond
)

// Mailbox is a ports.Mailer that writes mails out with the service's own
// templates and keeps them. It is safe for concurrent use.
type Mailbox struct {
	composer *smtpmail.Composer
	deliver  func(context.Context) (int, error) // empties the outbox

	mu      sync.Mutex
	letters []kept
}

type kept struct {
	letter Letter
	read   bool
}

var _ ports.Mailer = (*Mailbox)(nil)

// Send writes the mail out and keeps it.
func (m *Mailbox) Send(_ context.Context, mail ports.Mail) error {
	letter, err := m.composer.Compose(mail)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.letters = append(m.letters, kept{letter: Letter(letter)})
	return nil
}

// Next returns the oldest unread letter to the address, in any case, and marks
// it as read. It waits a few seconds for one and fails the test when none comes.
func (m *Mailbox) Next(t testing.TB, to string) Letter {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		m.settle(t)
		if unread := m.take(to, 1); len(unread) == 1 {
			return unread[0]
		}
		if time.Now().After(end) {
			t.Fatalf("no mail to %s; there are mails to %v", to, m.recipients())
		}
	}
}

// None fails the test when there is an unread letter to the address, or one comes within a moment.
func (m *Mailbox) None(t testing.TB, to string) {
	t.Helper()
	m.settle(t)
	time.Sleep(grace)
	for _, letter := range m.Unread(t, to) {
		t.Errorf("unexpected mail to %s: %s", to, letter.Subject)
	}
}

// Unread returns the unread letters to the address, in any case and oldest
// first, after everything due was delivered. It marks them as read.
func (m *Mailbox) Unread(t testing.TB, to string) []Letter {
	t.Helper()
	m.settle(t)
	return m.take(to, -1)
}

// Links returns the links of all letters so far, read or not, oldest first.
func (m *Mailbox) Links() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var links []string
	for _, entry := range m.letters {
		links = append(links, entry.letter.Links()...)
	}
	return links
}

// settle delivers what is due, so that a test need not wait for the service's own worker.
func (m *Mailbox) settle(t testing.TB) {
	t.Helper()
	if _, err := m.deliver(t.Context()); err != nil {
		t.Fatalf("delivering mail: %v", err)
	}
}

// take marks up to limit unread letters as read; a negative limit means all.
func (m *Mailbox) take(to string, limit int) []Letter {
	m.mu.Lock()
	defer m.mu.Unlock()
	var taken []Letter
	for i := range m.letters {
		entry := &m.letters[i]
		if len(taken) != limit && !entry.read && strings.EqualFold(entry.letter.To, to) {
			entry.read = true
			taken = append(taken, entry.letter)
		}
	}
	return taken
}

func (m *Mailbox) recipients() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	recipients := make([]string, len(m.letters))
	for i, entry := range m.letters {
		recipients[i] = entry.letter.To
	}
	return recipients
}
