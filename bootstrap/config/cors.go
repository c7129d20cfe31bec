package config

// CORS says which sites may call the API from a browser.
type CORS struct {
	// Origins are "scheme://host[:port]" in lower case, whose host may start with
	// "*."; or "*", any site, and then never with Credentials. Empty: no other site.
	Origins     []string
	Credentials bool // cookies may come along
}

func corsSettings() []Setting {
	return []Setting{
		setting("CORS_ALLOWED_ORIGINS", "none", "sites that may call the API from a browser: `https://app.example.com`, `https://*.example.com`, `*` = any", listOf(corsOrigin),
			func(c *Config) *[]string { return &c.CORS.Origins }),
		setting("CORS_ALLOW_CREDENTIALS", "false", "and send cookies along", boolean,
			func(c *Config) *bool { return &c.CORS.Credentials }),
	}
}

// anyOrigin is every site there is.
const anyOrigin = "*"

var corsOrigin = codec[string]{
	parse: func(n node) (string, error) {
		if s, err := n.single(); err == nil && s == anyOrigin {
			return anyOrigin, nil
		}
		return trustedOrigin.parse(n)
	},
	show: same,
}
