package conformance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// APITokens tests an implementation of ports.APITokens.
func APITokens(t *testing.T, open Open) {
	t.Run("a key stands for its account", func(t *testing.T) { tokenOwner(t, open(t)) })
	t.Run("an unknown key stands for nobody", func(t *testing.T) { tokenUnknown(t, open(t)) })
	t.Run("an account keeps its first token", func(t *testing.T) { tokenIssueTwice(t, open(t)) })
	t.Run("a revoked token stands for nobody", func(t *testing.T) { tokenRevoke(t, open(t)) })
	t.Run("many who ask for a token get the same", func(t *testing.T) { tokenRace(t, open(t)) })
}

func fresh(account *accounts.Account, seed int) sessions.APIToken {
	return sessions.APIToken{Key: secret.New(fmt.Sprintf("%040x", seed)), Account: account.ID(), Created: now}
}

func tokenOwner(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann"), add(t, stores, "bob")
	for i, account := range []*accounts.Account{ann, bob} {
		issued, err := stores.APITokens.Issue(t.Context(), fresh(account, i))
		require.NoError(t, err)
		require.Equal(t, fresh(account, i).Key.Reveal(), issued.Key.Reveal())
		require.Equal(t, account.ID(), issued.Account)
		require.Equal(t, now, issued.Created)
	}
	owner, err := stores.APITokens.Owner(t.Context(), fresh(bob, 1).Key)
	require.NoError(t, err)
	require.Equal(t, bob.ID(), owner.ID())
	sameAccount(t, bob.Snapshot(), owner)
}

func tokenUnknown(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	_, err := stores.APITokens.Issue(t.Context(), fresh(ann, 0xabc))
	require.NoError(t, err)
	key := fresh(ann, 0xabc).Key.Reveal()
	for _, wrong := range []string{"", "%", key[1:], key + " ", strings.ToUpper(key), "' OR 1=1 --"} {
		_, err := stores.APITokens.Owner(t.Context(), secret.New(wrong))
		require.ErrorIs(t, err, sessions.ErrTokenUnknown, "%q", wrong)
	}
}

func tokenIssueTwice(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	first, err := stores.APITokens.Issue(t.Context(), fresh(ann, 1))
	require.NoError(t, err)
	second, err := stores.APITokens.Issue(t.Context(), fresh(ann, 2))
	require.NoError(t, err)
	require.Equal(t, first.Key.Reveal(), second.Key.Reveal())
	_, err = stores.APITokens.Owner(t.Context(), fresh(ann, 2).Key)
	require.ErrorIs(t, err, sessions.ErrTokenUnknown)
}

func tokenRevoke(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann"), add(t, stores, "bob")
	for i, account := range []*accounts.Account{ann, bob} {
		_, err := stores.APITokens.Issue(t.Context(), fresh(account, i))
		require.NoError(t, err)
	}
	require.NoError(t, stores.APITokens.Revoke(t.Context(), ann.ID()))
	require.NoError(t, stores.APITokens.Revoke(t.Context(), ann.ID()), "there is none any more")
	_, err := stores.APITokens.Owner(t.Context(), fresh(ann, 0).Key)
	require.ErrorIs(t, err, sessions.ErrTokenUnknown)
	_, err = stores.APITokens.Owner(t.Context(), fresh(bob, 1).Key)
	require.NoError(t, err)
}

func tokenRace(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	keys := make([]string, racers)
	for _, err := range race(racers, func(i int) error {
		issued, err := stores.APITokens.Issue(t.Context(), fresh(ann, i))
		keys[i] = issued.Key.Reveal()
		return err
	}) {
		require.NoError(t, err)
	}
	for _, key := range keys {
		require.Equal(t, keys[0], key)
	}
}
