package smtpmail

import (
	"context"
	"time"
)

// aboutServer is how many of the steps come before any letter.
const aboutServer = 4

// Probe connects, starts TLS and signs in as for a letter from the sender, and says
// goodbye: it shows whether mail would be taken, without sending any. Its errors are
// *Failure.
func (s *SMTP) Probe(ctx context.Context, from string) error {
	writer, err := sender(from)
	if err != nil {
		return &Failure{Stage: "compose", Err: err}
	}
	conn, err := s.connect(ctx)
	if err != nil {
		return failed(ctx, "connect", false, err)
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	d := &dialogue{SMTP: s, conn: conn, letter: message{domain: domain(writer)}}
	for _, next := range steps[:aboutServer] {
		if err := conn.SetDeadline(time.Now().Add(s.config.Timeout)); err != nil {
			return failed(ctx, next.stage, false, err)
		}
		if err := next.do(d); err != nil {
			return failed(ctx, next.stage, false, err)
		}
	}
	_ = conn.SetDeadline(time.Now().Add(goodbye))
	_ = d.client.Quit()
	return nil
}
