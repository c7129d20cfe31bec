// Package oauthlogin asks identity providers who somebody is: OAuth 1.0a, OAuth 2
// and OpenID Connect, with the habits of the large ones.
//
// What a client posts proves nothing by itself. An access token is good only if it
// is shown to have been issued to this app, an id_token only if the provider signed
// it for this app, a code only if the provider takes it. What cannot be shown is
// refused.
//
// Whose account an identity belongs to is none of this package's business.
package oauthlogin
