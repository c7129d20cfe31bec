package config

import "strings"

// Site is what was written about the row of django_site. nil leaves a row that
// is there as it is; a new row then says "example.com".
type Site struct {
	Name   *string // at most 50 characters
	Domain *string // host with or without a port, at most 100 characters
}

func siteSettings() []Setting {
	return []Setting{
		setting("SITE_NAME", "none", "name in the `django_site` row", optional(words(50)),
			func(c *Config) **string { return &c.Site.Name }).computedAs("the row as it is; `example.com` in a new one"),
		setting("SITE_DOMAIN", "none", "domain in the `django_site` row", optional(siteDomain),
			func(c *Config) **string { return &c.Site.Domain }).computedAs("the row as it is; `example.com` in a new one"),
	}
}

var siteDomain = simple(func(s string) (string, error) {
	s = strings.ToLower(s)
	if !validHostPort(s) || len(s) > 100 {
		return "", advice("write a host with or without a port, such as example.com")
	}
	return s, nil
}, same)

// optional reads "none" and the empty text as nil.
func optional(k codec[string]) codec[*string] {
	return codec[*string]{
		parse: func(n node) (*string, error) {
			if s, err := n.single(); err == nil && isNone(s) {
				return nil, nil
			}
			value, err := k.parse(n)
			if err != nil {
				return nil, err
			}
			return &value, nil
		},
		show: func(s *string) string {
			if s == nil {
				return "none"
			}
			return k.show(*s)
		},
	}
}
