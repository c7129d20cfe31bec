package oauthlogin

import (
	"context"

	"golang.org/x/oauth2"

	"latchkey/domain/identities"
)

// openID is any provider of OpenID Connect, by its issuer alone.
type openID struct {
	base
	discovery *discovery
	keys      *keys
}

func newOpenID(b base) *openID {
	o := &openID{base: b, discovery: newDiscovery(b)}
	o.keys = newKeys(b, func(ctx context.Context) (string, error) {
		found, err := o.discovery.document(ctx)
		return found.Keys, err
	})
	return o
}

func (o *openID) page(ctx context.Context) (page, error) {
	found, err := o.discovery.document(ctx)
	return page{url: found.Authorization, scopes: []string{"openid", "email", "profile"}, nonce: true}, err
}

func (o *openID) vouch(ctx context.Context, proof identities.Proof) (identities.Profile, error) {
	if proof.Empty() {
		return identities.Profile{}, identities.ErrProofMissing
	}
	found, err := o.discovery.document(ctx)
	if err != nil {
		return identities.Profile{}, err
	}
	switch {
	case !proof.IDToken.Empty():
		return o.byIDToken(ctx, found, proof.IDToken.Reveal(), posted(proof), proof.Nonce, true)
	case !proof.AccessToken.Empty():
		return o.byAccessToken(ctx, found, posted(proof))
	}
	endpoint := found.endpoint()
	if o.Secret.Empty() {
		endpoint.AuthStyle = oauth2.AuthStyleInParams // a public client says who it is, and PKCE proves it
	}
	token, err := o.exchange(ctx, endpoint, o.Secret.Reveal(), proof)
	if err != nil {
		return identities.Profile{}, err
	}
	return o.byIDToken(ctx, found, idTokenOf(token), kept(token), proof.Nonce, false)
}

// byIDToken asks userinfo for the address only where the id_token has none, and
// only if that speaks of the same person (OpenID Connect Core, 5.3.2).
func (o *openID) byIDToken(ctx context.Context, found document, idToken string, token identities.Token, nonce string, posted bool) (identities.Profile, error) {
	idTokens := verifier{
		Config: o.Config, client: o.client, clock: o.clock, keys: o.keys, algorithms: found.algorithms(),
		issued: func(claims object) bool { return claims.text("iss") == o.Issuer },
	}
	read, err := idTokens.verify(ctx, idToken, token.Access.Reveal(), nonce)
	if err != nil {
		return identities.Profile{}, err
	}
	claims, subject := read.claims, o.mapped(read.claims, "sub").Key
	if claims.text(o.claim("email", "email")) == "" && found.UserInfo != "" && !token.Access.Empty() && !posted {
		more, err := o.userInfo(ctx, found, token)
		if err != nil {
			return identities.Profile{}, err
		}
		if more.text("sub") != claims.text("sub") {
			return identities.Profile{}, identities.ErrProofRefused
		}
		claims = more
	}
	profile := o.mapped(claims, "sub")
	profile.Key = subject // never userinfo's: the same person would be two, with an address and without
	return read.finish(profile, token, posted), nil
}

func (o *openID) userInfo(ctx context.Context, found document, token identities.Token) (object, error) {
	return o.client.fetch(ctx, call{step: "userinfo", url: found.UserInfo, bearer: token.Access}, identities.ErrProofRefused)
}

// byAccessToken believes userinfo only about a token that is shown to be ours.
func (o *openID) byAccessToken(ctx context.Context, found document, token identities.Token) (identities.Profile, error) {
	if err := o.issuedToUs(ctx, found.Introspection, token.Access); err != nil {
		return identities.Profile{}, err
	}
	if found.UserInfo == "" {
		return identities.Profile{}, identities.ErrProofRefused
	}
	claims, err := o.userInfo(ctx, found, token)
	if err != nil {
		return identities.Profile{}, err
	}
	profile := o.mapped(claims, "sub")
	profile.Token = token
	return profile, nil
}
