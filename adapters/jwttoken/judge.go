package jwttoken

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"

	"latchkey/domain/jsonobject"
	"latchkey/domain/sessions"
)

// latest is the end of the year 9999 in Unix seconds: what Python and databases
// can hold. Times beyond make no sense, and overflow somewhere.
const latest = 253402300799

// judge turns what a token says into claims, if it is good at now. What is wrong
// for good is told before what was right once, as the port promises.
func (t *Tokens) judge(said stated, now time.Time) (sessions.Claims, error) {
	early, late := now.Add(-t.options.Leeway), now.Add(t.options.Leeway)
	issued, okIssued := moment(said.issued)
	start, okStart := moment(said.start)
	expires, okExpires := moment(said.expires)
	id, okID := text(said.id)
	_, okSubject := text(said.subject)
	switch {
	case !okIssued || !okStart || !okExpires || !okID || !okSubject,
		issued.After(late), start.After(late),
		!t.fromIssuer(said.rest), !t.forAudience(said.rest):
		return sessions.Claims{}, sessions.ErrJWTInvalid
	case said.expires == nil:
		return sessions.Claims{}, sessions.ErrJWTNoExpiry
	case !expires.After(early):
		return sessions.Claims{}, sessions.ErrJWTExpired
	case id == "":
		return sessions.Claims{}, sessions.ErrJWTNoID
	}
	return sessions.Claims{Kind: kind(said.kind), ID: id, IssuedAt: issued, Expires: expires, Rest: said.rest}, nil
}

// moment reads a time: a number, of which fractions of seconds are cut off, as
// PyJWT does. It is the zero time when there is none, which is before every
// other one.
func moment(value json.RawMessage) (at time.Time, ok bool) {
	if value == nil {
		return time.Time{}, true
	}
	// Exact for whole numbers up to 2 to the 53rd. What is not a number fails: JSON has no "Inf".
	seconds, err := strconv.ParseFloat(string(value), 64)
	if err != nil || math.Abs(seconds) > latest {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0).UTC(), true
}

// text reads a claim that has to be a text when it is there.
func text(value json.RawMessage) (string, bool) {
	said, ok := jsonobject.Text(value)
	return said, ok || value == nil
}

func (t *Tokens) fromIssuer(rest map[string]any) bool {
	return t.options.Issuer == "" || rest["iss"] == any(t.options.Issuer)
}

// forAudience takes a text or a list of texts (RFC 7519, section 4.1.3) that has
// one of ours.
func (t *Tokens) forAudience(rest map[string]any) bool {
	if len(t.options.Audience) == 0 {
		return true
	}
	named, isList := rest["aud"].([]any)
	if !isList {
		named = []any{rest["aud"]}
	}
	found := false
	for _, value := range named {
		name, ok := value.(string)
		if !ok {
			return false
		}
		found = found || slices.Contains(t.options.Audience, name)
	}
	return found
}

// kind returns token_type. What is no text is no kind that we know, which is not
// the same as having none: it is kept as the JSON that it is.
func kind(value json.RawMessage) sessions.TokenKind {
	if name, ok := jsonobject.Text(value); ok && name != "" {
		return sessions.TokenKind(name)
	}
	return sessions.TokenKind(value)
}
