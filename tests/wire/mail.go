package wire

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"
)

// Mail is a mail that the service sent.
type Mail struct {
	From, To, Subject, Text string
	HTML                    bool
}

// mailPatience is how long a recorded mail may take to arrive.
const mailPatience = 3 * time.Second

var (
	keyLink   = regexp.MustCompile(`/account-confirm-email/([-:\w]+)/`)
	resetLink = regexp.MustCompile(`/password-reset/confirm/([0-9A-Za-z_\-]+)/([0-9A-Za-z]{1,13}-[0-9A-Za-z]{1,32})/`)
	anyLink   = regexp.MustCompile(`https?://\S+`)
)

// looseMail are the parts of a mail that are the service's own: its words and its looks.
var looseMail = []string{"subject", "html"}

// mail reads the unread mails to an address and returns how the newest differs
// from the recording.
func (r *run) mail(step Step) (differences []string, accepted bool) {
	mails := r.awaitMail(r.vars.text(step.Mail.To), wantedMails(step))
	got := map[string]any{"count": json.Number(fmt.Sprint(len(mails)))}
	if len(mails) > 0 {
		newest := mails[len(mails)-1]
		describeMail(got, newest)
		r.extract(step.Mail.Extract, newest)
	}
	want := map[string]any{}
	for key, value := range step.Result {
		want[key] = value
	}
	for _, key := range looseMail {
		delete(want, key)
	}
	differences = mailDifferences(want, got)
	return differences, len(differences) > 0 && mailAccepted(step, want, got)
}

func wantedMails(step Step) int {
	count, _ := number(step.Result["count"])
	return int(count)
}

// awaitMail waits for as many mails as were recorded. Having them it looks once
// more, so that one mail too many does not go unnoticed.
func (r *run) awaitMail(to string, count int) []Mail {
	var mails []Mail
	for end := time.Now().Add(mailPatience); len(mails) < count && time.Now().Before(end); {
		if mails = append(mails, r.target.Mails(to)...); len(mails) < count {
			time.Sleep(10 * time.Millisecond)
		}
	}
	time.Sleep(r.target.Grace)
	return append(mails, r.target.Mails(to)...)
}

func describeMail(got map[string]any, newest Mail) {
	got["to"], got["from"], got["subject"], got["html"] = newest.To, mailbox(newest.From), newest.Subject, newest.HTML
	links := []any{}
	for _, link := range anyLink.FindAllString(newest.Text, -1) {
		links = append(links, maskLink(link, newest.Text))
	}
	got["links"] = links
}

// mailbox writes the address of a header as recordings have it: angle brackets,
// which mean nothing, only behind a display name.
func mailbox(header string) string {
	address, err := mail.ParseAddress(header)
	switch {
	case err != nil:
		return header
	case address.Name == "":
		return address.Address
	default:
		return address.Name + " <" + address.Address + ">"
	}
}

// maskLink puts <<key>>, or <<uid>>/<<token>>, where the mail's first link has its secret.
func maskLink(link, text string) string {
	if key := keyLink.FindStringSubmatch(text); key != nil {
		return strings.ReplaceAll(link, key[1], "<<key>>")
	}
	if reset := resetLink.FindStringSubmatch(text); reset != nil {
		return strings.ReplaceAll(link, reset[1]+"/"+reset[2], "<<uid>>/<<token>>")
	}
	return link
}

func (r *run) extract(wanted map[string]string, newest Mail) {
	found := map[string]string{}
	if key := keyLink.FindStringSubmatch(newest.Text); key != nil {
		found["key"] = key[1]
	}
	if reset := resetLink.FindStringSubmatch(newest.Text); reset != nil {
		found["uid"], found["token"] = reset[1], reset[2]
	}
	for part, name := range wanted {
		if value, present := found[part]; present {
			r.vars[name] = value
		}
	}
}

// mailDifferences compares text by text: <<key>> in a link stands for itself here.
func mailDifferences(want, got map[string]any) []string {
	var differences []string
	for _, key := range sortedKeys(want) {
		if !equal(want[key], got[key]) {
			differences = append(differences,
				fmt.Sprintf("mail %s: expected %s, got %s", key, show(want[key]), show(got[key])))
		}
	}
	return differences
}

func mailAccepted(step Step, want, got map[string]any) bool {
	for _, acceptance := range step.Deviation.Accept {
		other, isMail := acceptance["mail"].(map[string]any)
		if !isMail {
			continue
		}
		changed := merge(want, other)
		if len(mailDifferences(changed, got)) == 0 {
			return true
		}
	}
	return false
}
