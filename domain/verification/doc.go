// Package verification owns proof that somebody controls an e-mail address: what
// a proof is bound to, how long it is good, and why it is refused.
//
// The signed forms are an adapter's business; whether an account may use what it
// proved is accounts'.
package verification
