package smtpmail

import (
	"errors"
	"fmt"
	"io/fs"
	"net/mail"

	"latchkey/application/ports"
)

// Options is how a deployment wants its mail.
type Options struct {
	// From is DEFAULT_FROM_EMAIL: an address, or "Name <address>".
	From string
	// SubjectPrefix is ACCOUNT_EMAIL_SUBJECT_PREFIX. Nil means "[<site name>] ".
	SubjectPrefix *string
	// Plain writes the subjects of Django's own mail, without prefix, in place
	// of allauth's.
	Plain bool
}

// Composer writes mails out. It is safe for concurrent use.
type Composer struct {
	from    *mail.Address
	options Options
	forms   map[string]form
}

// NewComposer reads the templates: those in templates, which may be nil, and the
// service's own for every file that it lacks. A mail that only templates has is
// composed too. Templates that do not parse, or fail on a sample, and a From that
// is no address are errors.
func NewComposer(templates fs.FS, options Options) (*Composer, error) {
	from, err := sender(options.From)
	if err != nil {
		return nil, err
	}
	c := &Composer{from: from, options: options, forms: map[string]form{}}
	if err := c.load(c.layers(templates)); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Composer) layers(templates fs.FS) layers {
	var all layers
	if templates != nil {
		all = append(all, templates)
	}
	if c.options.Plain {
		all = append(all, plainTemplates())
	}
	return append(all, Templates())
}

// load reads every mail and tries it once: a mistake in a replaced template shows
// at start and not when somebody waits for the mail.
func (c *Composer) load(all layers) error {
	mails, err := all.mails()
	if err != nil {
		return err
	}
	sample := View{Username: "name", SiteName: "site", SiteDomain: "example.com", To: "name@example.com", Link: "https://example.com/"}
	var problems []error
	for _, name := range mails {
		loaded, err := all.form(name)
		if err == nil {
			_, _, _, err = loaded.fill(sample)
		}
		problems = append(problems, err)
		c.forms[name] = loaded
	}
	return errors.Join(problems...)
}

// Compose writes the mail out. Its errors are permanent *Failure values: an
// unknown template, a recipient that is no address, a link that is missing or no
// http(s) address.
func (c *Composer) Compose(m ports.Mail) (Letter, error) {
	letter, err := c.compose(m)
	if err != nil {
		return Letter{}, &Failure{Stage: "compose", Err: err, Final: true}
	}
	return letter, nil
}

func (c *Composer) compose(m ports.Mail) (Letter, error) {
	chosen, known := c.forms[m.Template]
	if !known {
		return Letter{}, fmt.Errorf("there is no template %q", m.Template)
	}
	to, err := recipient(m.To)
	if err != nil {
		return Letter{}, err
	}
	if m.Link != "" || linkRequired(m.Template) {
		if err := checkLink(m.Link); err != nil {
			return Letter{}, err
		}
	}
	view := View{Username: displayName(m.Username), SiteName: displayName(m.Site.Name), SiteDomain: displayName(m.Site.Domain), To: bare(to), Link: m.Link}
	subject, text, html, err := chosen.fill(view)
	if err != nil {
		return Letter{}, err
	}
	subject = oneLine(c.prefix(view) + subject)
	return Letter{From: c.from.String(), To: bare(to), Subject: subject, Text: text, HTML: html}, nil
}

// linkRequired reports whether the mail would be pointless without its link.
func linkRequired(template string) bool {
	switch template {
	case ports.MailConfirmEmail, ports.MailConfirmSignup, ports.MailResetPassword, ports.MailPasswordGuessed:
		return true
	default:
		return false
	}
}

// prefix follows allauth's format_email_subject; Django's own mail has none.
func (c *Composer) prefix(view View) string {
	switch {
	case c.options.Plain:
		return ""
	case c.options.SubjectPrefix != nil:
		return *c.options.SubjectPrefix
	default:
		return "[" + view.SiteName + "] "
	}
}
