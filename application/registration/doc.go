// Package registration lets people make accounts and prove their e-mail address.
//
// Whether a new account is signed in at once is authentication's decision; the
// caller takes it there. Mails are written by the handlers of this package,
// which delivery calls after the commit.
package registration
