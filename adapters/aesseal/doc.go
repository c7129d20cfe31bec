// Package aesseal encrypts what is kept in the database and must be read again,
// with AES-256-GCM and keys made from the settings SECRET_KEY and
// SECRET_KEY_FALLBACKS: a copy of the database alone is of no use to anybody.
//
// A text looks like this, where lk1 names the way in which it was made:
//
//	lk1:base64url(nonce, ciphertext, tag)
//
// Nonces are 96 random bits. Two texts of one key have the same nonce with a
// probability that stays below 2^-32 for the first 2^32 texts (NIST SP 800-38D,
// 8.3); a key is changed long before by any deployment that gets there.
//
// What must be checked but not hidden is signed, by djangosign.
package aesseal
