package smtpmail

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// Console prints letters, for development: whoever watches the output sees the
// link. It is no transport for production, since links are secrets.
type Console struct {
	mu  sync.Mutex
	out io.Writer
}

var _ Transport = (*Console)(nil)

// NewConsole prints to out.
func NewConsole(out io.Writer) *Console { return &Console{out: out} }

// Deliver prints the letter's headers and its text part, in one piece.
func (c *Console) Deliver(_ context.Context, letter Letter) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := fmt.Fprintf(c.out, "From: %s\nTo: %s\nSubject: %s\n\n%s\n", letter.From, letter.To, letter.Subject, letter.Text)
	if err != nil {
		return &Failure{Stage: "print", Err: err}
	}
	return nil
}
