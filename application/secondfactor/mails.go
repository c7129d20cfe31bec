package secondfactor

import (
	"context"
	"errors"
	"strconv"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

// topicNotice is the topic of this activity's mails.
const topicNotice = "second_factor.notice"

// tell records what happened and has the owner told, in the transaction of ctx.
func (s *Service) tell(ctx context.Context, account accounts.ID, event, mail string, now time.Time) error {
	if err := s.Events.Record(ctx, ports.Event{Name: event, Account: account, At: now}); err != nil {
		return err
	}
	return s.mail(ctx, account, mail, now)
}

// mail has the owner told. New codes can be made any number of times, also by whoever has
// registered with a stranger's address: nobody's mailbox is to be flooded by that, and who
// has been told so often knows that something is going on.
func (s *Service) mail(ctx context.Context, account accounts.ID, template string, now time.Time) error {
	number := strconv.FormatInt(int64(account), 10)
	if !s.options.Mails.Unlimited() {
		wait, err := s.MailLimits.Take(ctx, "mail:factors:"+number, now, s.options.Mails)
		if err != nil || wait > 0 {
			return err
		}
	}
	return s.Outbox.Append(ctx, now, notice(number, template))
}

func notice(account, template string) ports.Message {
	return ports.Message{Topic: topicNotice, Payload: map[string]string{"account": account, "mail": template}}
}

// Handlers returns what delivery calls to write this activity's mails.
func (s *Service) Handlers() []ports.Handler {
	return []ports.Handler{ports.HandlerFunc(topicNotice, s.send), ports.HandlerFunc(topicGuessed, s.warn)}
}

// send writes to the account's own address, or to one that it has proved where it has
// none. An account without any is told nothing.
func (s *Service) send(ctx context.Context, message ports.Message) error {
	id, err := strconv.ParseInt(message.Payload["account"], 10, 64)
	if err != nil {
		return err
	}
	account, err := s.Accounts.ByID(ctx, accounts.ID(id))
	if errors.Is(err, accounts.ErrNotFound) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	to, err := s.recipient(ctx, account)
	if err != nil || to == "" {
		return err
	}
	site, err := s.Sites.Current(ctx)
	if err != nil {
		return err
	}
	return s.Mailer.Send(ctx, ports.Mail{
		To: to, Template: message.Payload["mail"], Username: string(account.Username()), Site: site,
	})
}

func (s *Service) recipient(ctx context.Context, account *accounts.Account) (accounts.Email, error) {
	if account.Email() != "" {
		return account.Email(), nil
	}
	rows, err := s.Addresses.Of(ctx, account.ID())
	for _, row := range rows {
		if row.Verified() {
			return row.Email(), err
		}
	}
	return "", err
}
