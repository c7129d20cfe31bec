package architecture

import (
	"go/ast"
	"go/token"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// undocumented lists the exported identifiers that no comment explains, outside
// tests and programs. The methods of an interface count in application/ports
// alone: there they are the promises that an adapter has to keep.
func undocumented(t *testing.T, tree fs.FS) []string {
	t.Helper()
	var offences []string
	for folder, files := range goFiles(t, tree) {
		for name, file := range files {
			if isTest(name) || file.Name.Name == "main" {
				continue
			}
			for _, offence := range undocumentedIn(file, folder == "application/ports") {
				offences = append(offences, folder+"/"+name+": "+offence)
			}
		}
	}
	slices.Sort(offences)
	return offences
}

func undocumentedIn(file *ast.File, withMethods bool) []string {
	var offences []string
	for _, declaration := range file.Decls {
		switch declared := declaration.(type) {
		case *ast.FuncDecl:
			offences = append(offences, undocumentedFunc(declared)...)
		case *ast.GenDecl:
			for _, spec := range declared.Specs {
				offences = append(offences, undocumentedSpec(declared, spec, withMethods)...)
			}
		}
	}
	return offences
}

// undocumentedFunc demands a comment that opens with the function's name.
func undocumentedFunc(declared *ast.FuncDecl) []string {
	name := declared.Name.Name
	if !declared.Name.IsExported() || !ofExportedType(declared) || opensWith(declared.Doc.Text(), name) {
		return nil
	}
	return []string{name + " has no comment that opens with its name"}
}

// ofExportedType also holds for a function that is not a method.
func ofExportedType(declared *ast.FuncDecl) bool {
	if declared.Recv == nil {
		return true
	}
	receiver := declared.Recv.List[0].Type
	for {
		switch shape := receiver.(type) {
		case *ast.StarExpr:
			receiver = shape.X
		case *ast.IndexExpr:
			receiver = shape.X
		case *ast.IndexListExpr:
			receiver = shape.X
		case *ast.Ident:
			return shape.IsExported()
		default:
			return true
		}
	}
}

func undocumentedSpec(group *ast.GenDecl, spec ast.Spec, withMethods bool) []string {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		return undocumentedType(group, spec, withMethods)
	case *ast.ValueSpec:
		explained := group.Doc.Text() != "" || spec.Doc.Text() != "" || spec.Comment.Text() != ""
		for _, name := range spec.Names {
			if name.IsExported() && !explained {
				return []string{name.Name + " has no comment, nor has its group"}
			}
		}
	}
	return nil
}

// undocumentedType demands a comment that opens with the name, after an
// article if it reads better; only a lone type may borrow the comment of its group.
func undocumentedType(group *ast.GenDecl, spec *ast.TypeSpec, withMethods bool) []string {
	name := spec.Name.Name
	if !spec.Name.IsExported() {
		return nil
	}
	comment := spec.Doc.Text()
	if comment == "" && group.Lparen == token.NoPos {
		comment = group.Doc.Text()
	}
	var offences []string
	if !opensWith(comment, name, "A "+name, "An "+name, "The "+name) {
		offences = append(offences, name+" has no comment that opens with its name")
	}
	if contract, ok := spec.Type.(*ast.InterfaceType); ok && withMethods {
		offences = append(offences, undocumentedMethods(name, contract)...)
	}
	return offences
}

func undocumentedMethods(name string, contract *ast.InterfaceType) []string {
	var offences []string
	for _, method := range contract.Methods.List {
		if len(method.Names) > 0 && method.Doc.Text() == "" {
			offences = append(offences, name+"."+method.Names[0].Name+" promises nothing")
		}
	}
	return offences
}

// opensWith reports whether a comment begins with one of the openings as whole words.
func opensWith(comment string, openings ...string) bool {
	words := strings.Join(strings.Fields(comment), " ") + " "
	return slices.ContainsFunc(openings, func(opening string) bool {
		rest, found := strings.CutPrefix(words, opening)
		return found && strings.ContainsAny(rest[:1], " ,.:;'’(") && len(strings.Fields(rest)) > 0
	})
}

func TestEverythingExportedIsExplained(t *testing.T) {
	require.Empty(t, undocumented(t, repository()))
}

func TestDocumentationRuleBites(t *testing.T) {
	for _, try := range []struct {
		name, source string
		want         []string
	}{
		{"a function", "// F does.\nfunc F() {}", nil},
		{"a function without a comment", "func F() {}", []string{"F has no comment that opens with its name"}},
		{"a comment that only repeats the name", "// F\nfunc F() {}", []string{"F has no comment that opens with its name"}},
		{"another function's comment", "// Foo does.\nfunc F() {}", []string{"F has no comment that opens with its name"}},
		{"an article before a function", "// The F does.\nfunc F() {}", []string{"F has no comment that opens with its name"}},
		{"an unexported function", "func f() {}", nil},
		{"a method of an exported type", "func (T[K]) M() {}", []string{"M has no comment that opens with its name"}},
		{"a method of a pointer to an exported type", "func (t *T[K, V]) M() {}", []string{"M has no comment that opens with its name"}},
		{"a method of an unexported type", "func (t *t) M() {}", nil},
		{"a type", "// A T is.\ntype T struct{ Field int }", nil},
		{"a type without a comment", "type T struct{}", []string{"T has no comment that opens with its name"}},
		{"a group of types with one comment", "// T and U are.\ntype (\n\tT int\n\tU int\n)",
			[]string{"T has no comment that opens with its name", "U has no comment that opens with its name"}},
		{"a group of constants with one comment", "// The sizes.\nconst (\n\tA = 1\n\tB = 2\n)", nil},
		{"a variable with a comment after it", "var A = 1 // one", nil},
		{"a constant without a comment", "const A = 1", []string{"A has no comment, nor has its group"}},
		{"one variable of many without a comment", "var (\n\t// A is.\n\tA = 1\n\n\tB = 2\n)", []string{"B has no comment, nor has its group"}},
		{"an unexported variable", "var a = 1", nil},
		{"a port with promises", "// P is.\ntype P interface {\n\t// M does.\n\tM()\n}", nil},
		{"a port without a promise", "// P is.\ntype P interface {\n\tM()\n}", []string{"P.M promises nothing"}},
	} {
		t.Run(try.name, func(t *testing.T) {
			const folder = "application/ports"
			tree := fstest.MapFS{folder + "/x.go": {Data: []byte("package ports\n\n" + try.source + "\n")}}
			var want []string
			for _, offence := range try.want {
				want = append(want, folder+"/x.go: "+offence)
			}
			require.Equal(t, want, undocumented(t, tree))
		})
	}
}

func TestDocumentationRuleKnowsItsBounds(t *testing.T) {
	const bare = "\n\nfunc F() {}\n\ntype P interface{ M() }\n"
	tree := fstest.MapFS{
		"a/main.go":   {Data: []byte("package main" + bare)},
		"a/x_test.go": {Data: []byte("package a" + bare)},
		"b/x.go":      {Data: []byte("package b\n\n// P is.\ntype P interface{ M() }\n")},
	}
	require.Empty(t, undocumented(t, tree))
}
