package credentials

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
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
	if hasLine(commonPasswords(), text) {
		return ErrTooCommon
	}
	return nil
}

// hasLine reports whether one of the ascending lines is the text. They are searched as the
// one text that they are: a slice of them would be 33 000 pointers, which each
// collection of garbage follows.
func hasLine(lines, text string) bool {
	for lines != "" {
		middle := len(lines) / 2
		start := strings.LastIndexByte(lines[:middle], '\n') + 1
		end := middle + strings.IndexByte(lines[middle:], '\n')
		switch line := lines[start:end]; {
		case line == text:
			return true
		case line < text:
			lines = lines[end+1:]
		default:
			lines = lines[:start]
		}
	}
	return false
}

// blank is Python's str.isspace, which counts four separators that Go does not.
func blank(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

//go:embed commonpasswords/list.txt.gz
var commonPasswordsGzip []byte

// commonPasswords returns the list: ascending lines, each with a line break at its end. It
// is unpacked at the first use: a process that sets no password does not pay for it.
var commonPasswords = sync.OnceValue(func() string { return unpack(commonPasswordsGzip) })

// unpack reads the lines. It panics when they are damaged: they are part of
// the program, and a shorter list would silently let weak passwords through.
func unpack(packed []byte) string {
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic("credentials: the list of common passwords is damaged: " + err.Error())
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		panic("credentials: the list of common passwords is damaged: " + err.Error())
	}
	return string(text) + "\n"
}
