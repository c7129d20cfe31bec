package config

import (
	"net/mail"

	"latchkey/domain/accounts"
)

// Mail says how mail leaves and from whom.
type Mail struct {
	Transport Transport
	From      mail.Address
}

func mailSettings() []Setting {
	return []Setting{
		setting("EMAIL_URL", "console:", "`smtp://user:pass@host:587?tls=starttls` (or `none`), `smtps://`, `file:///dir`; `console:` prints to the log", emailURL,
			func(c *Config) *Transport { return &c.Mail.Transport }).hidden(),
		setting("DEFAULT_FROM_EMAIL", "webmaster@localhost", "an address or `Name <address>`", fromAddress,
			func(c *Config) *mail.Address { return &c.Mail.From }),
	}
}

// fromAddress checks the name after decoding: an encoded word can hide a line
// break that would begin another header.
var fromAddress = simple(func(s string) (mail.Address, error) {
	refusal := advice("write an address or Name <address>")
	parsed, err := mail.ParseAddress(s)
	if err != nil || !clean(parsed.Name) {
		return mail.Address{}, refusal
	}
	if _, err := accounts.ParseEmail(parsed.Address); err != nil {
		return mail.Address{}, refusal
	}
	return *parsed, nil
}, func(a mail.Address) string {
	if a.Name == "" {
		return a.Address
	}
	return a.String()
})
