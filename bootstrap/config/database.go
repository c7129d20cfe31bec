package config

import (
	"path/filepath"
	"strings"
)

// Database says where the data is.
type Database struct {
	SQLite string // path of the file, relative to the working directory or absolute; has no ?, # and %
}

// sqliteName is the file's name in DATA_DIR.
const sqliteName = "latchkey.sqlite3"

func (d *Database) derive(dataDir string) {
	if d.SQLite == "" {
		d.SQLite = filepath.Join(dataDir, sqliteName)
	}
}

func databaseSettings() []Setting {
	return []Setting{
		setting("DATABASE_URL", "none", "`sqlite:///absolute/file`, `sqlite://relative/file`; `postgres://` is not there yet", orNone(databaseURL),
			func(c *Config) *Database { return &c.Database }).computedAs("`" + sqliteName + "` in `DATA_DIR`").hidden(),
	}
}

var databaseURL = simple(parseDatabaseURL, func(d Database) string { return "sqlite://" + d.SQLite })

func parseDatabaseURL(s string) (Database, error) {
	scheme, path, _ := strings.Cut(s, "://")
	switch strings.ToLower(scheme) {
	case "postgres", "postgresql":
		return Database{}, notYet{with: "postgres://", leave: "sqlite://"}
	case "sqlite":
		if plainPath(path) && path != ":memory:" && !strings.HasSuffix(path, "/") {
			return Database{SQLite: path}, nil
		}
	}
	return Database{}, advice("write sqlite:// and the path of a file without ?, # and %")
}

// plainPath refuses what the SQLite driver would read as options behind the
// path, or decode.
func plainPath(path string) bool {
	return path != "" && clean(path) && !strings.ContainsAny(path, "?#%") && path == strings.TrimSpace(path)
}
