package ports_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/fault"
)

func TestWhatFollowsSomethingDoneNeverSaysThatNothingHappened(t *testing.T) {
	t.Parallel()
	judged := ports.AfterDone(fmt.Errorf("bunsql: begin: %w", ports.ErrUnavailable.After(5*time.Second)))
	require.ErrorIs(t, judged, ports.ErrOutcomeUnknown)
	require.Equal(t, 5*time.Second, fault.Of(judged)[0].Wait)
	require.NotErrorIs(t, judged, ports.ErrUnavailable)

	require.ErrorIs(t, ports.AfterDone(fmt.Errorf("policy: %w", context.DeadlineExceeded)), ports.ErrOutcomeUnknown)

	other := errors.New("broken")
	require.Equal(t, other, ports.AfterDone(other))
	require.Equal(t, accounts.ErrNotFound, ports.AfterDone(accounts.ErrNotFound))
	require.NoError(t, ports.AfterDone(nil))
}
