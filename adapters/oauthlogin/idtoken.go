package oauthlogin

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"latchkey/application/ports"
	"latchkey/domain/fault"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

const (
	// idTokenMost is more than any id_token has: before its signature is verified a
	// token is a stranger's text.
	idTokenMost = 16 << 10
	// leeway is how far providers' clocks may be from ours.
	leeway = time.Minute
)

// verifier verifies the id_tokens of one provider (OpenID Connect Core, 3.1.3.7).
type verifier struct {
	Config
	client *client
	keys   *keys
	clock  ports.Clock
	// issued reports whether a token that says so comes from the provider.
	issued func(object) bool
	// algorithms are those that the provider signs with.
	algorithms []string
}

// verified is an id_token that says who somebody is, to us, now.
type verified struct {
	claims object
	once   identities.Once
	// bound: the token says for which access token it is, and that one came along.
	bound bool
}

// finish gives the profile what goes with the token. One that came from our own
// exchange is not burned: the code was. An access token that a client posted is kept only if it
// is shown to belong to the id_token; it may be anybody's otherwise.
func (r verified) finish(profile identities.Profile, token identities.Token, posted bool) identities.Profile {
	if posted {
		profile.Once = r.once
	}
	if !posted || r.bound {
		profile.Token = token
	}
	return profile
}

// verify returns what the token says. Everything that is wrong with it gives the same
// refusal; why goes to the log. accessToken and nonce are compared where there is
// something to compare.
func (v verifier) verify(ctx context.Context, token, accessToken, nonce string) (verified, error) {
	claims, why, err := v.signed(ctx, token, accessToken)
	if err != nil {
		return verified{}, err
	}
	if why == "" {
		why = v.judge(claims, nonce)
	}
	if why != "" {
		v.client.log.Info("an id_token was refused", "provider", v.Name, "reason", why)
		return verified{}, identities.ErrProofRefused
	}
	bound := claims.text("at_hash") != "" && accessToken != ""
	return verified{claims: claims, once: v.once(token, claims, nonce), bound: bound}, nil
}

// signed verifies the signature, and what the library verifies with it. Only a
// provider that cannot be asked for its keys gives an error.
func (v verifier) signed(ctx context.Context, token, accessToken string) (claims object, why string, err error) {
	if len(token) > idTokenMost {
		return nil, "it is too long", nil
	}
	if !canonical(token) {
		return nil, "it is malformed", nil
	}
	signatures := &signatures{keys: v.keys}
	library := oidc.NewVerifier("", signatures, &oidc.Config{
		SkipClientIDCheck: true, SkipIssuerCheck: true, SupportedSigningAlgs: v.algorithms, // judge looks at these
		Now: func() time.Time { return v.clock.Now().Add(-leeway) },
	})
	read, err := library.Verify(ctx, token)
	if err != nil {
		if ctx.Err() != nil {
			return nil, "", ctx.Err()
		}
		var unavailable *fault.Fault
		if errors.As(signatures.err, &unavailable) {
			return nil, "", unavailable
		}
		return nil, "it is malformed, forged or expired", nil
	}
	if read.AccessTokenHash != "" && accessToken != "" && read.VerifyAccessToken(accessToken) != nil {
		return nil, "it belongs to another access token", nil //nolint:nilerr // told as the reason
	}
	var text json.RawMessage
	if err := read.Claims(&text); err != nil {
		return nil, "it has no claims", nil //nolint:nilerr // told as the reason
	}
	claims, err = parseObject(text)
	if err != nil {
		return nil, "it has no claims", nil //nolint:nilerr // told as the reason
	}
	return claims, "", nil
}

// signatures remembers why a signature could not be verified: the library keeps only
// the text of that, and a provider that cannot be asked for its keys would look like a forged token.
type signatures struct {
	keys *keys
	err  error
}

// VerifySignature implements oidc.KeySet.
func (s *signatures) VerifySignature(ctx context.Context, token string) (payload []byte, err error) {
	payload, s.err = s.keys.VerifySignature(ctx, token)
	return payload, s.err
}

// canonical holds for the one spelling of a token. The library verifies what base64
// decodes to, and takes several spellings of it; a token that may be used once could
// then be used again in another.
func canonical(token string) bool {
	parts := strings.Split(token, ".")
	for _, part := range parts {
		plain, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil || base64.RawURLEncoding.EncodeToString(plain) != part {
			return false
		}
	}
	return len(parts) == 3
}

// judge returns what is wrong with the claims of a token that the provider signed.
func (v verifier) judge(claims object, nonce string) string {
	now := v.clock.Now()
	issued, hasIssued := claims.time("iat")
	expires, hasExpires := claims.time("exp")
	starts, hasStart := claims.time("nbf")
	switch {
	case !v.issued(claims):
		return "another issuer"
	case !v.meant(claims):
		return "it is meant for another app"
	case !hasExpires || !now.Before(expires.Add(leeway)):
		return "it is expired"
	case !hasIssued || issued.After(now.Add(leeway)):
		return "it is from the future"
	case hasStart && starts.After(now.Add(leeway)):
		return "it is not good yet"
	case nonce != "" && subtle.ConstantTimeCompare([]byte(nonce), []byte(claims.text("nonce"))) != 1:
		return "it answers another request"
	case claims.text("sub") == "":
		return "it says of nobody"
	}
	return ""
}

// meant holds for a token whose audience we are. Where it has several, or names who
// asked for it, that must be us, too: a token that another app asked for is that app's.
func (v verifier) meant(claims object) bool {
	audience := claims.texts("aud")
	ours := 0
	for _, client := range audience {
		if v.ours(client) {
			ours++
		}
	}
	asked := claims.text("azp")
	return ours > 0 && (asked == "" && len(audience) == 1 || v.ours(asked))
}

// once names a token that a client posted, if it may be used once: it says so
// itself by an id, it answers a request of ours, or the settings want it.
func (v verifier) once(token string, claims object, nonce string) identities.Once {
	issued, _ := claims.time("iat")
	expires, _ := claims.time("exp")
	var id string
	switch {
	case claims.text("jti") != "":
		id = "jti\n" + claims.text("jti")
	case nonce != "":
		id = "nonce\n" + nonce
	case v.SingleUse:
		// Without the signature: some algorithms allow several for one text.
		id = "token\n" + token[:max(strings.LastIndexByte(token, '.'), 0)]
	default:
		return identities.Once{}
	}
	sum := sha256.Sum256([]byte(v.Name + "\n" + claims.text("iss") + "\n" + id))
	// Sub stops at the longest duration; a little less leaves room for what is added.
	life := min(expires.Sub(issued), lifeMost) + 2*leeway
	return identities.Once{ID: hex.EncodeToString(sum[:]), Life: life}
}

// lifeMost is for how long a used token is remembered at the most.
const lifeMost = 200 * 365 * 24 * time.Hour

// time reads a NumericDate (RFC 7519, 2).
func (o object) time(name string) (time.Time, bool) {
	number, ok := o[name].(json.Number)
	if !ok {
		return time.Time{}, false
	}
	seconds, err := number.Float64()
	if err != nil || seconds < 0 || seconds > yearTenThousand {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0).UTC(), true
}

// yearTenThousand is when times stop having four digits for their year.
const yearTenThousand = 253402300800

// vouchByIDToken is the answer of kinds whose id_tokens say everything.
func (v verifier) vouchByIDToken(ctx context.Context, idToken string, token identities.Token, nonce string, posted bool) (identities.Profile, error) {
	read, err := v.verify(ctx, idToken, token.Access.Reveal(), nonce)
	if err != nil {
		return identities.Profile{}, err
	}
	return read.finish(openIDProfile(read.claims), token, posted), nil
}

// openIDProfile reads the standard claims (OpenID Connect Core, 5.1).
func openIDProfile(claims object) identities.Profile {
	return identities.Profile{
		Key:       identities.Key{Subject: claims.text("sub")},
		Username:  claims.text("preferred_username"),
		Name:      claims.text("name"),
		FirstName: claims.text("given_name"),
		LastName:  claims.text("family_name"),
		Emails:    email(claims.text("email"), claims.yes("email_verified")),
		Extra:     claims.extra(claims.text("sub")),
	}
}

// posted is the token that a client came with.
func posted(proof identities.Proof) identities.Token {
	return identities.Token{Access: proof.AccessToken, Secret: secret.String{}}
}
