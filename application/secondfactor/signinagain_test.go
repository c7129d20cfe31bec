package secondfactor_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/secondfactor"
	"latchkey/domain/accounts"
)

func TestPasskeysAreChangedOnlySoonAfterASignInWhereChangesAreConfirmed(t *testing.T) {
	for _, test := range []struct {
		confirm bool
		ago     time.Duration
		want    error
	}{
		{true, 10 * time.Minute, nil},
		{true, 10*time.Minute + time.Second, secondfactor.ErrSignInAgain},
		{false, time.Hour, nil},
	} {
		w := newWorld(t, func(o *secondfactor.Options) { o.Confirm = test.confirm })
		ann := w.set(t, w.add(t, "ann"), func(s *accounts.Snapshot) { s.LastLogin = start.Add(-test.ago) })
		require.Equal(t, test.want, w.MayChangeFactors(w.ctx, ann), "%v %v", test.confirm, test.ago)
	}
}
