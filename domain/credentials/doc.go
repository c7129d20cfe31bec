// Package credentials owns what proves an account: passwords, the rules that
// new ones must satisfy, and the limits on guessing.
//
// How a password becomes a hash is the hasher's business (a port); which
// account a hash belongs to is accounts'.
package credentials
