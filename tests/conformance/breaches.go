package conformance

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/credentials"
)

// Breaches tests an implementation of ports.Breaches. open returns one that knows the
// passwords and no others.
func Breaches(t *testing.T, open func(t *testing.T, known ...credentials.Password) ports.Breaches) {
	ann, bob := credentials.NewPassword("correct horse battery"), credentials.NewPassword("Grüße, 世界")
	t.Run("knows what was in a breach and nothing else", func(t *testing.T) {
		breaches := open(t, ann, bob)
		require.True(t, breaches.Has(t.Context(), ann))
		require.True(t, breaches.Has(t.Context(), bob))
		for _, other := range []string{"", "Correct horse battery", "correct horse battery ", "correct horse batter"} {
			require.False(t, breaches.Has(t.Context(), credentials.NewPassword(other)), other)
		}
		require.False(t, open(t).Has(t.Context(), ann))
	})
	t.Run("keeps nobody waiting who left", func(t *testing.T) {
		gone, leave := context.WithCancel(t.Context())
		leave()
		require.False(t, open(t, ann).Has(gone, bob))
	})
	t.Run("answers many at once", func(t *testing.T) {
		breaches := open(t, ann)
		for i, err := range race(racers, func(i int) error {
			asked := []credentials.Password{ann, bob}[i%2]
			if breaches.Has(t.Context(), asked) != (i%2 == 0) {
				return credentials.ErrBreached
			}
			return nil
		}) {
			require.NoError(t, err, i)
		}
	})
}
