package factors

import (
	"strconv"
	"strings"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
)

// URL returns what an authenticator app reads from a QR code: the secret, and whose
// it is. It is as secret as that.
func (r Rules) URL(issuer string, account *accounts.Account, shared secret.String) secret.String {
	label := string(account.Email())
	if label == "" {
		label = string(account.Username())
	}
	var out strings.Builder
	out.WriteString("otpauth://totp/")
	if issuer != "" {
		out.WriteString(quote(issuer, "/") + ":")
	}
	out.WriteString(quote(label, "/") + "?secret=" + shared.Reveal())
	if issuer != "" {
		out.WriteString("&issuer=" + quote(issuer, ""))
	}
	if r.Digits != 6 {
		out.WriteString("&digits=" + strconv.Itoa(r.Digits))
	}
	if seconds := int(r.Period.Seconds()); seconds != 30 {
		out.WriteString("&period=" + strconv.Itoa(seconds))
	}
	return secret.New(out.String())
}

// quote is Python's urllib.parse.quote: all but letters, digits, "_.-~" and the
// characters of safe is written as its bytes.
func quote(text, safe string) string {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~"
	const hex = "0123456789ABCDEF"
	var out strings.Builder
	for i := range len(text) {
		if c := text[i]; strings.IndexByte(unreserved+safe, c) >= 0 {
			out.WriteByte(c)
		} else {
			out.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
		}
	}
	return out.String()
}
