package jwttoken

import (
	"bytes"
	"encoding/json"

	"latchkey/domain/jsonobject"
)

// stated is what a token says, whether it is right or not. What it does not say is nil.
type stated struct {
	kind, id, issued, start, expires, subject json.RawMessage
	// rest is every claim that has no field of its own in sessions.Claims.
	rest map[string]any
}

// parseStated takes one JSON object in UTF-8 and nothing after it. Of members with one
// name the last counts, as in Python.
func parseStated(payload []byte) (stated, bool) {
	s := stated{rest: map[string]any{}}
	ok := jsonobject.Each(payload, func(name, value []byte) {
		switch string(name) {
		case claimKind:
			s.kind = value
			return
		case claimID:
			s.id = value
			return
		case claimIssued:
			s.issued = value
			return
		case claimExpires:
			s.expires = value
			return
		case "nbf":
			s.start = value
		case "sub":
			s.subject = value
		}
		s.rest[string(name)] = claimOf(value)
	})
	return s, ok
}

// claimOf returns what the JSON stands for. A number stays as it is written, so that a
// copied claim is what it was.
func claimOf(value []byte) any {
	if text, ok := jsonobject.Text(value); ok {
		return text
	}
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	var other any
	_ = decoder.Decode(&other) // the value is valid
	return other
}
