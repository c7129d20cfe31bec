package oauthlogin

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/oauth2"

	"latchkey/domain/identities"
)

const (
	appleIssuer = "https://appleid.apple.com"
	// appleSecretLife is how long a client secret is good. Apple takes half a year; it is made for one call.
	appleSecretLife = 5 * time.Minute
)

// apple takes id_tokens and codes. An access token of Apple's opens nothing that
// would say whose it is.
type apple struct {
	base
	key      *ecdsa.PrivateKey
	idTokens verifier
}

func newApple(b base) (apple, error) {
	key, err := parseAppleKey(b.PrivateKey.Reveal())
	if err != nil {
		return apple{}, err
	}
	certs := or(b.CertsURL, appleIssuer+"/auth/keys")
	return apple{base: b, key: key, idTokens: verifier{
		Config: b.Config, client: b.client, clock: b.clock, algorithms: []string{"RS256", "ES256"},
		keys:   newKeys(b, at(certs)),
		issued: func(claims object) bool { return claims.text("iss") == or(b.Issuer, appleIssuer) },
	}}, nil
}

func parseAppleKey(text string) (*ecdsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("private_key is not the .p8 file that Apple gave you: write its whole text")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(*ecdsa.PrivateKey)
	if err != nil || !ok || key.Curve != elliptic.P256() {
		return nil, errors.New("private_key is not the .p8 file that Apple gave you: it holds no P-256 key")
	}
	return key, nil
}

// page has Apple post its answer where it tells names or addresses: it sends those in no other way.
func (a apple) page(context.Context) (page, error) {
	to := page{url: or(a.AuthorizationURL, appleIssuer+"/auth/authorize"), scopes: []string{"name", "email"}, nonce: true}
	if scopes := a.scopes(to.scopes); slices.Contains(scopes, "name") || slices.Contains(scopes, "email") {
		to.more = map[string]string{"response_mode": "form_post"}
	}
	return to, nil
}

func (a apple) vouch(ctx context.Context, proof identities.Proof) (identities.Profile, error) {
	profile, err := a.byToken(ctx, proof)
	// Apple tells the name to the app once, and the app tells us: it is the holder's
	// own word, and decides nothing.
	profile.FirstName, profile.LastName = proof.FirstName, proof.LastName
	return profile, err
}

func (a apple) byToken(ctx context.Context, proof identities.Proof) (identities.Profile, error) {
	switch {
	case !proof.IDToken.Empty():
		return a.idTokens.vouchByIDToken(ctx, proof.IDToken.Reveal(), posted(proof), proof.Nonce, true)
	case !proof.AccessToken.Empty():
		return identities.Profile{}, identities.ErrProofRefused
	case !proof.Code.Empty():
		return a.byCode(ctx, proof)
	}
	return identities.Profile{}, identities.ErrProofMissing
}

func (a apple) byCode(ctx context.Context, proof identities.Proof) (identities.Profile, error) {
	password, err := a.clientSecret()
	if err != nil {
		return identities.Profile{}, err
	}
	endpoint := oauth2.Endpoint{TokenURL: or(a.AccessTokenURL, appleIssuer+"/auth/token"), AuthStyle: oauth2.AuthStyleInParams}
	token, err := a.exchange(ctx, endpoint, password, proof)
	if err != nil {
		return identities.Profile{}, err
	}
	return a.idTokens.vouchByIDToken(ctx, idTokenOf(token), kept(token), proof.Nonce, false)
}

// clientSecret is the token that Apple takes for a secret.
func (a apple) clientSecret() (string, error) {
	now := a.clock.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": a.TeamID, "sub": a.ClientID, "aud": appleIssuer, "iat": now.Unix(), "exp": now.Add(appleSecretLife).Unix(),
	})
	token.Header["kid"] = a.KeyID
	return token.SignedString(a.key)
}
