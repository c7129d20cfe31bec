package federation

import (
	"context"
	"time"

	"latchkey/domain/credentials"
	"latchkey/domain/identities"
)

// burnedBeyond is how long a used proof is remembered after its end: providers'
// clocks and ours differ, and one that is taken a little late must not be good twice.
const burnedBeyond = 5 * time.Minute

// burn uses a proof up: who reads it in a log or on the way cannot come with it
// again. In the transaction of a sign-in that is refused it stays good, so that its
// holder can connect it instead.
func (s *Service) burn(ctx context.Context, once identities.Once, now time.Time) error {
	if once.ID == "" {
		return nil
	}
	return s.useUp(ctx, "proof:"+once.ID, max(once.Life, 0)+burnedBeyond, identities.ErrProofRefused, now)
}

// useUp remembers the key for the time, and returns refusal when it was remembered
// already: of concurrent calls one gets through.
func (s *Service) useUp(ctx context.Context, key string, remembered time.Duration, refusal error, now time.Time) error {
	wait, err := s.Limits.Take(ctx, key, now, credentials.Limit{Count: 1, Per: remembered})
	if err == nil && wait > 0 {
		return refusal
	}
	return err
}
