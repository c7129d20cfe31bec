package conformance

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// ProviderTokens tests an implementation of ports.ProviderTokens. That it stores no
// token in clear is for its own tests to see.
func ProviderTokens(t *testing.T, open Open) {
	t.Run("a token comes back as it was kept", func(t *testing.T) { providerTokenRoundTrip(t, open(t)) })
	t.Run("an identity without a token has none", func(t *testing.T) { providerTokenUnknown(t, open(t)) })
	t.Run("a token takes the place of the former", func(t *testing.T) { providerTokenReplaced(t, open(t)) })
	t.Run("nothing is kept when a transaction fails", func(t *testing.T) { providerTokenRollback(t, open(t)) })
	t.Run("many who keep a token leave one", func(t *testing.T) { providerTokenRace(t, open(t)) })
}

func aToken(seed int) identities.Token {
	return identities.Token{
		Access:  secret.New(fmt.Sprint("access-", seed)),
		Secret:  secret.New(fmt.Sprint("secret-", seed)),
		Expires: now.Add(time.Duration(seed) * time.Hour),
	}
}

func sameToken(t *testing.T, stores Stores, identity identities.ID, want identities.Token) {
	t.Helper()
	found, err := stores.ProviderTokens.Of(t.Context(), identity)
	require.NoError(t, err)
	require.Equal(t, want.Access.Reveal(), found.Access.Reveal())
	require.Equal(t, want.Secret.Reveal(), found.Secret.Reveal())
	require.Equal(t, want.Expires, found.Expires)
}

func providerTokenRoundTrip(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	for i, token := range []identities.Token{
		aToken(0), aToken(1),
		{Access: secret.New("without the rest")},
		{Access: secret.New(strings.Repeat("€", 3000)), Secret: secret.New("'\"\x00\xff")},
	} {
		identity := addIdentity(t, stores, ann, "google", fmt.Sprint(i))
		require.NoError(t, stores.ProviderTokens.Keep(t.Context(), identity.ID(), token))
		sameToken(t, stores, identity.ID(), token)
	}
}

func providerTokenUnknown(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	identity, other := addIdentity(t, stores, ann, "google", "1"), addIdentity(t, stores, ann, "google", "2")
	require.NoError(t, stores.ProviderTokens.Keep(t.Context(), other.ID(), aToken(1)))
	for _, id := range []identities.ID{identity.ID(), 4711} {
		_, err := stores.ProviderTokens.Of(t.Context(), id)
		require.ErrorIs(t, err, identities.ErrNotFound)
	}
	require.Error(t, stores.ProviderTokens.Keep(t.Context(), 4711, aToken(1)), "there is no such identity")
	_, err := stores.ProviderTokens.Of(t.Context(), 4711)
	require.ErrorIs(t, err, identities.ErrNotFound)
}

func providerTokenReplaced(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	identity, other := addIdentity(t, stores, ann, "google", "1"), addIdentity(t, stores, ann, "google", "2")
	for _, id := range []identities.ID{identity.ID(), other.ID()} {
		require.NoError(t, stores.ProviderTokens.Keep(t.Context(), id, aToken(1)))
	}
	later := identities.Token{Access: secret.New("later")}
	require.NoError(t, stores.ProviderTokens.Keep(t.Context(), identity.ID(), later))
	sameToken(t, stores, identity.ID(), later)
	sameToken(t, stores, other.ID(), aToken(1))
}

func providerTokenRollback(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	replaced, fresh := addIdentity(t, stores, ann, "google", "1").ID(), addIdentity(t, stores, ann, "google", "2").ID()
	require.NoError(t, stores.ProviderTokens.Keep(t.Context(), replaced, aToken(1)))
	err := stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		for _, id := range []identities.ID{replaced, fresh} {
			require.NoError(t, stores.ProviderTokens.Keep(ctx, id, aToken(2)))
			seen, err := stores.ProviderTokens.Of(ctx, id)
			require.NoError(t, err)
			require.Equal(t, aToken(2).Access.Reveal(), seen.Access.Reveal(), "the transaction sees what it wrote")
		}
		return errVerdict
	})
	require.ErrorIs(t, err, errVerdict)
	sameToken(t, stores, replaced, aToken(1))
	_, err = stores.ProviderTokens.Of(t.Context(), fresh)
	require.ErrorIs(t, err, identities.ErrNotFound)
}

func providerTokenRace(t *testing.T, stores Stores) {
	identity := addIdentity(t, stores, add(t, stores, "ann"), "google", "1").ID()
	for _, err := range race(racers, func(i int) error {
		return stores.ProviderTokens.Keep(t.Context(), identity, aToken(i))
	}) {
		require.NoError(t, err)
	}
	found, err := stores.ProviderTokens.Of(t.Context(), identity)
	require.NoError(t, err)
	var winner int
	_, err = fmt.Sscanf(found.Access.Reveal(), "access-%d", &winner)
	require.NoError(t, err)
	sameToken(t, stores, identity, aToken(winner))
	require.NoError(t, stores.Identities.Remove(t.Context(), addIdentity(t, stores, add(t, stores, "bob"), "google", "2").ID()))
	require.NoError(t, stores.Identities.Remove(t.Context(), identity))
	_, err = stores.ProviderTokens.Of(t.Context(), identity)
	require.ErrorIs(t, err, identities.ErrNotFound)
}
