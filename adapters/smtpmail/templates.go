package smtpmail

import (
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"slices"
	"strings"
	texttemplate "text/template"
)

//go:embed templates
var embedded embed.FS

// The three files of a mail, and the frame around every HTML part. The frame
// shows the block "content", which each HTML file defines.
const (
	subjectSuffix = "_subject.txt"
	textSuffix    = ".txt"
	htmlSuffix    = ".html"
	layoutFile    = "layout.html"
)

// Templates returns the templates that come with the service, to copy from. The
// mail password_reset has the files password_reset_subject.txt,
// password_reset.txt and password_reset.html; each is executed with a View.
func Templates() fs.FS { return below("templates") }

// plainTemplates holds what reads differently under Django's own mail.
func plainTemplates() fs.FS { return below("templates/plain") }

func below(dir string) fs.FS {
	files, err := fs.Sub(embedded, dir)
	if err != nil {
		panic(err) // dir is a constant of this file
	}
	return files
}

// View is what templates see.
type View struct {
	Username   string
	SiteName   string
	SiteDomain string
	To         string
	Link       string // empty or an http(s) address
}

// layers looks a file up in several places; the first that has it wins.
type layers []fs.FS

func (l layers) read(file string) (string, error) {
	for _, layer := range l {
		content, err := fs.ReadFile(layer, file)
		if !errors.Is(err, fs.ErrNotExist) {
			return string(content), err
		}
	}
	return "", fmt.Errorf("mail template %s: %w", file, fs.ErrNotExist)
}

// mails returns the names of all mails that have a subject in some layer.
func (l layers) mails() ([]string, error) {
	var names []string
	for _, layer := range l {
		files, err := fs.Glob(layer, "*"+subjectSuffix)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			names = append(names, strings.TrimSuffix(file, subjectSuffix))
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// form is one mail's templates.
type form struct {
	subject, text *texttemplate.Template
	html          *htmltemplate.Template
}

func (l layers) form(mail string) (form, error) {
	subject, subjectErr := l.parseText(mail + subjectSuffix)
	text, textErr := l.parseText(mail + textSuffix)
	html, htmlErr := l.parseHTML(mail + htmlSuffix)
	return form{subject: subject, text: text, html: html}, errors.Join(subjectErr, textErr, htmlErr)
}

func (l layers) parseText(file string) (*texttemplate.Template, error) {
	content, err := l.read(file)
	if err != nil {
		return nil, err
	}
	return texttemplate.New(file).Parse(content)
}

func (l layers) parseHTML(file string) (*htmltemplate.Template, error) {
	layout, layoutErr := l.read(layoutFile)
	content, contentErr := l.read(file)
	if err := errors.Join(layoutErr, contentErr); err != nil {
		return nil, err
	}
	frame, err := htmltemplate.New(layoutFile).Parse(layout)
	if err != nil {
		return nil, err
	}
	if _, err := frame.New(file).Parse(content); err != nil {
		return nil, err
	}
	return frame, nil
}

// fill executes the three templates.
func (f form) fill(view View) (subject, text, html string, err error) {
	var s, t, h strings.Builder
	err = errors.Join(f.subject.Execute(&s, view), f.text.Execute(&t, view), f.html.Execute(&h, view))
	return s.String(), t.String(), h.String(), err
}
