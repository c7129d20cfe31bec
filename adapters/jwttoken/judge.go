package jwttoken

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"time"

	"latchkey/domain/sessions"
)

// latest is the end of the year 9999 in Unix seconds: what Python and databases
// can hold. Times beyond make no sense, and overflow somewhere.
const latest = 253402300799

// judge turns what a token says into claims, if it is good at now. What is wrong
// for good is told before what was right once, as the port promises.
func (t *Tokens) judge(stated map[string]any, now time.Time) (sessions.Claims, error) {
	early, late := now.Add(-t.options.Leeway), now.Add(t.options.Leeway)
	issued, hasIssued, okIssued := moment(stated, claimIssued)
	start, _, okStart := moment(stated, "nbf")
	expires, hasExpires, okExpires := moment(stated, claimExpires)
	id, okID := text(stated, claimID)
	_, okSubject := text(stated, "sub")
	switch {
	case !okIssued || !okStart || !okExpires || !okID || !okSubject,
		issued.After(late), start.After(late),
		!t.fromIssuer(stated), !t.forAudience(stated):
		return sessions.Claims{}, sessions.ErrJWTInvalid
	case hasExpires && !expires.After(early):
		return sessions.Claims{}, sessions.ErrJWTExpired
	case !hasExpires:
		return sessions.Claims{}, sessions.ErrJWTNoExpiry
	case id == "":
		return sessions.Claims{}, sessions.ErrJWTNoID
	}
	claims := sessions.Claims{Kind: kind(stated), ID: id, Expires: expires, Rest: rest(stated)}
	if hasIssued {
		claims.IssuedAt = issued
	}
	return claims, nil
}

// moment reads a time: a number, of which fractions of seconds are cut off, as
// PyJWT does. It is the zero time when there is none, which is before every
// other one.
func moment(stated map[string]any, name string) (at time.Time, there, ok bool) {
	value, there := stated[name]
	if !there {
		return time.Time{}, false, true
	}
	number, ok := value.(json.Number)
	if !ok {
		return time.Time{}, true, false
	}
	seconds, err := number.Float64() // exact for whole numbers up to 2 to the 53rd
	if err != nil || math.Abs(seconds) > latest {
		return time.Time{}, true, false
	}
	return time.Unix(int64(seconds), 0).UTC(), true, true
}

// text reads a claim that has to be a text when it is there.
func text(stated map[string]any, name string) (value string, ok bool) {
	found, there := stated[name]
	value, ok = found.(string)
	return value, ok || !there
}

func (t *Tokens) fromIssuer(stated map[string]any) bool {
	return t.options.Issuer == "" || stated["iss"] == any(t.options.Issuer)
}

// forAudience takes a text or a list of texts (RFC 7519, section 4.1.3) that has
// one of ours.
func (t *Tokens) forAudience(stated map[string]any) bool {
	if len(t.options.Audience) == 0 {
		return true
	}
	named, isList := stated["aud"].([]any)
	if !isList {
		named = []any{stated["aud"]}
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
// the same as having none: it is kept as the JSON that it was.
func kind(stated map[string]any) sessions.TokenKind {
	value, there := stated[claimKind]
	if !there {
		return ""
	}
	if name, ok := value.(string); ok && name != "" {
		return sessions.TokenKind(name)
	}
	written, err := json.Marshal(value)
	if err != nil {
		return "unreadable"
	}
	return sessions.TokenKind(written)
}

func rest(stated map[string]any) map[string]any {
	maps.DeleteFunc(stated, func(name string, _ any) bool { return own(name) })
	return stated
}
