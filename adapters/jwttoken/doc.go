// Package jwttoken signs and verifies JSON Web Tokens (RFC 7519) as simplejwt
// does with PyJWT, and holds the keys for it.
//
// A token is read in an order in which nobody can make us work for nothing: its
// length and its dots are counted first, then the header names the key, then the
// signature is checked with the algorithm that belongs to that key, and only
// then is the payload looked at. The header of a token never chooses the
// algorithm, and keys that it carries or points to (jwk, jku, x5c, x5u) are not
// even read.
//
// Keys come from two places. The settings ALGORITHM, SIGNING_KEY and
// VERIFYING_KEY give one key, whose tokens have no kid, as in simplejwt. A key
// file gives any number of keys with a life of their own:
//
//	staged   verifies and is published, but does not sign yet
//	current  signs and verifies; one key at most
//	retired  verifies until the last token that it signed has ended
//
// To change the key without signing anybody out: make a new one, wait until
// everybody who reads JWKS has fetched it, promote it. After a leak: promote a
// new key, then prune with a life of zero.
//
// What a token may say, and which kind is good for what, is the sessions
// domain's business; which tokens were revoked is the repository's.
package jwttoken
