package registration

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

// The topics of this activity's messages.
const (
	topicConfirmation  = "registration.confirmation"
	topicResend        = "registration.resend"
	topicAccountExists = "registration.account_exists"
)

func confirmation(address accounts.AddressID, signup bool) ports.Message {
	return ports.Message{Topic: topicConfirmation, Payload: map[string]string{
		"address": strconv.FormatInt(int64(address), 10),
		"signup":  strconv.FormatBool(signup),
	}}
}

func accountExists(email accounts.Email) ports.Message {
	return ports.Message{Topic: topicAccountExists, Payload: map[string]string{"email": string(email)}}
}

// enqueueOnce appends a mail to an address unless it had one lately: or a
// registration form would be a way to flood a stranger's mailbox.
func (s *Service) enqueueOnce(ctx context.Context, email accounts.Email, mail ports.Message, now time.Time) error {
	wait, err := s.Limits.Take(ctx, "mail:confirmation:"+string(email.Lower()), now, s.options.ConfirmationMails...)
	if err != nil || wait > 0 {
		return err
	}
	return s.Outbox.Append(ctx, now, mail)
}

// ResendEmail implements UseCases. It only notes the request; the address is
// looked up when the note is delivered, so that a known one takes no longer.
func (s *Service) ResendEmail(ctx context.Context, email string) error {
	note := ports.Message{Topic: topicResend, Payload: map[string]string{"email": email}}
	now := s.Clock.Now()
	return s.Transactor.InTx(ctx, func(ctx context.Context) error {
		// Counted by what was typed, whoever's it is, or the count would tell.
		wait, err := s.Limits.Take(ctx, "mail:resend:"+string(accounts.Email(email).Lower()), now, s.options.ResentMails...)
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
		ports.HandlerFunc(topicConfirmation, s.mailConfirmation),
		resends{s},
		ports.HandlerFunc(topicAccountExists, s.mailAccountExists),
	}
}

// resends turns a request to mail the confirmation again into the mail, if there is anybody.
type resends struct{ *Service }

var _ ports.Expander = resends{}

// Topic implements ports.Handler.
func (resends) Topic() string { return topicResend }

// Handle implements ports.Handler: where requests come one by one, the mail is sent at once.
func (r resends) Handle(ctx context.Context, message ports.Message) error {
	address, err := r.unproved(ctx, message)
	if err != nil || address == nil {
		return err
	}
	return r.sendConfirmation(ctx, address, false)
}

// Expand implements ports.Expander.
func (r resends) Expand(ctx context.Context, message ports.Message) ([]ports.Message, error) {
	address, err := r.unproved(ctx, message)
	if err != nil || address == nil {
		return nil, err
	}
	return []ports.Message{confirmation(address.ID(), false)}, nil
}

// unproved goes for the oldest row of the address, as upstream does. It is nil when
// there is none, and when that is proved already.
func (r resends) unproved(ctx context.Context, message ports.Message) (*accounts.Address, error) {
	rows, err := r.Addresses.ByEmail(ctx, accounts.Email(message.Payload["email"]))
	if err != nil || len(rows) == 0 || rows[0].Verified() {
		return nil, err
	}
	return rows[0], nil
}

func (s *Service) mailConfirmation(ctx context.Context, message ports.Message) error {
	id, err := strconv.ParseInt(message.Payload["address"], 10, 64)
	if err != nil {
		return err
	}
	address, err := s.Addresses.ByID(ctx, accounts.AddressID(id))
	if errors.Is(err, accounts.ErrAddressNotFound) {
		return nil // deleted meanwhile: there is nobody to write to
	}
	if err != nil || address.Verified() {
		return err
	}
	return s.sendConfirmation(ctx, address, message.Payload["signup"] == "true")
}

func (s *Service) sendConfirmation(ctx context.Context, address *accounts.Address, signup bool) error {
	account, err := s.Accounts.ByID(ctx, address.Account())
	if errors.Is(err, accounts.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	mail := ports.Mail{
		To:       address.Email(),
		Template: ports.MailConfirmEmail,
		Username: string(account.Username()),
		Link:     strings.ReplaceAll(s.options.ConfirmURL, "{key}", s.Keys.Make(address.ID(), s.Clock.Now())),
	}
	if signup {
		mail.Template = ports.MailConfirmSignup
	}
	return s.send(ctx, mail)
}

func (s *Service) mailAccountExists(ctx context.Context, message ports.Message) error {
	return s.send(ctx, ports.Mail{To: accounts.Email(message.Payload["email"]), Template: ports.MailAccountExists})
}

func (s *Service) send(ctx context.Context, mail ports.Mail) error {
	site, err := s.Sites.Current(ctx)
	if err != nil {
		return err
	}
	mail.Site = site
	return s.Mailer.Send(ctx, mail)
}
