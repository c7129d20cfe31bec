// Package pwnedpasswords asks a service that speaks the protocol of Have I Been Pwned's
// "Pwned Passwords" whether a password was in a data breach.
//
// It tells the service the first five characters of the password's SHA-1 digest, gets
// the rest of all digests that begin so, some eight hundred, and looks among them by
// itself (k-anonymity). Add-Padding makes all answers about as long, so that who sees their
// size on the way does not learn which five characters were asked for.
package pwnedpasswords
