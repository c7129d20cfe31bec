// Package relocation moves people in from another system and out to one: accounts
// with their address, password hash and identities, as a stream of records.
//
// What the records look like in a file is the adapter's business. The operator moves
// people, not they themselves: no policy, no password rule and no subscriber is
// asked, and no mail is sent.
package relocation
