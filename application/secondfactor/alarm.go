package secondfactor

import (
	"context"
	"strconv"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
)

// topicGuessed is the topic of a note that wrong codes have locked an account's second factor.
const topicGuessed = "second_factor.guessed"

// warnings bounds how often an owner is warned: an account can have a stranger's address. It is
// not a part of the limit of the other mails, which who has a stolen session could use up before.
var warnings = credentials.Limit{Count: 1, Per: 24 * time.Hour}

// alarm notes a wrong code that was the last one taken: who waits for codes to be taken again,
// and never meets the refusal, is noticed as well. The tries are looked up after each wrong code, and whether the
// owner was warned before or can be at all when the note is delivered: the answer's time
// tells no more than the refusal of the next one does.
func (s *Service) alarm(ctx context.Context, account accounts.ID, key string) error {
	now := s.Clock.Now()
	tried, err := s.Limits.Count(ctx, key, s.options.FailedCodes, now)
	if err != nil || tried < s.options.FailedCodes.Count {
		return err
	}
	note := map[string]string{"account": strconv.FormatInt(int64(account), 10)}
	return s.Outbox.Append(ctx, now, ports.Message{Topic: topicGuessed, Payload: note})
}

// warn turns a note into a mail to the owner, unless there was one today.
func (s *Service) warn(ctx context.Context, note ports.Message) error {
	number := note.Payload["account"]
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return err
	}
	return s.Transactor.InTx(ctx, func(ctx context.Context) error {
		now := s.Clock.Now()
		wait, err := s.MailLimits.Take(ctx, "mail:factor-guessed:"+number, now, warnings)
		if err != nil || wait > 0 {
			return err
		}
		if err := s.Outbox.Append(ctx, now, notice(number, ports.MailFactorGuessed)); err != nil {
			return err
		}
		return s.Events.Record(ctx, ports.Event{Name: ports.EventFactorGuessed, Account: accounts.ID(id), At: now})
	})
}
