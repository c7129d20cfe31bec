package architecture

import (
	"go/ast"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// rootEntries is all that the root may hold, beside dotfiles.
var rootEntries = []string{
	"domain", "application", "adapters", "bootstrap", "tests",
	"go.mod", "go.sum", "Taskfile.yml", "README.md",
}

// drawers are names that say nothing about what lies inside.
var drawers = []string{"util", "utils", "common", "helper", "helpers", "misc"}

func misplaced(t *testing.T, tree fs.FS) []string {
	t.Helper()
	var offences []string
	for name, entry := range entries(t, tree) {
		atRoot := path.Dir(name) == "."
		if atRoot && !strings.HasPrefix(name, ".") && !slices.Contains(rootEntries, name) {
			offences = append(offences, name+" does not belong into the root")
		}
		if entry.IsDir() && slices.Contains(drawers, path.Base(name)) {
			offences = append(offences, name+" says nothing about what it holds")
		}
	}
	slices.Sort(offences)
	return offences
}

// unexplained lists the folders of Go files that have no package comment. The
// comment of a package that has more than tests lies outside its tests, where
// go doc finds it.
func unexplained(t *testing.T, tree fs.FS) []string {
	t.Helper()
	var offences []string
	for folder, files := range goFiles(t, tree) {
		if !hasPackageComment(files) {
			offences = append(offences, folder+" has no package comment")
		}
	}
	slices.Sort(offences)
	return offences
}

func hasPackageComment(files map[string]*ast.File) bool {
	onlyTests := true
	for name := range files {
		onlyTests = onlyTests && isTest(name)
	}
	for name, file := range files {
		if (!isTest(name) || onlyTests) && introduces(file) {
			return true
		}
	}
	return false
}

// introduces reports whether a file's comment opens the way go doc expects it:
// "Package name …", or "Command name …" for a program.
func introduces(file *ast.File) bool {
	opening := "Package " + file.Name.Name + " "
	if file.Name.Name == "main" {
		opening = "Command "
	}
	return strings.HasPrefix(file.Doc.Text(), opening)
}

func TestTreeHasItsShape(t *testing.T) {
	require.Empty(t, misplaced(t, repository()))
}

func TestEveryPackageHasAPackageComment(t *testing.T) {
	require.NotEmpty(t, goFiles(t, repository()))
	require.Empty(t, unexplained(t, repository()))
}

func TestTreeRuleBites(t *testing.T) {
	file := &fstest.MapFile{}
	tree := fstest.MapFS{
		".gitignore":               {Data: []byte("/data/\n")},
		".git/hooks/common/x":      file,
		".ci/run":                  file,
		"README.md":                file,
		"data/latchkey.sqlite3":    file,
		"domain/common.txt":        file,
		"main.go":                  file,
		"pkg/x.txt":                file,
		"domain/common/x.txt":      file,
		"adapters/sql/helpers/x.t": file,
	}
	require.Equal(t, []string{
		"adapters/sql/helpers says nothing about what it holds",
		"domain/common says nothing about what it holds",
		"main.go does not belong into the root",
		"pkg does not belong into the root",
	}, misplaced(t, tree))
}

func TestPackageCommentRuleBites(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	tree := fstest.MapFS{
		"good/doc.go":             file("// Package good is explained.\npackage good\n"),
		"good/more.go":            file("package good\n"),
		"command/main.go":         file("// Command latchkey serves.\npackage main\n"),
		"onlytests/a_test.go":     file("// Package onlytests is explained.\npackage onlytests\n"),
		"good/testdata/x.go":      file("package x\n"),
		"none/a.go":               file("package none\n"),
		"detached/a.go":           file("// Package detached is not attached.\n\npackage detached\n"),
		"intests/a.go":            file("package intests\n"),
		"intests/a_test.go":       file("// Package intests is explained where nobody looks.\npackage intests\n"),
		"othername/a.go":          file("// Package another is a copy.\npackage othername\n"),
		"speechlesscmd/a/main.go": file("package main\n"),
	}
	require.Equal(t, []string{
		"detached has no package comment",
		"intests has no package comment",
		"none has no package comment",
		"othername has no package comment",
		"speechlesscmd/a has no package comment",
	}, unexplained(t, tree))
}
