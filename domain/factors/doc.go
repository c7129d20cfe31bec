// Package factors owns second factors: codes that an authenticator app shows (TOTP,
// RFC 6238), recovery codes, what is remembered of used ones, and what waits for a
// code.
//
// The first proof is credentials' and identities'; who lets somebody in is the
// business of the activity authentication. How secrets are kept is an adapter's.
package factors
