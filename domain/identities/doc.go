// Package identities owns external logins: who a provider says that somebody
// is, what has to be shown before that is believed, and the rules by which an
// identity and an account belong together.
//
// Talking to a provider and checking its signatures is an adapter's business;
// what the account itself is belongs to accounts, and a session is begun by
// nobody but authentication.
package identities
