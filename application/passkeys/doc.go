// Package passkeys registers WebAuthn credentials and finds out whose an assertion is.
//
// Whom it recognises still has to be admitted, as everybody has: by authentication,
// which asks for a second factor unless the passkey has verified its owner.
package passkeys
