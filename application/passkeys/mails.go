package passkeys

import (
	"context"
	"errors"
	"strconv"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

// The topics of this activity's messages.
const (
	topicAdded   = "passkeys.added"
	topicRemoved = "passkeys.removed"
)

// tell records what happened, and has the owner told by mail.
func (s *Service) tell(ctx context.Context, topic, event string, account accounts.ID, now time.Time) error {
	if err := s.Events.Record(ctx, ports.Event{Name: event, Account: account, At: now}); err != nil {
		return err
	}
	number := strconv.FormatInt(int64(account), 10)
	// Who has been told so often today knows that something is going on.
	wait, err := s.Limits.Take(ctx, "mail:passkeys:"+number, now, s.options.Mails)
	if err != nil || wait > 0 {
		return err
	}
	return s.Outbox.Append(ctx, now, ports.Message{Topic: topic, Payload: map[string]string{"account": number}})
}

// Handlers returns what delivery calls to write this activity's mails.
func (s *Service) Handlers() []ports.Handler {
	return []ports.Handler{
		ports.HandlerFunc(topicAdded, s.mailing(ports.MailPasskeyAdded)),
		ports.HandlerFunc(topicRemoved, s.mailing(ports.MailPasskeyRemoved)),
	}
}

// mailing returns what writes the mail to an account's own address.
func (s *Service) mailing(template string) func(context.Context, ports.Message) error {
	return func(ctx context.Context, message ports.Message) error {
		id, err := strconv.ParseInt(message.Payload["account"], 10, 64)
		if err != nil {
			return err
		}
		account, err := s.Accounts.ByID(ctx, accounts.ID(id))
		if errors.Is(err, accounts.ErrNotFound) {
			return nil // deleted meanwhile: there is nobody to write to
		}
		if err != nil || account.Email() == "" {
			return err
		}
		site, err := s.Sites.Current(ctx)
		if err != nil {
			return err
		}
		return s.Mailer.Send(ctx, ports.Mail{
			To: account.Email(), Template: template, Username: string(account.Username()), Site: site,
		})
	}
}
