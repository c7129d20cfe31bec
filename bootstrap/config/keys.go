package config

import (
	"strings"

	"latchkey/domain/secret"
)

// Keys sign what Django signs with its secret key.
type Keys struct {
	Secret    secret.String   // empty: generate one and keep it beside the database
	Fallbacks []secret.String // older keys, whose signatures are still accepted
}

func keySettings() []Setting {
	return []Setting{
		setting("SECRET_KEY", "none", "signs everything Django signs with it", secretKey,
			func(c *Config) *secret.String { return &c.Keys.Secret }).computedAs("generated once beside the database").hidden(),
		setting("SECRET_KEY_FALLBACKS", "none", "older keys that are still accepted", secretList,
			func(c *Config) *[]secret.String { return &c.Keys.Fallbacks }).hidden(),
	}
}

// secretKey refuses the empty text: it is what an orchestrator writes whose own
// secret is missing, and another key would silently void every session.
var secretKey = codec[secret.String]{
	parse: func(n node) (secret.String, error) {
		if s, err := n.single(); err == nil && strings.EqualFold(s, "none") {
			return secret.String{}, nil
		}
		return hiddenText.parse(n)
	},
	show: func(key secret.String) string {
		if key.Empty() {
			return "none"
		}
		return hiddenText.show(key)
	},
}

// secretList is a list whose items may contain commas when YAML writes them.
var secretList = codec[[]secret.String]{
	parse: func(n node) ([]secret.String, error) {
		texts, err := n.elements()
		if err != nil {
			return nil, err
		}
		var secrets []secret.String
		for _, s := range texts {
			key, err := hiddenText.parse(scalar(s))
			if err != nil {
				return nil, err
			}
			secrets = append(secrets, key)
		}
		return secrets, nil
	},
	show: func(secrets []secret.String) string { return showList(secrets, hiddenText.show) },
}
