package recovery

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/verification"
)

// The topics of this activity's messages.
const (
	topicRequested = "recovery.requested"
	topicLink      = "recovery.link"
	topicWarning   = "recovery.warning"
)

// RequestReset implements UseCases. It only notes the request; the address is
// looked up when the note is delivered, so that a known one takes no longer.
func (s *Service) RequestReset(ctx context.Context, email string) error {
	note := ports.Message{Topic: topicRequested, Payload: map[string]string{"email": email}}
	now := s.Clock.Now()
	return s.Transactor.InTx(ctx, func(ctx context.Context) error {
		// Counted by what was typed, whoever's it is, or the count would tell.
		wait, err := s.Limits.Take(ctx, "mail:reset:"+string(accounts.Email(email).Lower()), now, s.options.Mails...)
		if err == nil && wait > 0 {
			return ErrTooManyRequests.After(wait)
		}
		if err != nil {
			return err
		}
		return s.Outbox.Append(ctx, now, note)
	})
}

// Handlers returns what delivery calls to write this activity's mails.
func (s *Service) Handlers() []ports.Handler {
	return []ports.Handler{
		requests{s},
		ports.HandlerFunc(topicLink, s.mailLink),
		ports.HandlerFunc(ports.TopicGuessed, s.warnOwners),
		ports.HandlerFunc(topicWarning, s.mailWarning),
	}
}

// requests turns a request into one message per account, each of which is
// then retried by itself: accounts that had their mail do not get it again.
type requests struct{ *Service }

var _ ports.Expander = requests{}

// Topic implements ports.Handler.
func (requests) Topic() string { return topicRequested }

// Handle implements ports.Handler.
func (r requests) Handle(ctx context.Context, message ports.Message) error {
	links, err := r.Expand(ctx, message)
	if err != nil || len(links) == 0 {
		return err
	}
	return r.Transactor.InTx(ctx, func(ctx context.Context) error {
		return r.Outbox.Append(ctx, r.Clock.Now(), links...)
	})
}

// Expand implements ports.Expander.
func (r requests) Expand(ctx context.Context, message ports.Message) ([]ports.Message, error) {
	email := accounts.Email(message.Payload["email"])
	found, err := r.recoverable(ctx, email)
	if err != nil {
		return nil, err
	}
	var links []ports.Message
	for _, account := range found {
		links = append(links, linkFor(account, email))
	}
	return links, nil
}

// maxLinks bounds the mails that one request makes: anybody may register an address
// that is not theirs any number of times, and would flood its mailbox by one request.
const maxLinks = 8

// recoverable returns the accounts that the request is for. Of too many, those come first
// that proved the address: claims must not keep its owner from the mail.
func (s *Service) recoverable(ctx context.Context, email accounts.Email) ([]*accounts.Account, error) {
	found, err := s.Accounts.ByEmail(ctx, email)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(account *accounts.Account) bool { return !s.mayRecover(account, email) })
	if len(found) <= maxLinks {
		return found, nil
	}
	rows, err := s.Addresses.ByEmail(ctx, email)
	if err != nil {
		return nil, err
	}
	rank := func(account *accounts.Account) int {
		if slices.ContainsFunc(rows, func(row *accounts.Address) bool { return row.Verified() && row.Account() == account.ID() }) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(found, func(a, b *accounts.Account) int { return rank(a) - rank(b) })
	return found[:maxLinks], nil
}

func linkFor(account *accounts.Account, email accounts.Email) ports.Message {
	return mailTo(topicLink, account, email)
}

func mailTo(topic string, account *accounts.Account, email accounts.Email) ports.Message {
	return ports.Message{Topic: topic, Payload: map[string]string{
		"account": strconv.FormatInt(int64(account.ID()), 10),
		"email":   string(email.Lower()),
	}}
}

func (s *Service) mayRecover(account *accounts.Account, email accounts.Email) bool {
	if !account.Active() {
		return false
	}
	return !s.options.Plain || account.Email().Lower() == email.Lower() && account.HasPassword()
}

func (s *Service) mailLink(ctx context.Context, message ports.Message) error {
	return s.mail(ctx, ports.MailResetPassword, message)
}

// mail sends a mail with a link to whom the message names.
func (s *Service) mail(ctx context.Context, template string, message ports.Message) error {
	id, err := strconv.ParseInt(message.Payload["account"], 10, 64)
	if err != nil {
		return err
	}
	account, err := s.Accounts.ByID(ctx, accounts.ID(id))
	if errors.Is(err, accounts.ErrNotFound) {
		return nil // deleted meanwhile: there is nobody to write to
	}
	if err != nil {
		return err
	}
	email := accounts.Email(message.Payload["email"])
	if !s.mayRecover(account, email) {
		return nil // disabled or moved since the request
	}
	to, err := s.recipient(ctx, account, email)
	if err != nil || to == "" {
		return err
	}
	return s.send(ctx, template, account, to)
}

// recipient returns the address of the account that the request meant; it is empty
// when the account gave that up meanwhile. allauth writes to the address in lower
// case, Django without it to the account's own spelling. Both are the stored
// address and never merely what a stranger typed: two texts that fold to one can
// be two mailboxes (CVE-2019-19844).
func (s *Service) recipient(ctx context.Context, account *accounts.Account, email accounts.Email) (accounts.Email, error) {
	if account.Email().Lower() == email {
		if s.options.Plain {
			return account.Email(), nil
		}
		return account.Email().Lower(), nil
	}
	rows, err := s.Addresses.Of(ctx, account.ID())
	for _, row := range rows {
		if row.Email().Lower() == email {
			return row.Email(), err
		}
	}
	return "", err
}

func (s *Service) send(ctx context.Context, template string, account *accounts.Account, to accounts.Email) error {
	state, err := s.bindingState(ctx, account)
	if err != nil {
		return err
	}
	site, err := s.Sites.Current(ctx)
	if err != nil {
		return err
	}
	return s.Mailer.Send(ctx, ports.Mail{
		To:       to,
		Template: template,
		Username: string(account.Username()),
		Link:     s.link(state, site, s.Clock.Now()),
		Site:     site,
	})
}

func (s *Service) link(state verification.ResetState, site ports.Site, now time.Time) string {
	uid, token := s.Tokens.Make(state, now)
	return strings.NewReplacer("{uid}", uid, "{token}", token, "{domain}", site.Domain).Replace(s.options.ConfirmURL)
}

// bindingState returns what the token is bound to. allauth first gives an account
// whose own address has no row one, which is part of what its tokens are made from.
// Where there is nothing to write nothing waits for the database's writer, so that
// the mails of one request leave together. Tables of allauth before 0.58 hold every
// address once: where another account has it, allauth makes no row either.
func (s *Service) bindingState(ctx context.Context, account *accounts.Account) (verification.ResetState, error) {
	rows, err := s.Addresses.Of(ctx, account.ID())
	if err != nil {
		return verification.ResetState{}, err
	}
	own := accounts.NewAddress(account.ID(), account.Email(), false)
	listed := slices.ContainsFunc(rows, func(row *accounts.Address) bool { return row.Email() == own.Email() })
	if listed || s.options.Plain || account.Email() == "" {
		return verification.StateOf(account, rows), nil
	}
	if err := s.Addresses.Add(ctx, own); err != nil && !errors.Is(err, verification.ErrVerifiedElsewhere) {
		return verification.ResetState{}, err
	}
	return s.state(ctx, account)
}

func (s *Service) state(ctx context.Context, account *accounts.Account) (verification.ResetState, error) {
	rows, err := s.Addresses.Of(ctx, account.ID())
	return verification.StateOf(account, rows), err
}
