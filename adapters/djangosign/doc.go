// Package djangosign makes and checks the values that Django signs with its
// SECRET_KEY: password reset tokens, e-mail confirmation keys, and sessions.
// A Django on the same database accepts what is made here, and the other way round.
// In the same way it signs sign-ins at external providers, which Django does not know.
//
// What a proof is bound to and when it is too old is the verification domain's
// business; where sessions are stored is the repository's. JSON Web Tokens have
// their own keys and their own adapter.
package djangosign
