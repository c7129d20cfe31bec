package smtpmail

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"golang.org/x/net/idna"

	"latchkey/domain/accounts"
)

var errRecipient = errors.New("the recipient is not an address that mail can be sent to")

// recipient returns the address in the ASCII form that every mail server takes.
// It parses twice on purpose: the account's rule admits exactly one address and
// no display name or list, and RFC 5322's parser knows how to quote it.
func recipient(email accounts.Email) (*mail.Address, error) {
	if _, err := accounts.ParseEmail(string(email)); err != nil {
		return nil, errRecipient
	}
	address, err := mail.ParseAddress(string(email))
	if err != nil || address.Name != "" {
		return nil, errRecipient
	}
	if err := toASCII(address); err != nil {
		return nil, errRecipient
	}
	return address, nil
}

// sender parses the configured From address, with or without a display name.
func sender(from string) (*mail.Address, error) {
	address, err := mail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("DEFAULT_FROM_EMAIL %q is not an address: %w", from, err)
	}
	address.Name = oneLine(address.Name)
	if err := toASCII(address); err != nil {
		return nil, fmt.Errorf("DEFAULT_FROM_EMAIL %q: %w", from, err)
	}
	return address, nil
}

// toASCII writes an international domain in Punycode (RFC 5891). A local part
// beyond ASCII would need a mail server with SMTPUTF8 all the way (RFC 6531); our
// address rule admits none, so it is refused.
func toASCII(address *mail.Address) error {
	at := strings.LastIndexByte(address.Address, '@')
	local, domain := address.Address[:at], address.Address[at+1:]
	if !ascii(local) {
		return errors.New("the part before the @ is not ASCII")
	}
	if ascii(domain) {
		return nil
	}
	encoded, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return errors.New("the domain has no Punycode form")
	}
	if !keepsLabels(domain, encoded) {
		return errors.New("the domain is another one's in disguise")
	}
	address.Address = local + "@" + encoded
	return nil
}

// keepsLabels reports whether every label beyond ASCII has a Punycode form of its own. Full-width
// and other compatibility letters are mapped to plain ones instead: under each of the many
// spellings of one domain its people could be sent mails that no limit counts together.
func keepsLabels(domain, encoded string) bool {
	before, after := strings.Split(domain, "."), strings.Split(encoded, ".")
	if len(before) != len(after) {
		return false
	}
	for i, label := range before {
		if !ascii(label) && !strings.HasPrefix(after[i], "xn--") {
			return false
		}
	}
	return true
}

func ascii(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > '~' || r < ' ' })
}

// bare returns the address without display name and angle brackets, quoted where
// RFC 5322 wants it.
func bare(address *mail.Address) string {
	return strings.TrimSuffix(strings.TrimPrefix(envelope(address), "<"), ">")
}

// envelope returns the address as SMTP's MAIL and RCPT commands want it.
func envelope(address *mail.Address) string {
	return (&mail.Address{Address: address.Address}).String()
}

// domain returns what stands behind the "@".
func domain(address *mail.Address) string {
	return address.Address[strings.LastIndexByte(address.Address, '@')+1:]
}
