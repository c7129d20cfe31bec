package authentication_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/domain/accounts"
)

// Somebody who claims an address himself, any number of times or as his name, must not
// be able to tell by the number of hashes whether anybody else has it.
func TestClaimsOfAnAddressDoNotCountItsOtherOwners(t *testing.T) {
	const victim = "victim@example.com"
	for name, claims := range map[string]int{"none": 0, "one": 1, "two": 2, "five": 5} {
		for _, called := range []bool{false, true} {
			for _, owner := range []string{"nobody", "unproved", "proved"} {
				w := newWorld(t, func(o *authentication.Options) { byBoth(o); o.MandatoryVerification = true })
				add := func(username accounts.Username, email accounts.Email, proved bool) {
					w.address(t, w.add(t, username, email), email, proved)
				}
				if owner != "nobody" {
					add("victim", victim, owner == "proved")
				}
				for i := range claims {
					add(accounts.Username("mallory"+string(rune('a'+i))), victim, false)
				}
				if called {
					add(victim, "mallory@example.com", true)
				}
				for _, in := range []authentication.SignIn{{Email: victim, Password: wrong}, {Username: victim, Password: wrong}} {
					w.hasher.worked()
					_, err := w.SignIn(w.ctx, in)
					require.Equal(t, authentication.ErrCredentialsWrong, err)
					require.Equal(t, int64(1), w.hasher.worked(), "%s, %s, %v", name, owner, called)
				}
			}
		}
	}
}

func TestWhoProvedAnAddressIsMeantBeforeWhoIsCalledByIt(t *testing.T) {
	w := newWorld(t, func(o *authentication.Options) { byBoth(o); o.MandatoryVerification = true })
	called := w.add(t, "ann@example.com", "mallory@example.com")
	w.address(t, called, "mallory@example.com", true)
	ann := w.add(t, "ann", "ann@example.com")
	w.address(t, ann, "ann@example.com", false)
	in := authentication.SignIn{Username: "ann@example.com", Password: right}
	grant, err := w.SignIn(w.ctx, in)
	require.NoError(t, err)
	require.Equal(t, called.ID(), grant.Account.ID(), "a claim takes nobody's name away")

	bob := w.add(t, "bob", "bob@example.com")
	w.address(t, bob, "bob@example.com", true)
	w.address(t, w.add(t, "bob@example.com", "eve@example.com"), "eve@example.com", true)
	in.Username = "bob@example.com"
	grant, err = w.SignIn(w.ctx, in)
	require.NoError(t, err)
	require.Equal(t, bob.ID(), grant.Account.ID())
}
