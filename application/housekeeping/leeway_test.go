package housekeeping

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/inmemory"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// still is a clock that does not move.
type still time.Time

func (s still) Now() time.Time { return time.Time(s) }

// asked remembers what it was asked to delete.
type asked struct{ now, buried time.Time }

func (a *asked) Clean(_ context.Context, now, buried time.Time, _ int) (int, error) {
	a.now, a.buried = now, buried
	return 0, nil
}

func TestWhatMakesATokenVoidIsKeptForTheLeeway(t *testing.T) {
	at := time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC)
	seen := &asked{}
	worker := NewWorker(seen, still(at), Options{Leeway: time.Minute, KeepBuried: time.Hour}, slog.New(slog.DiscardHandler))
	_, err := worker.CleanUp(t.Context())
	require.NoError(t, err)
	require.Equal(t, at.Add(-time.Minute), seen.now)
	require.Equal(t, at.Add(-time.Minute-time.Hour), seen.buried)
}

// A revoked token that the clean-up forgot while the leeway still lets it through
// would be good again.
func TestARevokedTokenIsForgottenOnlyWhenNobodyWouldTakeItAnyMore(t *testing.T) {
	const leeway = time.Minute
	expires := time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC)
	for name, test := range map[string]struct {
		after time.Duration
		kept  bool
	}{
		"before its end":                {-time.Second, true},
		"within the leeway":             {leeway - time.Second, true},
		"at the last moment":            {leeway, true},
		"when every program refuses it": {leeway + time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			store := inmemory.NewStore()
			tokens, families := inmemory.NewRefreshTokens(store), inmemory.NewFamilies(store)
			claims := sessions.Claims{ID: "void", Expires: expires}
			require.NoError(t, tokens.Revoke(t.Context(), secret.String{}, claims, 0, expires))
			require.NoError(t, families.Add(t.Context(), &sessions.Family{ID: "ended", Ended: expires, Current: claims.Link()}))

			worker := NewWorker(inmemory.NewCleaner(store), still(expires.Add(test.after)), Options{Leeway: leeway}, slog.New(slog.DiscardHandler))
			deleted, err := worker.CleanUp(t.Context())
			require.NoError(t, err)
			revoked, err := tokens.Revoked(t.Context(), "void")
			require.NoError(t, err)
			require.Equal(t, test.kept, revoked)
			_, err = families.ByID(t.Context(), "ended")
			if test.kept {
				require.Zero(t, deleted)
				require.NoError(t, err)
			} else {
				require.Equal(t, 2, deleted)
				require.Equal(t, sessions.ErrJWTRevoked, err)
			}
		})
	}
}
