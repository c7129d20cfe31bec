package federation_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/federation"
	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/identities"
)

func hiding(o *federation.Options) { o.Linking.HideTaken, o.MandatoryVerification = true, true }

// topics takes what was to be mailed.
func (w *world) topics(t *testing.T) []string {
	t.Helper()
	claimed, err := w.outbox.Claim(w.ctx, w.clock.Now(), 0, 100)
	require.NoError(t, err)
	var topics []string
	for _, message := range claimed {
		topics = append(topics, message.Topic)
		require.NoError(t, w.outbox.Done(w.ctx, message.ID))
	}
	return topics
}

func TestThatAnAddressIsTakenIsToldToItsOwnerOnly(t *testing.T) {
	for name, proved := range map[string]bool{"proved": true, "claimed": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, hiding)
			alice := w.add(t, "alice", "alice@example.com", proved)
			w.known("facebook", "taken", "1", told("Alice@example.com"))
			w.known("facebook", "free", "2", told("nobody@example.com"))
			for _, token := range []string{"taken", "free"} {
				account, err := w.SignIn(w.ctx, presented("facebook", token))
				require.NoError(t, err)
				require.NotEqual(t, alice.ID(), account.ID())
				require.Empty(t, w.linked(t, alice.ID()))
				require.Equal(t, []string{"facebook:" + map[string]string{"taken": "1", "free": "2"}[token]}, w.linked(t, account.ID()))
			}
			require.Equal(t, []string{ports.EventRegistered, ports.EventIdentityConnected, ports.EventRegistered, ports.EventIdentityConnected}, w.events.names)
			want := []string{"registration.confirmation", "registration.confirmation"}
			if proved {
				want[0] = "registration.account_exists"
			}
			require.Equal(t, want, w.topics(t))
		})
	}
}

func TestAnAddressThatTheProviderVerifiedIsTalkedAboutWithItsOwner(t *testing.T) {
	w := newWorld(t, hiding)
	w.add(t, "alice", "alice@example.com", true)
	w.known("google", "t", "1", verified("alice@example.com"))
	_, err := w.SignIn(w.ctx, presented("google", "t"))
	require.ErrorIs(t, err, accounts.ErrEmailTaken)
}

func TestOtherAddressesOfWhichAnybodyMayHaveAListAreNotLookedUp(t *testing.T) {
	w := newWorld(t, hiding)
	w.known("google", "t", "1", verified("me@example.com"), identities.Email{Address: "free@example.com"}, identities.Email{Address: "mine@example.com", Verified: true})
	account, err := w.SignIn(w.ctx, presented("google", "t"))
	require.NoError(t, err)
	rows, err := w.addresses.Of(w.ctx, account.ID())
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.Equal(t, accounts.Email("mine@example.com"), rows[1].Email())
}

func TestWhoeverTheRealAccountBelongsToMayConnectWhatWasPresentedBefore(t *testing.T) {
	for name, address := range map[string]accounts.Email{"taken": "alice@example.com", "free": "nobody@example.com"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, hiding)
			alice := w.add(t, "alice", "alice@example.com", true)
			w.known("facebook", "t", "1", told(address))
			left, err := w.SignIn(w.ctx, presented("facebook", "t"))
			require.NoError(t, err)
			require.NoError(t, w.Connect(w.ctx, alice, presented("facebook", "t")), "and the answer tells nothing either")
			require.Equal(t, []string{"facebook:1"}, w.linked(t, alice.ID()))
			require.Empty(t, w.linked(t, left.ID()))
			account, err := w.SignIn(w.ctx, presented("facebook", "t"))
			require.NoError(t, err)
			require.Equal(t, alice.ID(), account.ID())
		})
	}
}

func TestAnIdentityOfAnAccountInUseStaysThere(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, w *world, left *accounts.Account){
		"its address was proved meanwhile": func(t *testing.T, w *world, left *accounts.Account) {
			rows, err := w.addresses.Of(w.ctx, left.ID())
			require.NoError(t, err)
			require.NoError(t, w.addresses.Update(w.ctx, rows[0].ID(), func(a *accounts.Address) error { a.Verify(); return nil }))
		},
		"it has a password": func(t *testing.T, w *world, left *accounts.Account) {
			hash := w.add(t, "other", "", false).PasswordHash()
			require.NoError(t, w.accounts.Update(w.ctx, left.ID(), func(a *accounts.Account) error { a.ChangePassword(hash); return nil }))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, hiding)
			alice := w.add(t, "alice", "alice@example.com", true)
			w.known("facebook", "t", "1", told("bob@example.com"))
			bob, err := w.SignIn(w.ctx, presented("facebook", "t"))
			require.NoError(t, err)
			change(t, w, bob)
			require.ErrorIs(t, w.Connect(w.ctx, alice, presented("facebook", "t")), identities.ErrConnectedElsewhere)
			require.Equal(t, []string{"facebook:1"}, w.linked(t, bob.ID()))
		})
	}
}
