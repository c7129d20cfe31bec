package jwttoken

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"latchkey/domain/jsonobject"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// Verify returns the claims of a good token. Numbers in Rest are json.Number, so
// that a copied claim stays what it was.
func (t *Tokens) Verify(token secret.String, now time.Time) (sessions.Claims, error) {
	payload, ok := t.open(token.Reveal(), now)
	if !ok {
		return sessions.Claims{}, sessions.ErrJWTInvalid
	}
	said, ok := parseStated(payload)
	if !ok {
		return sessions.Claims{}, sessions.ErrJWTInvalid
	}
	return t.judge(said, now)
}

// open returns the payload of a token that one of our keys signed.
func (t *Tokens) open(token string, now time.Time) ([]byte, bool) {
	// A megabyte of dots costs a comparison. Line breaks are refused because the
	// decoder skips them: there would be many texts of one token.
	if len(token) > largestToken || strings.Count(token, ".") != 2 || strings.ContainsAny(token, "\r\n") {
		return nil, false
	}
	dot := strings.LastIndexByte(token, '.')
	signed := token[:dot]
	head, body, _ := strings.Cut(signed, ".")
	header, ok := t.keys.ring().wrote(head)
	if !ok {
		header, ok = parseHeader(head)
	}
	if !ok {
		return nil, false
	}
	key, ok := t.keys.find(header.kid, header.named, now)
	// The key decides by what algorithm it is used, never the token: "none", or
	// HS256 with a public key as the secret, end here.
	if !ok || header.algorithm != key.Algorithm {
		return nil, false
	}
	signature, ok := decode(token[dot+1:])
	if !ok || key.verify(signed, signature) != nil {
		return nil, false
	}
	return decode(body)
}

// header is what counts of a token's header.
type header struct {
	algorithm string
	kid       string
	named     bool // has a kid
}

// heading is what parseHeader makes of the headers that the key writes.
func (k Key) heading() header {
	return header{algorithm: k.Algorithm, kid: k.ID, named: k.ID != ""}
}

// parseHeader refuses critical extensions (RFC 7515, section 4.1.11): we know
// none, and who demands one must not be misunderstood.
func parseHeader(text string) (header, bool) {
	decoded, ok := decode(text)
	if !ok {
		return header{}, false
	}
	var critical, typ, alg, kid json.RawMessage
	ok = jsonobject.Each(decoded, func(name, value []byte) {
		switch string(name) {
		case "crit":
			critical = value
		case "typ":
			typ = value
		case "alg":
			alg = value
		case "kid":
			kid = value
		}
	})
	if !ok || critical != nil || !ourType(typ) {
		return header{}, false
	}
	algorithm, ok := jsonobject.Text(alg)
	id, isText := jsonobject.Text(kid)
	return header{algorithm: algorithm, kid: id, named: kid != nil}, ok && (kid == nil || isText)
}

// ourType refuses tokens that say of themselves that they are of another kind,
// such as at+jwt, logout+jwt or JOSE+JSON (RFC 8725, section 3.11): one key may
// serve several systems. Any other name passes, as it does with PyJWT.
func ourType(typ json.RawMessage) bool {
	if typ == nil {
		return true
	}
	name, ok := jsonobject.Text(typ)
	name = strings.TrimPrefix(strings.ToLower(name), "application/")
	return ok && name != "jose" && !strings.ContainsAny(name, "+/")
}

// decode takes base64url without padding, and with no bits left over: each value
// has one text.
func decode(text string) ([]byte, bool) {
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return decoded, err == nil
}
