// Package passkeys owns WebAuthn credentials: what of one is kept, what has to be
// shown at its registration and at a sign-in before either is believed, and how long
// a challenge waits for its answer.
//
// Reading what a browser sends, and checking signatures, is an adapter's business;
// whether an account may come in at all is authentication's, as for everybody.
package passkeys
