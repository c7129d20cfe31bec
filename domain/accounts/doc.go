// Package accounts owns who somebody is: the account, its names and its e-mail
// addresses, and whether it may sign in at all.
//
// How an account proves itself is credentials' business, how an address is
// proved is verification's, and what a signed-in account holds is sessions'.
// The hash of the password travels here because it is part of the account's
// record, but only credentials and the hasher look into it.
package accounts
