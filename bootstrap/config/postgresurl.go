package config

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"latchkey/domain/secret"
)

var (
	errPostgresOption = advice("write sslmode, sslrootcert, sslcert, sslkey, host (of a socket), port, connect_timeout, search_path or default_query_exec_mode=exec behind the ? of postgres://, each once, and nothing else")
	errSSLMode        = advice("write sslmode=verify-full, verify-ca, require, prefer, allow or disable behind postgres://")
)

// postgresOptions are what may stand behind the "?", and what each may be. None is
// a password: the value is printed.
var postgresOptions = map[string]func(string) bool{
	"sslmode":         func(s string) bool { return slices.Contains(sslModes, s) },
	"sslrootcert":     clean,
	"sslcert":         clean,
	"sslkey":          clean,
	"host":            path.IsAbs,
	"port":            validPort,
	"connect_timeout": seconds,
	"search_path":     clean,
	// Not simple_protocol: it takes several statements at once.
	"default_query_exec_mode": func(s string) bool { return s == "exec" || s == "cache_statement" },
}

var sslModes = []string{"verify-full", "verify-ca", "require", "prefer", "allow", "disable"}

// parsePostgresURL never passes on the errors of package url: they quote the password.
func parsePostgresURL(s string) (Location, error) {
	u, err := url.Parse(s)
	if err != nil || !clean(s) || !namesDatabase(u) {
		return Location{}, errDatabaseURL
	}
	options, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Location{}, errPostgresOption
	}
	if err := judgeOptions(options); err != nil {
		return Location{}, err
	}
	host := strings.ToLower(u.Hostname())
	if host == "" && options.Get("host") == "" {
		return Location{}, errDatabaseURL
	}
	return Location{
		Postgres:   secret.New(u.String()),
		shown:      withoutPassword(u),
		unverified: host != "" && !loopback(host) && options.Get("sslmode") != "verify-full",
	}, nil
}

// namesDatabase reports whether the URL has a database and, where it has them, a
// host, a port, a user and a password that make sense.
func namesDatabase(u *url.URL) bool {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	name := strings.TrimPrefix(u.Path, "/")
	password, _ := u.User.Password()
	return u.Opaque == "" && u.Fragment == "" && name != "" && !strings.Contains(name, "/") && clean(name) &&
		(host == "" || validHost(host)) && (port == "" || validPort(port)) && clean(password) && clean(u.User.Username())
}

func judgeOptions(options url.Values) error {
	for name, values := range options {
		permits, known := postgresOptions[name]
		switch {
		case !known || len(values) != 1:
			return errPostgresOption
		case !permits(values[0]) && name == "sslmode":
			return errSSLMode
		case !permits(values[0]) || values[0] == "":
			return errPostgresOption
		}
	}
	return nil
}

// withoutPassword writes the URL to print. The brackets are not allowed in user
// information, so that it cannot be used by mistake.
func withoutPassword(u *url.URL) string {
	if _, has := u.User.Password(); !has {
		return u.String()
	}
	shown := *u
	shown.User = nil
	user := url.User(u.User.Username()).String() + ":" + redacted + "@"
	return strings.Replace(shown.String(), "://", "://"+user, 1)
}
