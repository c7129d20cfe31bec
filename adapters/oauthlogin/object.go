package oauthlogin

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
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

// at returns what stands at a dotted path.
func (o object) at(path string) any {
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
	kept := object{}
	for name, value := range o {
		if !strings.Contains(name, "token") && shallow(value, extraDepth) {
			kept[name] = value
		}
	}
	text, err := json.Marshal(kept)
	if err != nil || len(text) > extraMost || bytes.Contains(text, []byte(`\u0000`)) {
		text, _ = json.Marshal(map[string]string{"sub": subject}) //nolint:errchkjson // a text
	}
	return text
}

func shallow(value any, depth int) bool {
	if depth == 0 {
		return false
	}
	switch v := value.(type) {
	case map[string]any:
		for _, below := range v {
			if !shallow(below, depth-1) {
				return false
			}
		}
	case []any:
		for _, below := range v {
			if !shallow(below, depth-1) {
				return false
			}
		}
	}
	return true
}

// email returns the address as one that the provider tells; nothing if it is none.
func email(text string, verified bool) []identities.Email {
	address, err := accounts.ParseEmail(text)
	if err != nil {
		return nil
	}
	return []identities.Email{{Address: address, Verified: verified, Primary: true}}
}
