package jwttoken

import (
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// largestToken is the length in bytes of the longest token that is made and
// read: as much as servers and browsers let through in a header.
const largestToken = 8 << 10

// Options are the settings that tokens depend on.
type Options struct {
	// Issuer is the setting ISSUER. Empty: tokens have no issuer of ours, and
	// that of a token does not count.
	Issuer string
	// Audience is the setting AUDIENCE: a token for any of them is taken. Empty:
	// the audience of a token does not count.
	Audience []string
	// Leeway is how far clocks may be apart: the setting LEEWAY.
	Leeway time.Duration
	// AccountClaim is the setting USER_ID_CLAIM: the claim that is written first
	// of the rest. Empty means "user_id".
	AccountClaim string
}

// Tokens signs and verifies tokens.
type Tokens struct {
	keys    *KeySet
	options Options
}

var _ ports.JWTs = (*Tokens)(nil)

// New returns the tokens of a set of keys.
func New(keys *KeySet, options Options) *Tokens {
	if options.AccountClaim == "" {
		options.AccountClaim = "user_id"
	}
	return &Tokens{keys: keys, options: options}
}

// Sign returns the signed token, byte for byte as simplejwt writes it for claims
// in ASCII. Claims in Rest that have the name of one that is set here (those of
// Claims, the configured issuer and audience) are left out. It is an error when
// the claims lack kind, id or end, or when the token would be too long to be
// taken back.
func (t *Tokens) Sign(claims sessions.Claims) (secret.String, error) {
	if claims.Kind == "" || claims.ID == "" || claims.Expires.IsZero() {
		return secret.String{}, errors.New("jwttoken: claims without kind, id or end")
	}
	payload, err := t.payload(claims)
	if err != nil {
		return secret.String{}, fmt.Errorf("jwttoken: claims: %w", err)
	}
	key := t.keys.signing()
	text := key.header + "." + base64.RawURLEncoding.EncodeToString(payload)
	signature, err := key.sign(text)
	if err != nil {
		return secret.String{}, fmt.Errorf("jwttoken: sign by %s: %w", key.Algorithm, err)
	}
	token := text + "." + base64.RawURLEncoding.EncodeToString(signature)
	if len(token) > largestToken {
		return secret.String{}, fmt.Errorf("jwttoken: a token of %d bytes is longer than %d: there are too many claims", len(token), largestToken)
	}
	return secret.New(token), nil
}
