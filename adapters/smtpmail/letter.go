package smtpmail

// Letter is one mail written out, ready for a Transport. From and To hold one
// address each, in ASCII and in the form of a header (RFC 5322); From may have a
// display name. Subject is one line. Text and HTML say the same thing.
type Letter struct {
	From    string
	To      string
	Subject string
	Text    string
	HTML    string
}
