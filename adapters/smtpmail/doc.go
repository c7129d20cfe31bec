// Package smtpmail sends the service's mail.
//
// A Composer writes a ports.Mail out as a Letter, from templates that a
// deployment can replace one by one; a Transport hands the letter on: SMTP to a
// mail server, Console to whoever watches the log, Dir to a folder. A Mailer is
// both together and implements ports.Mailer.
//
// Names and addresses come from strangers, so every one of them is made a
// single line of printable text, or refused, before it comes near a header: a
// line break in a name must not become a header or a second recipient. Links
// are secrets and appear in letters only, never in errors.
package smtpmail
