package oauthlogin

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/dghubble/oauth1"

	"latchkey/domain/identities"
)

const twitterCredentials = "https://api.twitter.com/1.1/account/verify_credentials.json?include_email=true"

// twitter takes OAuth 1.0a tokens with their secret. Each request is signed with our
// own secret as well, so that another app's tokens are refused.
type twitter struct{ base }

func newTwitter(b base) twitter { return twitter{b} }

func (twitter) page(context.Context) (page, error) { return page{}, nil }

func (t twitter) vouch(ctx context.Context, proof identities.Proof) (identities.Profile, error) {
	if proof.AccessToken.Empty() || proof.TokenSecret.Empty() {
		return identities.Profile{}, identities.ErrProofMissing
	}
	me, err := t.me(ctx, proof)
	if err != nil {
		return identities.Profile{}, err
	}
	subject := me.text("id_str", "id")
	return identities.Profile{
		Key:      identities.Key{Subject: subject},
		Username: me.text("screen_name"),
		Name:     me.text("name"),
		Emails:   email(me.text("email"), false),
		Extra:    me.extra(subject),
		Token:    identities.Token{Access: proof.AccessToken, Secret: proof.TokenSecret},
	}, nil
}

func (t twitter) me(ctx context.Context, proof identities.Proof) (object, error) {
	address := or(t.VerifyCredentialsURL, twitterCredentials)
	config := oauth1.NewConfig(t.ClientID, t.Secret.Reveal())
	token := oauth1.NewToken(proof.AccessToken.Reveal(), proof.TokenSecret.Reveal())
	signing := config.Client(context.WithValue(ctx, oauth1.HTTPClient, t.client.http), token)
	// The library keeps the transport alone.
	signing.Timeout, signing.CheckRedirect = t.client.http.Timeout, stayThere
	signed := &client{http: signing, name: t.client.name, log: t.client.log}
	return signed.fetch(ctx, call{step: "verify credentials", method: http.MethodGet, url: address}, t.refused(address))
}

// refused is upstream's wording.
func (t twitter) refused(address string) error {
	host := address
	if u, err := url.Parse(address); err == nil {
		host = u.Host
	}
	return identities.ErrProofRefused.Saying(fmt.Sprintf("No access to private resources at %q.", host))
}
