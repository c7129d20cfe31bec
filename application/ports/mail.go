package ports

import (
	"context"

	"latchkey/domain/accounts"
)

// The mails that the service writes; each names a template.
const (
	MailConfirmEmail  = "email_confirmation"
	MailConfirmSignup = "email_confirmation_signup"
	MailResetPassword = "password_reset"
	// MailPasswordGuessed warns the owner of an account whose password somebody guesses, with a link to a new one.
	MailPasswordGuessed = "password_guessed"
	// MailAccountExists goes to the owner of an address that somebody tried to register again.
	MailAccountExists = "account_already_exists"
	// MailPasskeyAdded and MailPasskeyRemoved tell the owner of an account what was done to it.
	MailPasskeyAdded   = "passkey_added"
	MailPasskeyRemoved = "passkey_removed"
	// MailFactorAdded and the others tell an account's owner what was done to the second
	// factor: set up, switched off, taken away by support, used from somewhere new, and
	// that there are new recovery codes.
	MailFactorAdded     = "second_factor_added"
	MailFactorRemoved   = "second_factor_removed"
	MailFactorReset     = "second_factor_reset"
	MailFactorNewDevice = "second_factor_new_device"
	MailRecoveryRenewed = "recovery_codes_renewed"
	// MailFactorGuessed warns the owner of an account that somebody who got as far as that tries codes.
	MailFactorGuessed = "second_factor_guessed"
)

// Mail is one mail before it is written out.
type Mail struct {
	To       accounts.Email
	Template string
	// Username, Link and Site are what the templates speak of. Link is a secret.
	Username string
	Link     string
	Site     Site
}

// Mailer sends mail.
type Mailer interface {
	// Send hands the mail to whoever delivers it, and returns when that one took
	// the responsibility. No value in mail can add a header or a recipient.
	Send(ctx context.Context, mail Mail) error
}

// Site is what the deployment calls itself: a row of django_site.
type Site struct {
	Name   string
	Domain string
}

// Sites tells what the deployment calls itself.
type Sites interface {
	// Current returns the site.
	Current(ctx context.Context) (Site, error)
}
