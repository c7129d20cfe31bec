package config

// codec turns text into a value of type T and back. parse returns advice when
// the text is none of its values; show writes a text that parse reads as the
// same value, or that it refuses when the value contains a secret.
type codec[T any] struct {
	parse func(node) (T, error)
	show  func(T) string
}

// Setting describes one setting.
type Setting struct {
	Name    string   // in capital letters, without the prefix of the environment
	Aliases []string // other names that mean the same
	Group   string   // the heading of the README's table
	Default string   // the default as text; for a computed one, words that describe it
	// Hardened is the default under PRESET=secure; empty where it is the same.
	Hardened string
	Meaning  string // may be empty where the name says everything
	Secret   bool   // the value is never quoted: it is or may contain a secret
	Later    bool   // not there yet: nothing but the default is accepted

	computed   bool
	initialize func(*Config) // sets the default
	assign     func(node, *Config) error
	show       func(Config) string
}

// setting makes a row of the table: field says where the value lives. It panics
// when the default cannot be parsed, which the first test of the table finds.
func setting[T any](name, initial, meaning string, k codec[T], field func(*Config) *T) Setting {
	return Setting{
		Name: name, Default: initial, Meaning: meaning,
		initialize: func(c *Config) { *field(c) = mustParse(name, initial, k) },
		assign: func(n node, c *Config) error {
			value, err := k.parse(n)
			if err == nil {
				*field(c) = value
			}
			return err
		},
		show: func(c Config) string { return k.show(*field(&c)) },
	}
}

// later makes a row for a setting of work that is not there yet. Ignoring such a
// setting would leave an operator believing in a protection that does not exist.
func later[T any](name, initial, meaning string, k codec[T]) Setting {
	stands := k.show(mustParse(name, initial, k))
	return Setting{
		Name: name, Default: initial, Meaning: meaning, Later: true,
		initialize: func(*Config) {},
		assign: func(n node, _ *Config) error {
			value, err := k.parse(n)
			if err == nil && k.show(value) != stands {
				return notYet{leave: orEmpty(initial)}
			}
			return err
		},
		show: func(Config) string { return stands },
	}
}

func mustParse[T any](name, initial string, k codec[T]) T {
	value, err := k.parse(scalar(initial))
	if err != nil {
		panic("default of " + name + ": " + err.Error())
	}
	return value
}

func orEmpty(text string) string {
	if text == "" {
		return "the empty text"
	}
	return text
}

// computedAs replaces the default's text in the documentation: the value is
// computed when all others are known, and the zero value until then.
func (s Setting) computedAs(words string) Setting {
	s.Default, s.computed = words, true
	s.initialize = func(*Config) {}
	return s
}

// alias adds another name.
func (s Setting) alias(name string) Setting {
	s.Aliases = append(s.Aliases, name)
	return s
}

// onWhenSecure makes true the default under PRESET=secure.
func (s Setting) onWhenSecure() Setting {
	s.Hardened = "true"
	return s
}

// hidden keeps the value out of every message.
func (s Setting) hidden() Setting {
	s.Secret = true
	return s
}
