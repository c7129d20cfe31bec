// Package authentication is the one way in: whoever becomes signed in, by
// whatever proof, passes through Admit, and whoever calls becomes a Principal
// here.
//
// Admit asks in a fixed order: is the account active, is its address verified
// where that is demanded, do all policies agree. Only then a token or a session
// exists. A way to sign in that made a session by itself would be a hole.
package authentication
