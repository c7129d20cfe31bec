package config

import (
	"strings"
	"testing"
)

func FuzzYAMLFile(f *testing.F) {
	for _, seed := range []string{profileProviders, "listen: :1\nsecret_key: '" + canary + "'\n", "allowed_hosts: [a, b]\n", "a: &x {b: *x}", "- 1", "? a\n: b", "x: |\n  y\n", "{", "\ufeffa: b"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		r := newReader()
		r.readYAML("fuzz.yaml", content)
		c, err := r.config()
		if err != nil {
			for _, problem := range err.(Problems) {
				if strings.Contains(problem, "\n") || problem == "" {
					t.Fatalf("not one sentence: %q", problem)
				}
			}
			return
		}
		for _, line := range c.Effective() {
			if strings.Contains(line.Value, "\n") {
				t.Fatalf("%s is printed in two lines", line.Name)
			}
		}
	})
}

func FuzzEmailURL(f *testing.F) {
	for text := range values["EMAIL_URL"].good {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := emailURL.parse(scalar(text))
		if err != nil {
			return
		}
		if first.Username != "" && first.TLS == TLSNone && !loopback(first.Host) {
			t.Fatalf("%q sends credentials in clear", text)
		}
		shown := emailURL.show(first)
		second, err := emailURL.parse(scalar(shown))
		if (err != nil) != (first.Username != "") {
			t.Fatalf("%q is shown as %q: %v", text, shown, err)
		}
		if err == nil && second != first {
			t.Fatalf("%q is read as %+v and then as %+v", text, first, second)
		}
	})
}

func FuzzDatabaseURL(f *testing.F) {
	for _, seed := range []string{"sqlite:///a", "sqlite://a/b", "SQLite://x", "postgres://u:p@h/d", "postgres://h/d?sslmode=disable", "sqlite://:memory:"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := databaseURL.parse(scalar(text))
		if err != nil {
			return
		}
		if strings.ContainsAny(first.SQLite, "?#%\n\x00") || (first.SQLite == "") == first.Postgres.Empty() {
			t.Fatalf("%q is read as the path %q", text, first.SQLite)
		}
		if strings.Contains(databaseURL.show(first), redacted) {
			return
		}
		second, err := databaseURL.parse(scalar(databaseURL.show(first)))
		if err != nil || second.SQLite != first.SQLite || second.shown != first.shown {
			t.Fatalf("%q does not survive: %+v, %v", text, second, err)
		}
	})
}

func FuzzRedisURL(f *testing.F) {
	for text := range values["REDIS_URL"].good {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := redisURL.parse(scalar(text))
		if err != nil {
			return
		}
		shown := redisURL.show(first)
		second, err := redisURL.parse(scalar(shown))
		if (err != nil) != !first.Password.Empty() {
			t.Fatalf("%q is shown as %q: %v", text, shown, err)
		}
		if err == nil && second != first {
			t.Fatalf("%q is read as %+v and then as %+v", text, first, second)
		}
	})
}
