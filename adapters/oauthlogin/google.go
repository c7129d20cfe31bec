package oauthlogin

import (
	"context"
	"net/url"
	"strings"

	"golang.org/x/oauth2"

	"latchkey/domain/identities"
)

const (
	googlePage      = "https://accounts.google.com/o/oauth2/v2/auth"
	googleToken     = "https://oauth2.googleapis.com/token"
	googleIdentity  = "https://www.googleapis.com/oauth2/v2/userinfo"
	googleCerts     = "https://www.googleapis.com/oauth2/v3/certs"
	googleTokenInfo = "https://oauth2.googleapis.com/tokeninfo"
)

type google struct {
	base
	idTokens verifier
}

func newGoogle(b base) google {
	certs := or(b.CertsURL, googleCerts)
	return google{base: b, idTokens: verifier{
		Config: b.Config, client: b.client, clock: b.clock, algorithms: []string{"RS256"},
		keys: newKeys(b, at(certs)),
		issued: func(claims object) bool {
			issuer := claims.text("iss")
			return issuer == "https://accounts.google.com" || issuer == "accounts.google.com"
		},
	}}
}

// at is the address of a key set that is known.
func at(url string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return url, nil }
}

func (g google) page(context.Context) (page, error) {
	return page{url: or(g.AuthorizationURL, googlePage), scopes: []string{"openid", "email", "profile"}, nonce: true}, nil
}

// vouch believes an id_token that comes along before it asks with the access token, as
// upstream does.
func (g google) vouch(ctx context.Context, proof identities.Proof) (identities.Profile, error) {
	switch {
	case !proof.IDToken.Empty():
		return g.byIDToken(ctx, proof.IDToken.Reveal(), posted(proof), proof.Nonce, true)
	case !proof.AccessToken.Empty():
		if err := g.issuedToUs(ctx, proof); err != nil {
			return identities.Profile{}, err
		}
		return g.identity(ctx, posted(proof))
	case !proof.Code.Empty():
		return g.byCode(ctx, proof)
	}
	return identities.Profile{}, identities.ErrProofMissing
}

func (g google) byCode(ctx context.Context, proof identities.Proof) (identities.Profile, error) {
	endpoint := oauth2.Endpoint{TokenURL: or(g.AccessTokenURL, googleToken), AuthStyle: oauth2.AuthStyleInParams}
	token, err := g.exchange(ctx, endpoint, g.Secret.Reveal(), proof)
	if err != nil {
		return identities.Profile{}, err
	}
	if idToken := idTokenOf(token); idToken != "" {
		return g.byIDToken(ctx, idToken, kept(token), proof.Nonce, false)
	}
	if proof.Nonce != "" { // we asked for an id_token: an answer without is not the answer to that
		return identities.Profile{}, identities.ErrProofRefused
	}
	return g.identity(ctx, kept(token))
}

func (g google) byIDToken(ctx context.Context, idToken string, token identities.Token, nonce string, posted bool) (identities.Profile, error) {
	read, err := g.idTokens.verify(ctx, idToken, token.Access.Reveal(), nonce)
	if err != nil {
		return identities.Profile{}, err
	}
	profile := openIDProfile(read.claims)
	profile.Emails = googleEmail(read.claims)
	return read.finish(profile, token, posted), nil
}

// googleEmail says of an address whose mailbox Google does not run that it was
// verified once: Google asks nobody again, and a domain may have gone to somebody else.
func googleEmail(claims object) []identities.Email {
	found := email(claims.text("email"), claims.yes("email_verified") || claims.yes("verified_email"))
	for i, e := range found {
		found[i].Past = claims.text("hd") == "" && !strings.HasSuffix(string(e.Address.Lower()), "@gmail.com")
	}
	return found
}

// issuedToUs asks for which app the token was issued: userinfo answers to every
// app's token, and whoever runs another app of Google's has tokens of its users.
func (g google) issuedToUs(ctx context.Context, proof identities.Proof) error {
	if g.UncheckedAccessTokens || g.TokenInfoURL == "" && standIn(g.IdentityURL) {
		return nil
	}
	info, err := g.client.fetch(ctx, call{
		step: "token info", method: "POST", url: or(g.TokenInfoURL, googleTokenInfo), form: url.Values{"access_token": {proof.AccessToken.Reveal()}},
	}, identities.ErrProofRefused)
	if err == nil && !g.ours(info.text("aud")) && !g.ours(info.text("azp")) {
		err = identities.ErrProofRefused
	}
	return err
}

func (g google) identity(ctx context.Context, token identities.Token) (identities.Profile, error) {
	me, err := g.client.fetch(ctx, call{
		step: "userinfo", url: or(g.IdentityURL, googleIdentity), bearer: token.Access,
	}, identities.ErrProofRefused)
	if err != nil {
		return identities.Profile{}, err
	}
	profile := openIDProfile(me)
	profile.Key.Subject = me.text("sub", "id")
	profile.Emails = googleEmail(me)
	profile.Extra = me.extra(profile.Key.Subject)
	profile.Token = token
	return profile, nil
}
