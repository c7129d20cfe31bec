package accounts

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Email is a well-formed e-mail address as its owner wrote it.
type Email string

// emailMaxLength is RFC 3696's limit, which Django applies; SQLite stores more than
// the 254 characters that the columns were declared with.
const emailMaxLength = 320

// Lower returns the address in lower case, the form in which addresses are
// stored in account_emailaddress and compared everywhere.
func (e Email) Lower() Email { return Email(strings.ToLower(string(e))) }

// LocalPart returns what stands before the last "@".
func (e Email) LocalPart() string {
	at := strings.LastIndexByte(string(e), '@')
	return string(e[:max(at, 0)])
}

// The grammar of Django's EmailValidator, which is what the API's users know: a
// dot-atom or a quoted string before the "@"; a dotted name, "localhost" or an
// address literal behind it. Line breaks fit nowhere, so that an address cannot
// smuggle a header or a second recipient into a mail. The dot-atom is ASCII:
// ignoring case, as Django does, would let "ſ" and "K" (the Kelvin sign) pass for
// "s" and "k".
var (
	emailDotAtom = regexp.MustCompile("^[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+(\\.[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+)*$")
	emailQuoted  = regexp.MustCompile(`^"([\x01-\x08\x0b\x0c\x0e-\x1f!#-\[\]-\x7f]|\\[\x01-\x09\x0b\x0c\x0e-\x7f])*"$`)
	domainLabel  = regexp.MustCompile(`^[a-zA-Z0-9\x{a1}-\x{ffff}-]{1,63}$`)
	domainTop    = regexp.MustCompile(`^(?:[a-zA-Z\x{a1}-\x{ffff}-]{2,63}|(?i:xn--)[a-zA-Z0-9]{1,59})$`)
)

// ParseEmail checks an untrusted address. It returns ErrEmailInvalid.
func ParseEmail(text string) (Email, error) {
	at := strings.LastIndexByte(text, '@')
	if at < 0 || !utf8.ValidString(text) || utf8.RuneCountInString(text) > emailMaxLength {
		return "", ErrEmailInvalid
	}
	local, domain := text[:at], text[at+1:]
	if !emailDotAtom.MatchString(local) && !emailQuoted.MatchString(local) {
		return "", ErrEmailInvalid
	}
	if domain != "localhost" && !domainName(domain) && !addressLiteral(domain) {
		return "", ErrEmailInvalid
	}
	return Email(text), nil
}

func domainName(domain string) bool {
	labels := strings.Split(domain, ".")
	badLabel := func(label string) bool {
		return !domainLabel.MatchString(label) || label[0] == '-' || label[len(label)-1] == '-'
	}
	return len(labels) > 1 && !slices.ContainsFunc(labels, badLabel) &&
		domainTop.MatchString(labels[len(labels)-1]) && !strings.ContainsFunc(domain, deceives)
}

// deceives reports characters that Django takes in a domain and we do not:
// invisible ones, and those whose lower case is ASCII. The lower case of
// "gİthub.com" is "github.com", but the two are different domains: whoever owns
// the former would get the password reset mail of accounts at the latter
// (CVE-2019-19844).
func deceives(r rune) bool {
	return r > unicode.MaxASCII && (!unicode.IsPrint(r) || unicode.ToLower(r) <= unicode.MaxASCII)
}

func addressLiteral(domain string) bool {
	if len(domain) < 2 || domain[0] != '[' || domain[len(domain)-1] != ']' {
		return false
	}
	ip, err := netip.ParseAddr(domain[1 : len(domain)-1])
	return err == nil && ip.Zone() == ""
}
