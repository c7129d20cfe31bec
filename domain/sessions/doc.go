// Package sessions owns what a signed-in account holds: API tokens, web
// sessions and the CSRF secret that guards them, and the Principal that a
// request becomes when one of them is presented.
//
// How somebody becomes signed in is the authentication activity's business.
package sessions
