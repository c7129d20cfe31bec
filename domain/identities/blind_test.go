package identities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

func TestAnAddressThatNobodyMayAskAbout(t *testing.T) {
	hiding := identities.LinkingRules{HideTaken: true}
	require.True(t, hiding.Blind(identities.Email{Address: address}))
	require.False(t, hiding.Blind(identities.Email{Address: address, Verified: true}), "its holder may know what is theirs")
	require.False(t, hiding.Blind(identities.Email{}))
	require.False(t, identities.LinkingRules{}.Blind(identities.Email{Address: address}))
}

func TestWhatNobodyCouldEverComeInTo(t *testing.T) {
	vacant := func(s *accounts.Snapshot) { s.PasswordHash = secret.New("!x") }
	also := func(more func(*accounts.Snapshot)) func(*accounts.Snapshot) {
		return func(s *accounts.Snapshot) { vacant(s); more(s) }
	}
	require.True(t, claimant(vacant, row(address, false)).Vacant())
	require.True(t, claimant(vacant).Vacant())
	for name, c := range map[string]identities.Claimant{
		"a password":       claimant(nil, row(address, false)),
		"a proved address": claimant(vacant, row("other@example.com", false), row(address, true)),
		"a session once":   claimant(also(func(s *accounts.Snapshot) { s.LastLogin = time.Unix(1, 0) })),
		"a privilege":      claimant(also(func(s *accounts.Snapshot) { s.Staff = true })),
		"a superuser":      claimant(also(func(s *accounts.Snapshot) { s.Superuser = true })),
		"disabled":         claimant(also(func(s *accounts.Snapshot) { s.Active = false })),
	} {
		require.False(t, c.Vacant(), name)
	}
}
