package jwttoken

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"

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
	stated, ok := parseObject(payload)
	if !ok {
		return sessions.Claims{}, sessions.ErrJWTInvalid
	}
	return t.judge(stated, now)
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
	stated, ok := parseObject(decoded)
	if !ok {
		return header{}, false
	}
	if _, critical := stated["crit"]; critical || !ourType(stated) {
		return header{}, false
	}
	algorithm, ok := stated["alg"].(string)
	if !ok {
		return header{}, false
	}
	kid, named := stated["kid"]
	text, isText := kid.(string)
	return header{algorithm: algorithm, kid: text, named: named}, !named || isText
}

// ourType refuses tokens that say of themselves that they are of another kind,
// such as at+jwt, logout+jwt or JOSE+JSON (RFC 8725, section 3.11): one key may
// serve several systems. Any other name passes, as it does with PyJWT.
func ourType(stated map[string]any) bool {
	value, there := stated["typ"]
	if !there {
		return true
	}
	name, ok := value.(string)
	name = strings.TrimPrefix(strings.ToLower(name), "application/")
	return ok && name != "jose" && !strings.ContainsAny(name, "+/")
}

// decode takes base64url without padding, and with no bits left over: each value
// has one text.
func decode(text string) ([]byte, bool) {
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return decoded, err == nil
}

// parseObject takes one JSON object in UTF-8 and nothing after it. Of members
// with one name the last counts, as in Python.
func parseObject(text []byte) (map[string]any, bool) {
	if !utf8.Valid(text) {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var stated map[string]any
	if err := decoder.Decode(&stated); err != nil || stated == nil {
		return nil, false
	}
	_, err := decoder.Token()
	return stated, errors.Is(err, io.EOF)
}
