package oauthlogin

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

const (
	facebookGraph = "https://graph.facebook.com/v24.0"
	facebookPage  = "https://www.facebook.com/v24.0/dialog/oauth"
)

// facebook takes access tokens and codes. It does not look at id_tokens.
type facebook struct{ base }

func (f facebook) page(context.Context) (page, error) {
	return page{url: or(f.AuthorizationURL, facebookPage), scopes: []string{"email", "public_profile"}}, nil
}

func (f facebook) vouch(ctx context.Context, proof identities.Proof) (identities.Profile, error) {
	switch {
	case !proof.AccessToken.Empty():
		if err := f.issuedToUs(ctx, proof.AccessToken); err != nil {
			return identities.Profile{}, err
		}
		return f.me(ctx, posted(proof))
	case !proof.Code.Empty():
		token, err := f.exchangeCode(ctx, proof)
		if err != nil {
			return identities.Profile{}, err
		}
		return f.me(ctx, token)
	}
	return identities.Profile{}, identities.ErrProofMissing
}

func (f facebook) graph() string { return or(f.GraphAPIURL, facebookGraph) }

// proved is a query with the token and the proof that we know the secret of the app
// that it was issued to: with another app's token Facebook refuses the proof.
func (f facebook) proved(token secret.String, more url.Values) url.Values {
	mac := hmac.New(sha256.New, []byte(f.Secret.Reveal()))
	mac.Write([]byte(token.Reveal()))
	more.Set("access_token", token.Reveal())
	more.Set("appsecret_proof", hex.EncodeToString(mac.Sum(nil)))
	return more
}

// issuedToUs asks in so many words which app the token is for. A stand-in for the
// Graph API has only the proof.
func (f facebook) issuedToUs(ctx context.Context, token secret.String) error {
	if standIn(f.GraphAPIURL) {
		return nil
	}
	app, err := f.client.fetch(ctx, call{
		step: "app", url: f.graph() + "/app", query: f.proved(token, url.Values{"fields": {"id"}}),
	}, identities.ErrProofRefused)
	if err == nil && app.text("id") != f.ClientID {
		err = identities.ErrProofRefused
	}
	return err
}

func (f facebook) me(ctx context.Context, token identities.Token) (identities.Profile, error) {
	me, err := f.client.fetch(ctx, call{
		step: "me", troubleRefuses: true, // Facebook answers 500 to some bad tokens
		url: f.graph() + "/me", query: f.proved(token.Access, url.Values{"fields": {"id,email,name,first_name,last_name"}}),
	}, identities.ErrProofRefused)
	if err != nil {
		return identities.Profile{}, err
	}
	return identities.Profile{
		Key:       identities.Key{Subject: me.text("id")},
		Username:  me.text("username"),
		Name:      me.text("name"),
		FirstName: me.text("first_name"),
		LastName:  me.text("last_name"),
		Emails:    email(me.text("email"), false),
		Extra:     me.extra(me.text("id")),
		Token:     token,
	}, nil
}

// exchangeCode is Facebook's own form of the exchange: a GET with a query.
func (f facebook) exchangeCode(ctx context.Context, proof identities.Proof) (identities.Token, error) {
	query := url.Values{
		"grant_type": {"authorization_code"}, "client_id": {f.ClientID}, "client_secret": {f.Secret.Reveal()},
		"redirect_uri": {proof.CallbackURL}, "code": {proof.Code.Reveal()},
	}
	if !proof.CodeVerifier.Empty() {
		query.Set("code_verifier", proof.CodeVerifier.Reveal())
	}
	answer, err := f.client.fetch(ctx, call{
		step: "code", method: http.MethodGet, url: f.graph() + "/oauth/access_token", query: query,
	}, identities.ErrCodeRefused)
	if err != nil {
		return identities.Token{}, err
	}
	if answer.text("access_token") == "" {
		return identities.Token{}, identities.ErrCodeRefused
	}
	token := identities.Token{Access: secret.New(answer.text("access_token"))}
	if seconds, err := strconv.ParseInt(answer.text("expires_in"), 10, 32); err == nil && seconds > 0 {
		token.Expires = f.clock.Now().Add(time.Duration(seconds) * time.Second)
	}
	return token, nil
}
