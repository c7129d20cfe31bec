package config

import (
	"maps"
	"slices"
)

// Config is the whole configuration, parsed and judged. Nothing in it has to be
// checked again. It holds no setting that is not there yet (Setting.Later).
type Config struct {
	Preset    Preset
	Endpoints Endpoints
	Accounts  Accounts
	Providers []Provider // SOCIALACCOUNT_PROVIDERS, in the order of the file
	Social    Social
	Keys      Keys
	Database  Database
	Redis     Redis
	Passwords Passwords
	Sessions  Sessions
	JWT       JWT
	Passkeys  Passkeys
	CSRF      CSRF
	CORS      CORS
	Mail      Mail
	Site      Site
	Limits    Limits
	MFA       MFA
	Server    Server
	Cleanup   Cleanup
	Log       Log
	// Warnings are sentences about settings that are legal and risky.
	Warnings []string
}

// Load reads the YAML file (none when file is empty) and the LATCHKEY_ variables
// of environ, whose entries are "NAME=value" as os.Environ returns them; the
// environment wins. The error is of type Problems and lists everything that is
// wrong, in sentences that say what to write and contain no secret. Config is
// then the zero value.
func Load(file string, environ []string) (Config, error) {
	r := newReader()
	if file != "" {
		r.readFile(file)
	}
	r.readEnvironment(environ)
	return r.config()
}

// reader collects what the sources say, by the setting's own name, and what is
// wrong with it.
type reader struct {
	table    []Setting
	known    map[string]string // every name and alias → the setting's name
	found    map[string]given
	problems Problems
}

// given is a value and where it was written.
type given struct {
	label string // the name as its author wrote it, with the place
	value node
}

func newReader() *reader {
	r := &reader{table: Describe(), known: map[string]string{}, found: map[string]given{}}
	for _, s := range r.table {
		for _, name := range append(slices.Clone(s.Aliases), s.Name) {
			r.known[name] = s.Name
		}
	}
	return r
}

// config parses what was found over the defaults and judges the whole.
func (r *reader) config() (Config, error) {
	c, failed := r.defaults(), map[string]bool{}
	for _, s := range r.table {
		g, ok := r.found[s.Name]
		if !ok {
			continue
		}
		if err := s.assign(g.value, &c); err != nil {
			failed[s.Name] = true
			r.problems = append(r.problems, explain(s, g, err)...)
		}
	}
	c.derive()
	r.problems = append(r.problems, contradictions(c, failed)...)
	if len(r.problems) > 0 {
		return Config{}, r.problems
	}
	c.Warnings = warnings(c)
	return c, nil
}

// derive fills in the defaults that depend on other settings.
func (c *Config) derive() {
	c.Server.derive()
	c.JWT.derive()
	c.Endpoints.derive(c.JWT.Enabled)
	c.Database.derive(c.Server.DataDir)
	c.Passwords.derive()
	c.Limits.fill()
	c.Passkeys.derive(c.Server.PublicURL, c.Site.Name)
	c.CSRF.Cookie.Path = "/" // Django's CSRF_COOKIE_PATH, which is no setting here
}

// names returns every name that may be written, sorted.
func (r *reader) names() []string { return slices.Sorted(maps.Keys(r.known)) }
