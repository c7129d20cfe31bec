package recovery

import (
	"context"
	"slices"
	"strings"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
)

// warnings bounds how often the owner of an address is warned: guessing must not be a
// way to flood a stranger's mailbox, whatever names and accounts it goes through.
var warnings = credentials.Limit{Count: 1, Per: 24 * time.Hour}

// warnOwners turns a note that a password is being guessed into one message for each
// account that the name may mean.
func (s *Service) warnOwners(ctx context.Context, message ports.Message) error {
	found, err := s.named(ctx, message.Payload[ports.GuessedName])
	if err != nil {
		return err
	}
	for _, account := range found {
		if account.Email() == "" || !s.mayRecover(account, account.Email()) {
			continue
		}
		if err := s.warn(ctx, account, s.Clock.Now()); err != nil {
			return err
		}
	}
	return nil
}

// named returns the accounts that somebody may have meant who signs in by the name.
func (s *Service) named(ctx context.Context, name string) ([]*accounts.Account, error) {
	found, err := s.Accounts.ByUsername(ctx, accounts.Username(name))
	if err != nil || !strings.Contains(name, "@") {
		return found, err
	}
	owners, err := s.Accounts.ByEmail(ctx, accounts.Email(name))
	for _, owner := range owners {
		if !slices.ContainsFunc(found, func(a *accounts.Account) bool { return a.ID() == owner.ID() }) {
			found = append(found, owner)
		}
	}
	return found, err
}

func (s *Service) warn(ctx context.Context, account *accounts.Account, now time.Time) error {
	return s.Transactor.InTx(ctx, func(ctx context.Context) error {
		wait, err := s.Limits.Take(ctx, "mail:guessed:"+string(account.Email().Lower()), now, warnings)
		if err != nil || wait > 0 {
			return err
		}
		if err := s.Outbox.Append(ctx, now, mailTo(topicWarning, account, account.Email())); err != nil {
			return err
		}
		return s.Events.Record(ctx, ports.Event{Name: ports.EventPasswordGuessed, Account: account.ID(), At: now})
	})
}

func (s *Service) mailWarning(ctx context.Context, message ports.Message) error {
	return s.mail(ctx, ports.MailPasswordGuessed, message)
}
