package oauthlogin

import (
	"context"
	"net/http"
	"net/url"

	"golang.org/x/oauth2"

	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// plainOAuth is a provider of OAuth 2 that answers who somebody is at an address of
// its own making.
type plainOAuth struct{ base }

func (p plainOAuth) page(context.Context) (page, error) { return page{url: p.AuthorizationURL}, nil }

func (p plainOAuth) vouch(ctx context.Context, proof identities.Proof) (identities.Profile, error) {
	token := posted(proof)
	switch {
	case !proof.AccessToken.Empty():
		if err := p.issuedToUs(ctx, p.IntrospectionURL, token.Access); err != nil {
			return identities.Profile{}, err
		}
	case !proof.Code.Empty():
		issued, err := p.exchange(ctx, oauth2.Endpoint{TokenURL: p.AccessTokenURL, AuthStyle: oauth2.AuthStyleInParams}, p.Secret.Reveal(), proof)
		if err != nil {
			return identities.Profile{}, err
		}
		token = kept(issued)
	default:
		return identities.Profile{}, identities.ErrProofMissing
	}
	me, err := p.client.fetch(ctx, call{step: "identity", url: p.IdentityURL, bearer: token.Access}, identities.ErrProofRefused)
	if err != nil {
		return identities.Profile{}, err
	}
	profile := p.mapped(me, "id", "sub")
	profile.Token = token
	return profile, nil
}

// issuedToUs asks the provider about the token (RFC 7662). Where it cannot be asked
// the token is refused: an address that says who somebody is answers to every app's token.
func (b base) issuedToUs(ctx context.Context, address string, token secret.String) error {
	if b.UncheckedAccessTokens {
		return nil
	}
	if address == "" {
		return identities.ErrProofRefused
	}
	told, err := b.client.fetch(ctx, call{
		step: "introspection", method: http.MethodPost, url: address, form: url.Values{"token": {token.Reveal()}, "token_type_hint": {"access_token"}},
		user: url.QueryEscape(b.ClientID), password: secret.New(url.QueryEscape(b.Secret.Reveal())), // RFC 6749, 2.3.1
	}, identities.ErrProofRefused)
	if err == nil && (told.at("active") != true || !b.ours(told.text("client_id"))) {
		err = identities.ErrProofRefused
	}
	return err
}

// claim returns where the named thing stands in the provider's answer.
func (c Config) claim(name, usual string) string { return or(c.Claims[name], usual) }

// mapped reads an answer by the configured claims, and by the standard ones where none are.
func (b base) mapped(claims object, subjects ...string) identities.Profile {
	if configured := b.Claims["subject"]; configured != "" {
		subjects = []string{configured}
	}
	subject := claims.text(subjects...)
	return identities.Profile{
		Key:       identities.Key{Subject: subject},
		Username:  claims.text(b.claim("username", "preferred_username")),
		Name:      claims.text(b.claim("name", "name")),
		FirstName: claims.text(b.claim("first_name", "given_name")),
		LastName:  claims.text(b.claim("last_name", "family_name")),
		Emails:    email(claims.text(b.claim("email", "email")), claims.yes(b.claim("email_verified", "email_verified"))),
		Extra:     claims.extra(subject),
	}
}
