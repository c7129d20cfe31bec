package federation_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/fault"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

func TestAnIdentityIsConnectedAndSignsIn(t *testing.T) {
	w := newWorld(t, nil)
	carol := w.add(t, "carol", "carol@example.com", true)
	w.add(t, "alice", "alice@example.com", true)
	w.known("google", "t", "1", verified("alice@example.com"))
	require.NoError(t, w.Connect(w.ctx, carol, presented("google", "t")), "the address does not matter: carol is signed in, and has the identity")
	require.NoError(t, w.Connect(w.ctx, carol, presented("google", "t")), "again")
	account, err := w.SignIn(w.ctx, presented("google", "t"))
	require.NoError(t, err)
	require.Equal(t, carol.ID(), account.ID())
	require.Equal(t, carol.Email(), w.stored(t, carol.ID()).Email)
	require.Equal(t, []string{ports.EventIdentityConnected}, w.events.names)
}

func TestSomebodyElsesIdentityIsNotConnected(t *testing.T) {
	w := newWorld(t, nil)
	carol, alice := w.add(t, "carol", "", false), w.add(t, "alice", "", false)
	w.known("google", "t", "1")
	require.NoError(t, w.Connect(w.ctx, alice, presented("google", "t")))
	require.ErrorIs(t, w.Connect(w.ctx, carol, presented("google", "t")), identities.ErrConnectedElsewhere)
	require.Equal(t, []string{"google:1"}, w.linked(t, alice.ID()))
	require.Empty(t, w.linked(t, carol.ID()))
}

func TestOfManyWhoConnectAnIdentityOneGetsIt(t *testing.T) {
	w := newWorld(t, nil)
	carol, alice := w.add(t, "carol", "", false), w.add(t, "alice", "", false)
	w.known("google", "t", "1")
	errs := make([]error, 20)
	var group sync.WaitGroup
	for i := range errs {
		owner := carol
		if i%2 == 0 {
			owner = alice
		}
		group.Go(func() { errs[i] = w.Connect(w.ctx, owner, presented("google", "t")) })
	}
	group.Wait()
	require.Len(t, append(w.linked(t, carol.ID()), w.linked(t, alice.ID())...), 1)
	winner := len(w.linked(t, carol.ID()))
	for i, err := range errs {
		if i%2 != winner {
			require.ErrorIs(t, err, identities.ErrConnectedElsewhere)
		} else {
			require.NoError(t, err)
		}
	}
}

func TestWhoMayNotComeInConnectsNothing(t *testing.T) {
	w := newWorld(t, nil)
	carol := w.add(t, "carol", "", false)
	w.known("google", "t", "1")
	w.gate.refusal = fault.New(fault.Forbidden, "blocked", "Blocked.")
	require.ErrorIs(t, w.Connect(w.ctx, carol, presented("google", "t")), w.gate.refusal)
	require.Empty(t, w.linked(t, carol.ID()))
}

func TestARefusedSignInLeavesAProofForTheConnection(t *testing.T) {
	w := newWorld(t, nil)
	alice := w.add(t, "alice", "alice@example.com", true)
	w.once("google", "t", "1", verified("alice@example.com"))
	_, err := w.SignIn(w.ctx, presented("google", "t"))
	require.Error(t, err)
	require.NoError(t, w.Connect(w.ctx, alice, presented("google", "t")))
}

func TestIdentitiesAreDisconnected(t *testing.T) {
	w := newWorld(t, nil)
	carol, alice := w.add(t, "carol", "", false), w.add(t, "alice", "", false)
	w.known("google", "t", "1")
	require.NoError(t, w.Connect(w.ctx, carol, presented("google", "t")))
	linked, err := w.Identities(w.ctx, carol.ID())
	require.NoError(t, err)
	require.ErrorIs(t, w.Disconnect(w.ctx, alice.ID(), linked[0].ID), identities.ErrNotFound)
	require.ErrorIs(t, w.Disconnect(w.ctx, carol.ID(), linked[0].ID+1), identities.ErrNotFound)
	require.NoError(t, w.Disconnect(w.ctx, carol.ID(), linked[0].ID))
	require.ErrorIs(t, w.Disconnect(w.ctx, carol.ID(), linked[0].ID), identities.ErrNotFound)
	require.Empty(t, w.linked(t, carol.ID()))
	require.Equal(t, ports.EventIdentityDisconnected, w.events.names[1])
}

func TestOfTwoThatAreDisconnectedAtOnceOneStaysAsTheLastWayIn(t *testing.T) {
	w := newWorld(t, nil)
	w.known("google", "t", "1")
	w.known("facebook", "t", "2")
	account, err := w.SignIn(w.ctx, presented("google", "t"))
	require.NoError(t, err)
	require.NoError(t, w.Connect(w.ctx, account, presented("facebook", "t")))
	linked, err := w.Identities(w.ctx, account.ID())
	require.NoError(t, err)
	errs := make([]error, 2)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() { errs[i] = w.Disconnect(w.ctx, account.ID(), linked[i].ID) })
	}
	group.Wait()
	require.Len(t, w.linked(t, account.ID()), 1)
	if errs[0] == nil {
		errs[0] = errs[1]
	}
	require.ErrorIs(t, errs[0], identities.ErrLastWayIn)
}

// A way in that is planted while the account changes hands would outlive the change.
func TestWhoLostTheAccountMeanwhileConnectsNothing(t *testing.T) {
	for name, meanwhile := range map[string]func(*accounts.Account){
		"password changed": func(a *accounts.Account) { a.ChangePassword(secret.New("argon2$new")) },
		"disabled": func(a *accounts.Account) {
			s := a.Snapshot()
			s.Active = false
			*a = *accounts.Restore(s)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			mallory := w.add(t, "mallory", "", false)
			w.known("google", "t", "1")
			require.NoError(t, w.accounts.Update(w.ctx, mallory.ID(), func(stored *accounts.Account) error {
				meanwhile(stored)
				return nil
			}))
			require.ErrorIs(t, w.Connect(w.ctx, mallory, presented("google", "t")), sessions.ErrSessionEnded)
			require.Empty(t, w.linked(t, mallory.ID()))
		})
	}
}
