package smtpmail

import (
	"errors"
	"net/url"
	"strings"
	"unicode"
)

// oneLine makes text a single line of printable characters: line breaks, which
// would start a header, and the invisible characters that reorder or hide text
// (RFC 2822 forbids the first, phishing uses the second) become blanks, and runs
// of blanks become one. What begins like an encoded word (RFC 2047) is broken up:
// readers would decode it to something else than what was written.
func oneLine(text string) string {
	printable := func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}
	clean := strings.Map(printable, strings.ToValidUTF8(text, "\uFFFD"))
	return strings.ReplaceAll(strings.Join(strings.Fields(clean), " "), "=?", "= ?")
}

// displayName makes a stranger's name fit to be shown: one line, of bounded length, that
// brings no link of its own into a mail that people trust.
func displayName(text string) string {
	const maxLength = 150
	shown := []rune(strings.ReplaceAll(oneLine(text), "://", ":"))
	if len(shown) > maxLength {
		return string(shown[:maxLength]) + "…"
	}
	return string(shown)
}

// errLink never quotes the link, which is a secret.
var errLink = errors.New("the link is not an http or https address")

// checkLink returns an error unless link is one absolute http or https address
// that mail programs recognise as a whole. A javascript: address would run in
// the reader's web mail.
func checkLink(link string) error {
	bad := func(r rune) bool {
		return !unicode.IsPrint(r) || unicode.IsSpace(r) || strings.ContainsRune("<>\"`\\", r)
	}
	parsed, err := url.Parse(link)
	if err != nil || parsed.Host == "" || strings.ContainsFunc(link, bad) || strings.Count(link, "://") != 1 {
		return errLink
	}
	if parsed.Scheme != "http" && parsed.Scheme != "https" {
		return errLink
	}
	return nil
}
