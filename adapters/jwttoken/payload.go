package jwttoken

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"latchkey/domain/sessions"
)

// The claims that have a field of their own in sessions.Claims.
const (
	claimKind    = "token_type"
	claimExpires = "exp"
	claimIssued  = "iat"
	claimID      = "jti"
)

func own(name string) bool {
	return name == claimKind || name == claimExpires || name == claimIssued || name == claimID
}

// payload writes the claims in simplejwt's order.
func (t *Tokens) payload(claims sessions.Claims) ([]byte, error) {
	o := newObject()
	o.add(claimKind, claims.Kind)
	o.add(claimExpires, claims.Expires.Unix())
	if !claims.IssuedAt.IsZero() {
		o.add(claimIssued, claims.IssuedAt.Unix())
	}
	o.add(claimID, claims.ID)
	for _, name := range t.order(claims.Rest) {
		o.add(name, claims.Rest[name])
	}
	if len(t.options.Audience) > 0 {
		o.add("aud", audience(t.options.Audience))
	}
	if t.options.Issuer != "" {
		o.add("iss", t.options.Issuer)
	}
	return o.end()
}

// order returns the names of the rest that are to be written: the account's
// claim, then the others by name.
func (t *Tokens) order(rest map[string]any) []string {
	names := slices.Sorted(maps.Keys(rest))
	names = slices.DeleteFunc(names, func(name string) bool {
		return own(name) || name == "aud" && len(t.options.Audience) > 0 || name == "iss" && t.options.Issuer != ""
	})
	if at := slices.Index(names, t.options.AccountClaim); at > 0 {
		names = slices.Insert(slices.Delete(names, at, at+1), 0, t.options.AccountClaim)
	}
	return names
}

// audience is a text when there is one: that is how it is configured mostly, and
// what every reader understands (RFC 7519, section 4.1.3).
func audience(all []string) any {
	if len(all) == 1 {
		return all[0]
	}
	return all
}

// object writes a JSON object whose members keep their order.
type object struct {
	buffer  bytes.Buffer
	encoder *json.Encoder
	err     error
}

func newObject() *object {
	o := &object{}
	o.encoder = json.NewEncoder(&o.buffer)
	// Without this & and < become longer, and a copied token would grow.
	o.encoder.SetEscapeHTML(false)
	return o
}

func (o *object) add(name string, value any) {
	opening := byte(',')
	if o.buffer.Len() == 0 {
		opening = '{'
	}
	o.buffer.WriteByte(opening)
	o.encode(name)
	o.buffer.WriteByte(':')
	o.encode(value)
}

// encode writes the value without the line break that the encoder adds.
func (o *object) encode(value any) {
	if o.err == nil {
		o.err = o.encoder.Encode(value)
		o.buffer.Truncate(max(0, o.buffer.Len()-1))
	}
}

func (o *object) end() ([]byte, error) {
	o.buffer.WriteByte('}')
	return o.buffer.Bytes(), o.err
}
