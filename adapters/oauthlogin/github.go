package oauthlogin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"golang.org/x/oauth2"

	"latchkey/domain/accounts"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// emailsMost is how many of somebody's addresses are looked at.
const emailsMost = 20

// gitHub is github.com, or GitHub Enterprise at an address of its own.
type gitHub struct{ base }

func (g gitHub) site() string { return or(g.GitHubURL, "https://github.com") }

func (g gitHub) api() string {
	if g.GitHubURL == "" {
		return "https://api.github.com"
	}
	return g.GitHubURL + "/api/v3"
}

func (g gitHub) page(context.Context) (page, error) {
	return page{url: or(g.AuthorizationURL, g.site()+"/login/oauth/authorize"), scopes: []string{"read:user", "user:email"}}, nil
}

func (g gitHub) vouch(ctx context.Context, proof identities.Proof) (identities.Profile, error) {
	switch {
	case !proof.AccessToken.Empty():
		if err := g.issuedToUs(ctx, proof.AccessToken); err != nil {
			return identities.Profile{}, err
		}
		return g.user(ctx, posted(proof))
	case !proof.Code.Empty():
		endpoint := oauth2.Endpoint{TokenURL: g.site() + "/login/oauth/access_token", AuthStyle: oauth2.AuthStyleInParams}
		token, err := g.exchange(ctx, endpoint, g.Secret.Reveal(), proof)
		if err != nil {
			return identities.Profile{}, err
		}
		return g.user(ctx, kept(token))
	}
	return identities.Profile{}, identities.ErrProofMissing
}

// issuedToUs asks whether the token is our app's.
func (g gitHub) issuedToUs(ctx context.Context, token secret.String) error {
	if g.UncheckedAccessTokens || standIn(g.GitHubURL) {
		return nil
	}
	_, err := g.client.fetch(ctx, call{
		step: "app", method: http.MethodPost, url: g.api() + "/applications/" + g.ClientID + "/token",
		user: g.ClientID, password: g.Secret, json: map[string]string{"access_token": token.Reveal()},
	}, identities.ErrProofRefused)
	return err
}

func (g gitHub) user(ctx context.Context, token identities.Token) (identities.Profile, error) {
	me, err := g.client.fetch(ctx, call{step: "user", url: g.api() + "/user", bearer: token.Access}, identities.ErrProofRefused)
	if err != nil {
		return identities.Profile{}, err
	}
	emails, err := g.emails(ctx, token.Access)
	if err != nil {
		return identities.Profile{}, err
	}
	if len(emails) == 0 {
		emails = email(me.text("email"), false)
	}
	return identities.Profile{
		Key:      identities.Key{Subject: me.text("id")},
		Username: me.text("login"),
		Name:     me.text("name"),
		Emails:   emails,
		Extra:    me.extra(me.text("id")),
		Token:    token,
	}, nil
}

// emails returns the addresses, of which GitHub says whether they are verified; none
// where the token may not see them.
func (g gitHub) emails(ctx context.Context, token secret.String) ([]identities.Email, error) {
	body, err := g.client.read(ctx, call{step: "emails", url: g.api() + "/user/emails", bearer: token})
	var answered status
	if errors.As(err, &answered) && (answered == http.StatusNotFound || answered == http.StatusForbidden) {
		return nil, nil
	}
	if err != nil {
		return nil, g.client.told(ctx, "emails", err, identities.ErrProofRefused)
	}
	var listed []struct {
		Email             string
		Primary, Verified bool
	}
	if json.Unmarshal(body, &listed) != nil {
		return nil, g.client.unavailable(ctx, "emails", errNoJSON)
	}
	var all []identities.Email
	for _, e := range listed[:min(len(listed), emailsMost)] {
		if address, err := accounts.ParseEmail(e.Email); err == nil {
			all = append(all, identities.Email{Address: address, Verified: e.Verified, Primary: e.Primary})
		}
	}
	return all, nil
}
