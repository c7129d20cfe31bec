package oauthlogin

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"

	"latchkey/domain/accounts"
	"latchkey/domain/identities"
)

// object is a provider's JSON object. Numbers keep their digits: an id beyond 2^53
// that went through a float would be its neighbour's.
type object map[string]any

func parseObject(text []byte) (object, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var found object
	if err := decoder.Decode(&found); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) || found == nil {
		return nil, errNoJSON
	}
	return found, nil
}

// at returns what stands at a dotted path, or under that very name: some claims are named by URLs.
func (o object) at(path string) any {
	if value, found := o[path]; found {
		return value
	}
	var here any = map[string]any(o)
	for step := range strings.SplitSeq(path, ".") {
		below, ok := here.(map[string]any)
		if !ok {
			return nil
		}
		here = below[step]
	}
	return here
}

// text returns a text or number at the first of the paths that has one.
func (o object) text(paths ...string) string {
	for _, path := range paths {
		switch v := o.at(path).(type) {
		case string:
			if v != "" {
				return v
			}
		case json.Number:
			return v.String()
		}
	}
	return ""
}

// yes reports whether there is a true at the path, or the text "true": Apple writes
// it so. Everything else is no.
func (o object) yes(path string) bool {
	switch v := o.at(path).(type) {
	case bool:
		return v
	case string:
		return v == "true"
	}
	return false
}

// texts returns a text, or a list of texts, at the path.
func (o object) texts(path string) []string {
	switch v := o.at(path).(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, item := range v {
			if text, ok := item.(string); ok {
				all = append(all, text)
			}
		}
		return all
	}
	return nil
}

const (
	// extraMost is how many bytes of what a provider tells are kept.
	extraMost = 16 << 10
	// extraDepth is how deep it may be nested; databases have limits.
	extraDepth = 16
)

// extra returns what is kept of the provider's answer: no token, nothing that a
// database does not take, and of an answer beyond measure nothing but the subject.
func (o object) extra(subject string) json.RawMessage {
	text, err := json.Marshal(harmless(map[string]any(o), extraDepth))
	if err != nil || len(text) > extraMost || bytes.Contains(text, []byte(`\u0000`)) {
		text, _ = json.Marshal(map[string]string{"sub": subject}) //nolint:errchkjson // a text
	}
	return text
}

// harmless returns the value without secrets, at any depth, and without what is too deep or
// no number that every database holds.
func harmless(value any, depth int) any {
	if depth == 0 {
		return nil
	}
	switch v := value.(type) {
	case map[string]any:
		kept := make(map[string]any, len(v))
		for name, below := range v {
			if !confidential.MatchString(name) {
				kept[name] = harmless(below, depth-1)
			}
		}
		return kept
	case []any:
		kept := make([]any, len(v))
		for i, below := range v {
			kept[i] = harmless(below, depth-1)
		}
		return kept
	case json.Number:
		if !storable.MatchString(v.String()) {
			return nil
		}
	}
	return value
}

var (
	confidential = regexp.MustCompile(`(?i)token|secret|password`)
	// storable numbers are within what SQL's NUMERIC holds: 1e999999 is JSON, too.
	storable = regexp.MustCompile(`^-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][-+]?[0-9]{1,2})?$`)
)

// email returns the address as one that the provider tells; nothing if it is none.
func email(text string, verified bool) []identities.Email {
	address, err := accounts.ParseEmail(text)
	if err != nil {
		return nil
	}
	return []identities.Email{{Address: address, Verified: verified, Primary: true}}
}
