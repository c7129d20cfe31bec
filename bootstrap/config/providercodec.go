package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// segment is a provider's name: it stands in a path.
var segment = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,49}$`)

// takenSegments are the endpoints below BASE_PATH that such a path would hide, or
// whose routes it would meet.
var takenSegments = []string{
	"login", "logout", "user", "password", "csrf", "token", "registration", "account-confirm-email",
	"socialaccounts", "mfa", "passkeys",
}

// providerTimeout is how long a provider may take to answer when nothing is written.
const providerTimeout = 10 * time.Second

var providers = codec[[]Provider]{
	parse: func(n node) ([]Provider, error) {
		if n.kind == kindText && isNone(n.text) {
			return nil, nil
		}
		if n.kind != kindMapping {
			return nil, advice("write it in the YAML file, as a mapping of names to providers")
		}
		return parseProviders(n.entries)
	},
	show: showProviders,
}

func parseProviders(entries []entry) ([]Provider, error) {
	var all []Provider
	var problems Problems
	for _, e := range entries {
		p := Provider{Name: e.key}
		for _, sentence := range p.read(e.value) {
			problems = append(problems, quote(e.key)+" "+sentence)
		}
		if slices.ContainsFunc(all, func(other Provider) bool { return other.Name == e.key }) {
			problems = append(problems, quote(e.key)+" stands twice: write every provider once.")
		}
		all = append(all, p)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return all, nil
}

// read fills the provider and returns what is wrong, as sentences without subject.
func (p *Provider) read(n node) []string {
	if !segment.MatchString(p.Name) || slices.Contains(takenSegments, p.Name) {
		return []string{"cannot be its name: write lower-case letters, digits, - and _, and no name of an endpoint."}
	}
	if n.kind != kindMapping {
		return []string{"has no keys: write at least client_id below it."}
	}
	p.initialize(n.entries)
	var wrong []string
	state := map[string]keyState{}
	for _, e := range n.entries {
		if state[e.key] != keyMissing {
			wrong = append(wrong, fmt.Sprintf("has the key %s twice: write it once.", quote(e.key)))
		}
		state[e.key] = keyRead
		if sentence := p.readKey(e); sentence != "" {
			state[e.key] = keyFailed
			wrong = append(wrong, sentence)
		}
	}
	p.unsaidSingleUse = state["single_use_id_tokens"] == keyMissing
	return append(wrong, p.judge(state)...)
}

// keyState is what became of a key.
type keyState int

const (
	keyMissing keyState = iota
	keyRead
	keyFailed
)

// initialize sets the defaults. It looks ahead for the kind, which may stand
// behind the keys that depend on it.
func (p *Provider) initialize(entries []entry) {
	p.Kind, p.Timeout = ProviderKind(p.Name), providerTimeout
	p.Title = strings.ToUpper(p.Name[:1]) + p.Name[1:]
	for _, e := range entries {
		if e.key == "kind" {
			_ = p.readKey(e) // complained about when its turn comes
		}
	}
}

// readKey returns what is wrong with the entry, or the empty text.
func (p *Provider) readKey(e entry) string {
	at := slices.IndexFunc(providerKeys, func(k providerKey) bool { return k.name == e.key })
	if at < 0 {
		return fmt.Sprintf("has the unknown key %s: write %s.", quote(e.key), alternatives(keyNames(p.Kind)))
	}
	if err := providerKeys[at].assign(e.value, p); err != nil {
		return fmt.Sprintf("has a value of %s that cannot be used: %s.", e.key, err)
	}
	return ""
}

// showProviders writes the providers as YAML in one line, secrets redacted.
func showProviders(all []Provider) string {
	if len(all) == 0 {
		return "none"
	}
	texts := make([]string, len(all))
	for i, p := range all {
		var pairs []string
		for _, k := range providerKeys {
			if shown := k.show(p); shown != "" && k.belongsTo(p.Kind) {
				pairs = append(pairs, k.name+": "+shown)
			}
		}
		texts[i] = p.Name + ": {" + strings.Join(pairs, ", ") + "}"
	}
	return "{" + strings.Join(texts, ", ") + "}"
}
