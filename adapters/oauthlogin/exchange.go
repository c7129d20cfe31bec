package oauthlogin

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"golang.org/x/oauth2"

	"latchkey/application/ports"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// base is what every kind has.
type base struct {
	Config
	client *client
	clock  ports.Clock
}

// exchange gives the code to the token endpoint (RFC 6749, 4.1.3). The app's secret
// goes along, so that what comes back is this app's by construction.
func (b base) exchange(ctx context.Context, endpoint oauth2.Endpoint, password string, proof identities.Proof) (*oauth2.Token, error) {
	config := oauth2.Config{ClientID: b.ClientID, ClientSecret: password, Endpoint: endpoint, RedirectURL: proof.CallbackURL}
	var options []oauth2.AuthCodeOption
	if !proof.CodeVerifier.Empty() {
		options = append(options, oauth2.VerifierOption(proof.CodeVerifier.Reveal()))
	}
	token, err := config.Exchange(context.WithValue(ctx, oauth2.HTTPClient, b.client.http), proof.Code.Reveal(), options...)
	if err == nil {
		return token, nil
	}
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		// Not the error itself: it quotes the answer, in which there may be a token.
		err = status(refused.Response.StatusCode)
		if errorCode.MatchString(refused.ErrorCode) { // it is how an operator finds a wrong secret
			err = fmt.Errorf("%w %s", err, refused.ErrorCode)
		}
	} else if !errors.Is(err, errTooLarge) && !errors.Is(err, errRedirect) {
		err = withoutAnswer(err)
	}
	return nil, b.client.told(ctx, "code", err, identities.ErrCodeRefused)
}

// errorCode is how OAuth 2 names errors (RFC 6749, 5.2).
var errorCode = regexp.MustCompile(`^[a-z_]{1,40}$`)

// withoutAnswer keeps the reasons of the network and drops every other text, which
// may quote the provider's answer.
func withoutAnswer(err error) error {
	var network interface{ Timeout() bool }
	if errors.As(err, &network) {
		return err
	}
	return errNoJSON
}

// kept is what of a token may be stored.
func kept(token *oauth2.Token) identities.Token {
	return identities.Token{
		Access:  secret.New(token.AccessToken),
		Secret:  secret.New(token.RefreshToken),
		Expires: token.Expiry.UTC(),
	}
}

// idTokenOf returns the id_token that came with a token; empty when none did.
func idTokenOf(token *oauth2.Token) string {
	text, _ := token.Extra("id_token").(string)
	return text
}
