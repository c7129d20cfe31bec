package config

import (
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"latchkey/domain/secret"
)

// Database says where the data is and how it is spoken to.
type Database struct {
	Location
	MaxConnections   int           // to PostgreSQL
	StatementTimeout time.Duration // of PostgreSQL; 0 is never
}

// Location is a parsed DATABASE_URL: one of its fields is set.
type Location struct {
	SQLite   string        // path of the file, relative to the working directory or absolute; has no ?, # and %
	Postgres secret.String // a URL that the driver reads

	shown      string // the URL of PostgreSQL without its password
	unverified bool   // nobody checks who answers at the other end of the network
}

// sqliteName is the file's name in DATA_DIR.
const sqliteName = "latchkey.sqlite3"

func (d *Database) derive(dataDir string) {
	if d.SQLite == "" && d.Postgres.Empty() {
		d.SQLite = filepath.Join(dataDir, sqliteName)
	}
	if d.MaxConnections == 0 {
		d.MaxConnections = 4 * runtime.NumCPU()
	}
}

func databaseSettings() []Setting {
	return []Setting{
		setting("DATABASE_URL", "none", "`sqlite:///absolute/file`, `sqlite://relative/file`, `postgres://user:password@host/database?sslmode=verify-full`", orNone(databaseURL),
			func(c *Config) *Location { return &c.Database.Location }).computedAs("`" + sqliteName + "` in `DATA_DIR`").hidden(),
		setting("DATABASE_MAX_CONNECTIONS", "none", "connections to PostgreSQL that each instance opens at most", orNone(integer(2, 10_000)),
			func(c *Config) *int { return &c.Database.MaxConnections }).computedAs("4 for each core"),
		setting("DATABASE_STATEMENT_TIMEOUT", "10", "seconds after which PostgreSQL gives a statement up; `0` = never", duration(0, day),
			func(c *Config) *time.Duration { return &c.Database.StatementTimeout }),
	}
}

var databaseURL = simple(parseDatabaseURL, func(l Location) string {
	if l.shown != "" {
		return l.shown
	}
	return "sqlite://" + l.SQLite
})

var errDatabaseURL = advice("write sqlite:// and the path of a file without ?, # and %, or postgres://user:password@host/database?sslmode=verify-full, with special characters of the password as %XX")

func parseDatabaseURL(s string) (Location, error) {
	scheme, path, _ := strings.Cut(s, "://")
	switch strings.ToLower(scheme) {
	case "postgres", "postgresql":
		return parsePostgresURL(s)
	case "sqlite":
		if plainPath(path) && path != ":memory:" && !strings.HasSuffix(path, "/") {
			return Location{SQLite: path}, nil
		}
	}
	return Location{}, errDatabaseURL
}

// plainPath refuses what the SQLite driver would read as options behind the
// path, or decode.
func plainPath(path string) bool {
	return path != "" && clean(path) && !strings.ContainsAny(path, "?#%") && path == strings.TrimSpace(path)
}

// seconds reports whether text is a number of them that makes sense for a connection.
func seconds(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n > 0 && n <= 600
}
