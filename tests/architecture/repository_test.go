package architecture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// repository is the module's root: go test runs each test in its own folder.
func repository() fs.FS { return os.DirFS("../..") }

// ignoreList holds the patterns of a .gitignore. The tests ask it rather than
// git, so that they also run in an unpacked archive.
type ignoreList []string

func parseIgnore(text string) ignoreList {
	var list ignoreList
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			list = append(list, strings.TrimSuffix(line, "/"))
		}
	}
	return list
}

func (l ignoreList) ignores(name string) bool {
	for _, pattern := range l {
		subject := path.Base(name)
		if rest, anchored := strings.CutPrefix(pattern, "/"); anchored {
			pattern, subject = rest, name
		}
		if matched, _ := path.Match(pattern, subject); matched {
			return true
		}
	}
	return false
}

// ignored reads the .gitignore of a tree; a tree without one ignores nothing.
func ignored(tree fs.FS) ignoreList {
	text, err := fs.ReadFile(tree, ".gitignore")
	if err != nil {
		return nil
	}
	return parseIgnore(string(text))
}

// entries lists the files and folders that belong to the repository.
func entries(t *testing.T, tree fs.FS) map[string]fs.DirEntry {
	t.Helper()
	ignore, found := ignored(tree), map[string]fs.DirEntry{}
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".":
			return nil
		case name == ".git" && entry.IsDir(), ignore.ignores(name) && entry.IsDir():
			return fs.SkipDir
		case name != ".git" && !ignore.ignores(name):
			found[name] = entry
		}
		return nil
	})
	require.NoError(t, err)
	return found
}

// goFiles parses every Go file of a tree, by folder and name. Files under
// testdata are data, as they are for the go command.
func goFiles(t *testing.T, tree fs.FS) map[string]map[string]*ast.File {
	t.Helper()
	folders := map[string]map[string]*ast.File{}
	for name, entry := range entries(t, tree) {
		if entry.IsDir() || path.Ext(name) != ".go" || strings.Contains("/"+name, "/testdata/") {
			continue
		}
		source, err := fs.ReadFile(tree, name)
		require.NoError(t, err)
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments)
		require.NoError(t, err)
		folder := path.Dir(name)
		if folders[folder] == nil {
			folders[folder] = map[string]*ast.File{}
		}
		folders[folder][path.Base(name)] = file
	}
	return folders
}

func isTest(name string) bool { return strings.HasSuffix(name, "_test.go") }

func TestIgnoreListUnderstandsTheRepositorysPatterns(t *testing.T) {
	for _, pattern := range ignored(repository()) {
		require.NotContains(t, pattern, "!", "a negation needs a better parser")
		require.NotContains(t, pattern, "**", "a double star needs a better parser")
		require.NotContains(t, strings.TrimPrefix(pattern, "/"), "/", "an inner slash needs a better parser")
	}
}

func TestIgnoreListMatches(t *testing.T) {
	list := parseIgnore("# comment\n\n/data/\n/latchkey\n*.test\n")
	for name, want := range map[string]bool{
		"data": true, "latchkey": true, "x.test": true, "a/b/x.test": true,
		"bootstrap/cmd/latchkey": false, "tests/data": false, "README.md": false, "# comment": false,
	} {
		require.Equal(t, want, list.ignores(name), name)
	}
}
