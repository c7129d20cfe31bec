// Package argon computes argon2 (RFC 9106, version 1.3) in memory that the caller
// lends, on the caller's own thread.
//
// golang.org/x/crypto/argon2 takes its memory, tens of megabytes a hash, from the
// garbage collector and computes on goroutines of its own. Under a storm of sign-ins
// the first is a collection for each password and half a process of garbage, and with
// the second no thread can be told to let cheap requests go first. So the order of
// the work is written out here, and what the time goes to, the compression of one
// block, is still that library's audited assembly. A test compares the keys of both.
package argon
