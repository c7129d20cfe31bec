package kit

import (
	"regexp"

	"latchkey/adapters/smtpmail"
)

// Letter is a mail as its reader gets it.
type Letter smtpmail.Letter

var link = regexp.MustCompile(`https?://\S+`)

// Links returns the links in the letter's text, in their order.
func (l Letter) Links() []string { return link.FindAllString(l.Text, -1) }
