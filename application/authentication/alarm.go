package authentication

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"latchkey/application/ports"
	"latchkey/domain/credentials"
)

// warnings bounds the notes that guesses at one name can leave.
var warnings = credentials.Limit{Count: 1, Per: 24 * time.Hour}

// longestName is what the longest address has, in characters.
const longestName = 320

// alarm has the owners of the names warned that somebody guesses. It only notes the
// names: whose they are is looked up when the note is delivered, so that a known one
// takes no longer.
func (s *Service) alarm(ctx context.Context, names []string) error {
	now := s.Clock.Now()
	for _, name := range names {
		if utf8.RuneCountInString(name) > longestName {
			continue // nobody's, and nothing that a stranger should fill the outbox with
		}
		wait, err := s.Alarms.Take(ctx, "alarm:"+strings.ToLower(name), now, warnings)
		if err != nil {
			return err
		}
		if wait > 0 {
			continue
		}
		note := ports.Message{Topic: ports.TopicGuessed, Payload: map[string]string{ports.GuessedName: name}}
		if err := s.Outbox.Append(ctx, now, note); err != nil {
			return err
		}
	}
	return nil
}
