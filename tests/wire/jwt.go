package wire

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"maps"
	"math"
	"strconv"
	"strings"
	"time"
)

// token is a JWT taken apart, not yet checked.
type token struct {
	header, claims map[string]any
	signed         string // what the signature is made over
	signature      []byte
}

var errNoJWT = errors.New("not a JWT")

func parseJWT(text string) (token, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return token{}, errNoJWT
	}
	parsed := token{signed: parts[0] + "." + parts[1]}
	for i, into := range []*map[string]any{&parsed.header, &parsed.claims} {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil || decode(raw, into) != nil {
			return token{}, errNoJWT
		}
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return token{}, errNoJWT
	}
	parsed.signature = signature
	return parsed, nil
}

var hashes = map[string]func() hash.Hash{"HS256": sha256.New, "HS384": sha512.New384, "HS512": sha512.New}

func signJWT(algorithm, key, signed string) ([]byte, error) {
	newHash, known := hashes[algorithm]
	if !known {
		return nil, fmt.Errorf("unknown algorithm %q", algorithm)
	}
	mac := hmac.New(newHash, []byte(key))
	mac.Write([]byte(signed))
	return mac.Sum(nil), nil
}

// isJWT checks a token against type=… life=… alg=… claims=…: the claims are
// exactly these, the token was signed now with the profile's key, and lives so long.
func (c comparison) isJWT(want, text string) bool {
	parsed, err := parseJWT(text)
	if err != nil {
		return false
	}
	fields := map[string]string{}
	for pair := range strings.FieldsSeq(want) {
		name, value, _ := strings.Cut(pair, "=")
		fields[name] = value
	}
	if parsed.claims["token_type"] != fields["type"] || parsed.header["alg"] != fields["alg"] ||
		strings.Join(sortedKeys(parsed.claims), ",") != fields["claims"] {
		return false
	}
	signature, err := signJWT(fields["alg"], c.key, parsed.signed)
	return err == nil && hmac.Equal(signature, parsed.signature) && c.lives(parsed, fields["life"])
}

func (c comparison) lives(parsed token, life string) bool {
	if life == "?" {
		return true
	}
	seconds, err := strconv.ParseFloat(life, 64)
	expires, hasExpiry := number(parsed.claims["exp"])
	issued, hasIssue := number(parsed.claims["iat"])
	return err == nil && hasExpiry && hasIssue &&
		math.Abs(expires-issued-seconds) <= 1 && math.Abs(issued-float64(c.now.Unix())) <= tolerance
}

func number(value any) (float64, bool) {
	text, isNumber := value.(json.Number)
	parsed, err := text.Float64()
	return parsed, isNumber && err == nil
}

// mintJWT makes the token that a mint_jwt directive describes: an access token of
// five minutes signed as the profile says, unless the directive says otherwise.
func mintJWT(d directive, profile Profile, now time.Time) (string, error) {
	header := map[string]any{"alg": d.textOr("alg", profile.Algorithm()), "typ": "JWT"}
	algorithm := header["alg"].(string)
	maps.Copy(header, d.object("header"))
	signed, err := joinJSON(header, mintClaims(d, now))
	if err != nil || algorithm == "none" {
		return signed + ".", err
	}
	key := d.textOr("secret", "@signing_key")
	if key == "@signing_key" {
		key = profile.SigningKey()
	}
	signature, err := signJWT(algorithm, key, signed)
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature), err
}

func mintClaims(d directive, now time.Time) map[string]any {
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	claims := map[string]any{
		"token_type": "access", "exp": now.Unix() + 300, "iat": now.Unix(), "jti": hex.EncodeToString(id),
	}
	maps.Copy(claims, d.object("claims"))
	for _, name := range []string{"exp", "iat", "nbf"} {
		if offset, given := number(d[name+"_in"]); given {
			claims[name] = now.Unix() + int64(offset)
		}
	}
	for _, name := range texts(d["omit"]) {
		delete(claims, name)
	}
	return claims
}

func joinJSON(header, claims map[string]any) (string, error) {
	first, err := encodeJSON(header, true)
	if err != nil {
		return "", err
	}
	second, err := encodeJSON(claims, true)
	encode := base64.RawURLEncoding.EncodeToString
	return encode(first) + "." + encode(second), err
}
