package architecture

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// largest is the size in bytes of the largest file that the history should carry.
const largest = 1_500_000

var (
	// unfinished finds the marks of work that was put off. The pattern is put
	// together so that it does not find itself.
	unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)

	// machinePath finds absolute paths that exist on one machine only.
	machinePath = regexp.MustCompile(`(?m)(?:^|[\s"'=(` + "`" + `]|file://)(/(?:work|workspace|home|root|Users|tmp)/[\w.-]+|[A-Z]:\\Users\\\w+)`)
)

func unfit(t *testing.T, tree fs.FS) []string {
	t.Helper()
	var offences []string
	for name, entry := range entries(t, tree) {
		if entry.IsDir() {
			continue
		}
		content, err := fs.ReadFile(tree, name)
		require.NoError(t, err)
		if len(content) > largest {
			offences = append(offences, fmt.Sprintf("%s: %d bytes are more than %d", name, len(content), largest))
			continue
		}
		offences = append(offences, unfitText(name, content)...)
	}
	slices.Sort(offences)
	return offences
}

func unfitText(name string, content []byte) []string {
	if !utf8.Valid(content) {
		return nil
	}
	var offences []string
	if found := unfinished.Find(content); found != nil && path.Ext(name) == ".go" {
		offences = append(offences, fmt.Sprintf("%s: %s", name, found))
	}
	if found := machinePath.FindSubmatch(content); found != nil {
		offences = append(offences, fmt.Sprintf("%s: the path %s exists on one machine only", name, found[1]))
	}
	return offences
}

func TestFilesAreFitForTheHistory(t *testing.T) {
	require.Empty(t, unfit(t, repository()))
}

func TestFileRulesBite(t *testing.T) {
	text := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	tree := fstest.MapFS{
		".gitignore":   text("/data/\n"),
		"data/big":     text(strings.Repeat("x", largest+1)),
		"fits":         text(strings.Repeat("x", largest)),
		"good.go":      text("package good // METHODOLOGY, fixme-not, a.example/home/x, /home/\n"),
		"notes.md":     text("TO" + "DO lists are allowed in prose\n"),
		"binary":       text("\xff \"/ho" + "me/anna\""),
		"large":        text(strings.Repeat("x", largest+1)),
		"later.go":     text("package later // TO" + "DO: write\n"),
		"broken.go":    text("package broken // FIX" + "ME\n"),
		"odd.go":       text("package odd // XX" + "X\n"),
		"own.go":       text("package own\n\nconst dir = \"/ho" + "me/anna/x\"\n"),
		"script":       text("cd /ro" + "ot/latchkey\n"),
		"url.md":       text("see file:///tm" + "p/report\n"),
		"windows.yml":  text("dir: C:\\Us" + "ers\\anna\n"),
		"sub/deep.sql": text("/wo" + "rk/x\n"),
	}
	require.Equal(t, []string{
		"broken.go: FIX" + "ME",
		"large: 1500001 bytes are more than 1500000",
		"later.go: TO" + "DO",
		"odd.go: XX" + "X",
		"own.go: the path /ho" + "me/anna exists on one machine only",
		"script: the path /ro" + "ot/latchkey exists on one machine only",
		"sub/deep.sql: the path /wo" + "rk/x exists on one machine only",
		"url.md: the path /tm" + "p/report exists on one machine only",
		"windows.yml: the path C:\\Us" + "ers\\anna exists on one machine only",
	}, unfit(t, tree))
}
