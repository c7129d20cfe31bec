// Package secondfactor is the activity of second factors: setting one up and switching
// it off, proving it between a first proof and the sign-in, recovery codes, who must
// have one, and telling the owner.
//
// It lets nobody in: who has proved a second factor is handed to the activity
// authentication, which is the one that demanded it.
package secondfactor
