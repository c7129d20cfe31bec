package conformance

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
)

// KnownDevices tests an implementation of ports.KnownDevices.
func KnownDevices(t *testing.T, open Open) {
	t.Run("a device is new once", func(t *testing.T) { deviceOnce(t, open(t)) })
	t.Run("of many who see a new device one is told", func(t *testing.T) { deviceRace(t, open(t)) })
}

func deviceOnce(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann").ID(), add(t, stores, "bob").ID()
	see := func(account accounts.ID, device string) bool {
		known, err := stores.KnownDevices.See(t.Context(), account, device, now)
		require.NoError(t, err)
		return known
	}
	require.Equal(t, []bool{false, true, false, false}, []bool{see(ann, "a"), see(ann, "a"), see(ann, "b"), see(bob, "a")})
	require.NoError(t, stores.KnownDevices.Forget(t.Context(), ann))
	require.Equal(t, []bool{false, true}, []bool{see(ann, "a"), see(bob, "a")})
}

func deviceRace(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann").ID()
	known := make([]bool, racers)
	for _, err := range race(racers, func(i int) (err error) {
		known[i], err = stores.KnownDevices.See(t.Context(), ann, "a", now)
		return err
	}) {
		require.NoError(t, err)
	}
	news := slices.DeleteFunc(known, func(known bool) bool { return known })
	require.Len(t, news, 1)
}
