package architecture

import (
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "latchkey"

// A line of the import table says what the packages of one place may import.
// Patterns are those of the go command: "a/b" is that package, "a/b/..." is it
// and everything below. A package may always import what lies below its own place.
type line struct {
	place string
	// std lists the only packages of the standard library; nil means all of them.
	std []string
	// notStd takes packages of the standard library away.
	notStd []string
	// own lists packages of this module, without its name.
	own []string
	// third lists packages of others.
	third []string
}

var (
	// handful is what the two vocabularies of the domain need.
	handful = []string{"crypto/sha256", "crypto/subtle", "errors", "fmt", "io", "strings", "time"}

	// impure is I/O, chance and whatever escapes the type system: a rule that
	// needs none of them can be tested without a double and replayed at will.
	impure = []string{
		"context", "crypto/rand", "database/sql/...", "log/...", "math/rand/...", "net", "net/http/...",
		"net/rpc/...", "net/smtp", "os/...", "plugin", "syscall/...", "unsafe",
	}

	vocabulary = []string{"domain/fault", "domain/secret", "domain/accounts"}
	inside     = []string{"domain/...", "application/ports"}
	production = []string{"domain/...", "application/...", "adapters/...", "bootstrap/..."}
	anybody    = []string{"..."}
)

// table is the whole law. The first line whose place matches a package rules
// it; a package without a line is an offence, so that a new adapter has to
// name its third parties here.
var table = []line{
	{place: "domain/fault", std: handful},
	{place: "domain/secret", std: handful},
	{place: "domain/*", notStd: impure, own: vocabulary},

	{place: "application/ports", own: []string{"domain/..."}},
	{place: "application/*", own: inside},

	{place: "adapters/ginhttp", own: []string{"domain/...", "application/..."}, third: []string{
		"github.com/gin-gonic/gin/...", "github.com/go-playground/validator/v10", "github.com/rs/cors",
	}},
	// Not bun/migrate: it marks a migration as applied before it has run.
	{place: "adapters/bunsql", own: inside, third: []string{
		"github.com/uptrace/bun", "github.com/uptrace/bun/dialect/...", "github.com/uptrace/bun/schema",
		"modernc.org/sqlite/...", "github.com/jackc/pgx/v5/...", "github.com/pressly/goose/v3/...",
	}},
	{place: "adapters/smtpmail", own: inside, third: []string{"github.com/wneessen/go-mail/...", "golang.org/x/net/idna"}},
	{place: "adapters/passwordhash", own: inside, third: []string{
		"golang.org/x/crypto/argon2", "golang.org/x/crypto/bcrypt", "golang.org/x/crypto/scrypt", "golang.org/x/crypto/blake2b",
	}},
	{place: "adapters/djangosign", own: inside},
	{place: "adapters/aesseal", own: inside},
	{place: "adapters/webauthn", own: inside, third: []string{
		"github.com/go-webauthn/webauthn/protocol", "github.com/go-webauthn/webauthn/protocol/webauthncose",
	}},
	{place: "adapters/oauthlogin", own: inside, third: []string{
		"golang.org/x/oauth2", "github.com/coreos/go-oidc/v3/oidc", "github.com/go-jose/go-jose/v4",
		"github.com/dghubble/oauth1", "github.com/golang-jwt/jwt/v5",
	}},
	{place: "adapters/jwttoken", own: inside, third: []string{"github.com/golang-jwt/jwt/v5"}},
	{place: "adapters/peoplefile", own: inside},
	{place: "adapters/pwnedpasswords", own: inside},
	{place: "adapters/redislimits", own: inside, third: []string{
		"github.com/redis/go-redis/v9", "github.com/redis/go-redis/v9/logging", "github.com/redis/go-redis/v9/maintnotifications",
	}},
	{place: "adapters/qrsvg", own: inside, third: []string{"github.com/boombuler/barcode", "github.com/boombuler/barcode/qr"}},
	{place: "adapters/inmemory", own: inside},
	{place: "adapters/system", own: inside},

	{place: "bootstrap", own: production, third: anybody},
	{place: "tests/conformance", own: inside, third: []string{"github.com/stretchr/testify/...", "pgregory.net/rapid"}},
	{place: "tests/*", own: append([]string{"tests/..."}, production...), third: anybody},
}

// violations lists what the package at path imports against the table, as
// sentences. It looks at nothing but its arguments.
func violations(pkg string, imports []string) []string {
	location := strings.TrimPrefix(pkg, module+"/")
	law, place, found := lawOf(location)
	if !found {
		return []string{location + " has no line in the import table"}
	}
	var offences []string
	for _, imported := range imports {
		if !law.allows(place, imported) {
			offences = append(offences, location+" may not import "+imported)
		}
	}
	return offences
}

// lawOf finds the line of a package and the place that it belongs to:
// adapters/bunsql/migrations lies in the place adapters/bunsql.
func lawOf(location string) (law line, place string, found bool) {
	for _, law := range table {
		depth := strings.Count(law.place, "/") + 1
		parts := strings.Split(location, "/")
		if len(parts) < depth {
			continue
		}
		place := strings.Join(parts[:depth], "/")
		if matched, _ := filepath.Match(law.place, place); matched {
			return law, place, true
		}
	}
	return line{}, "", false
}

func (l line) allows(place, imported string) bool {
	location, ours := strings.CutPrefix(imported, module+"/")
	switch {
	case ours && matches(location, place+"/..."):
		return true
	case slices.Contains(strings.Split(imported, "/"), "internal"):
		return false
	case ours:
		return matchesAny(location, l.own)
	case isStd(imported):
		return (l.std == nil || matchesAny(imported, l.std)) && !matchesAny(imported, l.notStd)
	default:
		return matchesAny(imported, l.third)
	}
}

// isStd goes by the rule of the go command: the first element of a path that
// comes from elsewhere has a dot. "C" is cgo: the binary is built without it.
func isStd(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return first != module && first != "C" && !strings.Contains(first, ".")
}

func matchesAny(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return matches(name, pattern) })
}

func matches(name, pattern string) bool {
	if pattern == "..." {
		return name != "C"
	}
	root, below := strings.CutSuffix(pattern, "/...")
	return name == root || below && strings.HasPrefix(name, root+"/")
}

// goPackage is the part of go list's answer that the rule needs.
type goPackage struct {
	ImportPath, Dir         string
	Imports, IgnoredGoFiles []string
}

// listPackages asks go list, and adds the imports of files that a build
// constraint hides on this machine: a tag is no way around the table.
func listPackages(t *testing.T) []goPackage {
	t.Helper()
	list := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,Imports,IgnoredGoFiles", "./...")
	list.Dir = "../.."
	out, err := list.Output()
	require.NoError(t, err)
	var packages []goPackage
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var pkg goPackage
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			return packages
		} else {
			require.NoError(t, err)
		}
		pkg.Imports = append(pkg.Imports, hiddenImports(t, pkg)...)
		packages = append(packages, pkg)
	}
}

func hiddenImports(t *testing.T, pkg goPackage) []string {
	t.Helper()
	var hidden []string
	for _, name := range pkg.IgnoredGoFiles {
		if isTest(name) {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(pkg.Dir, name), nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			hidden = append(hidden, imported)
		}
	}
	return hidden
}

func TestPackagesImportOnlyWhatTheTableAllows(t *testing.T) {
	packages := listPackages(t)
	require.NotEmpty(t, packages)
	for _, pkg := range packages {
		require.Empty(t, violations(pkg.ImportPath, pkg.Imports))
	}
}

func TestEveryRuleOfTheImportTableBites(t *testing.T) {
	const allowed, forbidden = true, false
	tried := map[string]bool{}
	for _, try := range []struct {
		pkg, imported string
		want          bool
	}{
		{"domain/fault", "strings", allowed},
		{"domain/fault", "encoding/json", forbidden},
		{"domain/fault", "latchkey/domain/secret", forbidden},
		{"domain/secret", "crypto/subtle", allowed},
		{"domain/secret", "crypto/rand", forbidden},
		{"domain/secret", "latchkey/domain/fault", forbidden},

		{"domain/accounts", "net/netip", allowed},
		{"domain/accounts", "embed", allowed},
		{"domain/sessions", "latchkey/domain/accounts", allowed},
		{"domain/sessions", "latchkey/domain/fault", allowed},
		{"domain/sessions", "latchkey/domain/sessions/keys", allowed},
		{"domain/accounts", "context", forbidden},
		{"domain/accounts", "net", forbidden},
		{"domain/accounts", "net/http", forbidden},
		{"domain/accounts", "net/http/httptest", forbidden},
		{"domain/accounts", "database/sql", forbidden},
		{"domain/accounts", "database/sql/driver", forbidden},
		{"domain/accounts", "os", forbidden},
		{"domain/accounts", "os/exec", forbidden},
		{"domain/accounts", "log", forbidden},
		{"domain/accounts", "log/slog", forbidden},
		{"domain/accounts", "crypto/rand", forbidden},
		{"domain/accounts", "math/rand/v2", forbidden},
		{"domain/accounts", "C", forbidden},
		{"domain/accounts", "latchkey/domain/sessions", forbidden},
		{"domain/accounts", "latchkey/application/ports", forbidden},
		{"domain/accounts", "golang.org/x/text/unicode/norm", forbidden},

		{"application/ports", "context", allowed},
		{"application/ports", "latchkey/domain/sessions", allowed},
		{"application/ports", "latchkey/application/registration", forbidden},
		{"application/ports", "latchkey/adapters/system", forbidden},
		{"application/ports", "github.com/google/uuid", forbidden},

		{"application/registration", "log/slog", allowed},
		{"application/registration", "latchkey/domain/accounts", allowed},
		{"application/registration", "latchkey/application/ports", allowed},
		{"application/registration", "latchkey/application/authentication", forbidden},
		{"application/registration", "latchkey/adapters/inmemory", forbidden},
		{"application/registration", "latchkey/bootstrap/config", forbidden},
		{"application/registration", "go.uber.org/fx", forbidden},
		{"application/registration", "github.com/uptrace/bun", forbidden},

		{"adapters/ginhttp", "github.com/gin-gonic/gin", allowed},
		{"adapters/ginhttp", "github.com/gin-gonic/gin/binding", allowed},
		{"adapters/ginhttp", "github.com/go-playground/validator/v10", allowed},
		{"adapters/ginhttp", "latchkey/application/registration", allowed},
		{"adapters/ginhttp", "latchkey/adapters/djangosign", forbidden},
		{"adapters/ginhttp", "latchkey/bootstrap", forbidden},
		{"adapters/ginhttp", "github.com/uptrace/bun", forbidden},
		{"adapters/ginhttp", "go.uber.org/fx", forbidden},

		{"adapters/bunsql", "database/sql", allowed},
		{"adapters/bunsql", "github.com/uptrace/bun", allowed},
		{"adapters/bunsql", "github.com/uptrace/bun/dialect/sqlitedialect", allowed},
		{"adapters/bunsql", "modernc.org/sqlite", allowed},
		{"adapters/bunsql", "github.com/jackc/pgx/v5/stdlib", allowed},
		{"adapters/bunsql", "github.com/lib/pq", forbidden},
		{"adapters/bunsql", "github.com/pressly/goose/v3", allowed},
		{"adapters/bunsql", "latchkey/adapters/bunsql/migrations", allowed},
		{"adapters/bunsql/migrations", "latchkey/adapters/bunsql", allowed},
		{"adapters/bunsql/migrations", "gorm.io/gorm", forbidden},
		{"adapters/bunsql", "github.com/uptrace/bun/migrate", forbidden},
		{"adapters/bunsql", "github.com/jmoiron/sqlx", forbidden},
		{"adapters/bunsql", "latchkey/application/registration", forbidden},

		{"adapters/smtpmail", "github.com/wneessen/go-mail", allowed},
		{"adapters/smtpmail", "golang.org/x/net/idna", allowed},
		{"adapters/smtpmail", "golang.org/x/net/http2", forbidden},
		{"adapters/smtpmail", "github.com/emersion/go-smtp", forbidden},
		{"adapters/smtpmail", "latchkey/adapters/system", forbidden},
		{"adapters/oauthlogin", "golang.org/x/oauth2", allowed},
		{"adapters/oauthlogin", "github.com/coreos/go-oidc/v3/oidc", allowed},
		{"adapters/oauthlogin", "github.com/go-jose/go-jose/v4", allowed},
		{"adapters/oauthlogin", "github.com/dghubble/oauth1", allowed},
		{"adapters/oauthlogin", "github.com/markbates/goth", forbidden},
		{"adapters/oauthlogin", "latchkey/adapters/jwttoken", forbidden},
		{"adapters/oauthlogin", "latchkey/application/federation", forbidden},
		{"adapters/jwttoken", "github.com/golang-jwt/jwt/v5", allowed},
		{"adapters/jwttoken", "github.com/golang-jwt/jwt/v4", forbidden},
		{"adapters/jwttoken", "latchkey/adapters/djangosign", forbidden},
		{"adapters/ginhttp", "github.com/rs/cors", allowed},
		{"adapters/passwordhash", "golang.org/x/crypto/argon2", allowed},
		{"adapters/passwordhash", "golang.org/x/crypto/bcrypt", allowed},
		{"adapters/passwordhash", "golang.org/x/crypto/scrypt", allowed},
		{"adapters/passwordhash", "golang.org/x/crypto/md4", forbidden},
		{"adapters/djangosign", "crypto/hmac", allowed},
		{"adapters/djangosign", "golang.org/x/crypto/argon2", forbidden},
		{"adapters/aesseal", "crypto/hkdf", allowed},
		{"adapters/aesseal", "latchkey/adapters/djangosign", forbidden},
		{"adapters/aesseal", "golang.org/x/crypto/hkdf", forbidden},
		{"adapters/webauthn", "github.com/go-webauthn/webauthn/protocol", allowed},
		{"adapters/webauthn", "github.com/go-webauthn/webauthn/webauthn", forbidden},
		{"adapters/webauthn", "latchkey/application/passkeys", forbidden},
		{"application/passkeys", "github.com/go-webauthn/webauthn/protocol", forbidden},
		{"adapters/peoplefile", "encoding/csv", allowed},
		{"adapters/peoplefile", "latchkey/application/relocation", forbidden},
		{"adapters/peoplefile", "github.com/gocarina/gocsv", forbidden},
		{"adapters/qrsvg", "github.com/boombuler/barcode/qr", allowed},
		{"adapters/qrsvg", "github.com/skip2/go-qrcode", forbidden},
		{"adapters/qrsvg", "latchkey/application/secondfactor", forbidden},
		{"adapters/inmemory", "latchkey/application/ports", allowed},
		{"adapters/inmemory", "latchkey/application/delivery", forbidden},
		{"adapters/system", "crypto/rand", allowed},
		{"adapters/system", "github.com/google/uuid", forbidden},
		{"adapters/pwnedpasswords", "net/http", allowed},
		{"adapters/pwnedpasswords", "latchkey/application/registration", forbidden},
		{"adapters/pwnedpasswords", "latchkey/adapters/oauthlogin", forbidden},
		{"adapters/pwnedpasswords", "github.com/mattevans/pwned-passwords", forbidden},
		{"adapters/redislimits", "github.com/redis/go-redis/v9", allowed},
		{"adapters/redislimits", "github.com/redis/go-redis/v9/auth", forbidden},
		{"adapters/redislimits", "github.com/gomodule/redigo/redis", forbidden},
		{"adapters/redislimits", "latchkey/adapters/inmemory", forbidden},
		{"adapters/redisstore", "context", forbidden},

		{"bootstrap", "go.uber.org/fx", allowed},
		{"bootstrap/config", "github.com/goccy/go-yaml", allowed},
		{"bootstrap/cmd/latchkey", "latchkey/bootstrap", allowed},
		{"bootstrap", "latchkey/tests/kit", forbidden},
		{"bootstrap", "C", forbidden},

		{"tests/conformance", "github.com/stretchr/testify/require", allowed},
		{"tests/conformance", "latchkey/application/ports", allowed},
		{"tests/conformance", "latchkey/adapters/bunsql/internal/rows", forbidden},
		{"tests/conformance", "latchkey/adapters/bunsql", forbidden},
		{"tests/conformance", "go.uber.org/fx", forbidden},
		{"tests/kit", "latchkey/bootstrap", allowed},
		{"tests/kit", "go.uber.org/fx", allowed},
		{"tests/kit", "latchkey/bootstrap/internal/wiring", forbidden},
		{"tests/kit", "latchkey/internal/secrets", forbidden},

		{"tools/generator", "strings", forbidden},
	} {
		offences := violations(module+"/"+try.pkg, []string{"errors", try.imported})
		require.Equal(t, try.want, len(offences) == 0, "%s -> %s: %v", try.pkg, try.imported, offences)
		if law, _, found := lawOf(try.pkg); found && !try.want {
			tried[law.place] = true
		}
	}
	for _, law := range table {
		require.True(t, tried[law.place], "no forbidden import was tried on %s", law.place)
	}
}
