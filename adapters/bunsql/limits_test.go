package bunsql

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/credentials"
)

// A password was right: that others sign in to the account at the moment must not make it fail.
func TestAttemptsThatOthersForgetAtTheMomentAreForgotten(t *testing.T) {
	url := migratedURL(t)
	other, db := openURL(t, url, Config{}), openURL(t, url+"&default_transaction_isolation=repeatable%20read", Config{})
	_, err := NewLimits(db).Take(t.Context(), "k", now, credentials.Limit{Count: 9, Per: time.Hour})
	require.NoError(t, err)
	forgotten := make(chan error, 1)
	require.NoError(t, NewTransactor(other).InTx(t.Context(), func(ctx context.Context) error {
		if err := NewLimits(other).Forget(ctx, "k"); err != nil {
			return err
		}
		go func() { forgotten <- NewLimits(db).Forget(t.Context(), "k") }()
		for len(texts(t, other, `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)) == 0 {
			time.Sleep(time.Millisecond)
		}
		return nil
	}))
	require.NoError(t, <-forgotten)
}
