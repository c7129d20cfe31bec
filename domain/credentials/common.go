package credentials

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode"
)

type uncommon struct{}

// Uncommon refuses passwords that many people use and that every guesser
// therefore tries first, compared without case and without the blanks around
// them, as Django's CommonPasswordValidator does. The list is Django's and more.
func Uncommon() Rule { return uncommon{} }

// Name returns "common".
func (uncommon) Name() string { return "common" }

// Check returns ErrTooCommon.
func (uncommon) Check(password Password, _ Subject) error {
	text := strings.TrimFunc(strings.ToLower(password.Reveal()), blank)
	if _, found := slices.BinarySearch(commonPasswords(), text); found {
		return ErrTooCommon
	}
	return nil
}

// blank is Python's str.isspace, which counts four separators that Go does not.
func blank(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

//go:embed commonpasswords/list.txt.gz
var commonPasswordsGzip []byte

// commonPasswords returns the list, in ascending order. It is unpacked at the first
// use: a process that sets no password does not pay for it.
var commonPasswords = sync.OnceValue(func() []string { return unpack(commonPasswordsGzip) })

// unpack reads sorted lines. It panics when they are damaged: they are part of
// the program, and a shorter list would silently let weak passwords through.
func unpack(packed []byte) []string {
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic("credentials: the list of common passwords is damaged: " + err.Error())
	}
	var text strings.Builder
	if _, err := io.Copy(&text, reader); err != nil { //nolint:gosec // our own file, embedded
		panic("credentials: the list of common passwords is damaged: " + err.Error())
	}
	return strings.Split(text.String(), "\n")
}
