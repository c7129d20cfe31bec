package ports

import (
	"context"
	"strconv"
	"time"

	"latchkey/domain/credentials"
	"latchkey/domain/secret"
)

// PasswordHasher turns passwords into hashes in Django's encodings and checks them.
// Hashing is slow and takes memory by intent; an implementation bounds how much of
// it runs at once and lets callers wait in a queue, which may be bounded: it returns
// credentials.ErrHasherBusy to who finds no place there, or no turn in time. It shares
// turns out by Origin, so that one that floods it delays no other.
type PasswordHasher interface {
	// InTurn waits for a turn, and calls work with a ctx that has it: Hash and Verify
	// with that one wait no more and never return ErrHasherBusy. What must not be done when
	// no password can be looked at, such as counting a try, belongs into work, and
	// nothing slow besides. It returns the error of work; without a turn work is not called. Within a turn it
	// just calls work.
	InTurn(ctx context.Context, work func(ctx context.Context) error) error
	// Hash returns a new hash by the preferred algorithm. Without a turn it waits for one.
	Hash(ctx context.Context, password credentials.Password) (secret.String, error)
	// Verify, which waits for a turn as Hash does, reports whether the password fits the hash, and whether a fitting
	// hash should be made anew because the preferred algorithm or its cost is another. An unusable, empty, unknown
	// or malformed hash fits nothing; the work of a preferred hash is done all
	// the same, so that the time does not tell which accounts exist. The same holds for the zero secret, which stands for
	// an account that does not exist.
	Verify(ctx context.Context, hash secret.String, password credentials.Password) (fits, outdated bool, err error)
}

// ForeignHashes takes over password hashes that were made elsewhere.
type ForeignHashes interface {
	// Adopt returns the hash in a form that PasswordHasher.Verify checks. A hash that
	// Verify checks as it is, and Django's unusable ones, are returned unchanged. It
	// returns credentials.ErrHashRefused for what Verify could never accept; text that
	// may be a password in clear is among that, whatever it begins with.
	Adopt(hash secret.String) (secret.String, error)
}

// Limits counts attempts, so that guessing becomes slow.
//
// An implementation says whether it belongs to the transactions of Transactor. In one
// that does not, an attempt stays counted when the transaction around it is rolled back,
// which is safe for guesses and wrong for what must be counted only if it happened: a proof
// that is used up by a sign-in, a mail that is written down beside a change. Those need one that does.
//
// What cannot be counted is not allowed: an implementation that cannot be reached returns
// an error, credentials.ErrLimitsUnavailable if it may work later.
type Limits interface {
	// Take records an attempt under key at the time now unless the limit is used
	// up, and returns how long to wait: zero when the attempt is allowed. Of
	// concurrent calls no more than the limit allows get zero. Refused attempts
	// are not recorded. key may hold personal data; an implementation that
	// stores it keeps a digest.
	Take(ctx context.Context, key string, limit credentials.Limit, now time.Time) (wait time.Duration, err error)
	// GiveBack drops the newest attempt under key, if there is any: it turned out to be
	// none of those that are limited. All others stay counted.
	GiveBack(ctx context.Context, key string) error
	// Count returns how many attempts under key are in the limit's window at the time
	// now. It records nothing.
	Count(ctx context.Context, key string, limit credentials.Limit, now time.Time) (int, error)
	// Forget drops the attempts under key.
	Forget(ctx context.Context, key string) error
}

// ManyLimits is what a Limits may be able to do besides: to deal with several keys at once. Whoever
// embeds such a type and overrides a method of Limits has to override these, too: they do not call it.
type ManyLimits interface {
	// TakeInTurn is Take under each of the keys, from the limit at the same place, until one is
	// used up: those before it were taken, those behind it are not asked.
	TakeInTurn(ctx context.Context, keys []string, limits []credentials.Limit, now time.Time) (wait time.Duration, err error)
	// ForgetAll is Forget for each of the keys.
	ForgetAll(ctx context.Context, keys []string) error
}

// TakeEach takes from several limits under one key, and returns how long to wait for
// the first that is used up; those behind it are not asked.
func TakeEach(ctx context.Context, limits Limits, key string, each []credentials.Limit, now time.Time) (time.Duration, error) {
	if many, ok := limits.(ManyLimits); ok && len(each) > 1 {
		keys := make([]string, len(each))
		for i := range each {
			keys[i] = partOf(key, i)
		}
		return many.TakeInTurn(ctx, keys, each, now)
	}
	for i, limit := range each {
		wait, err := limits.Take(ctx, partOf(key, i), limit, now)
		if err != nil || wait > 0 {
			return wait, err
		}
	}
	return 0, nil
}

// GiveBackEach gives back what TakeEach took.
func GiveBackEach(ctx context.Context, limits Limits, key string, each []credentials.Limit) error {
	for _, key := range PartsOf(key, each) {
		if err := limits.GiveBack(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// ForgetAll drops the attempts under all of the keys.
func ForgetAll(ctx context.Context, limits Limits, keys []string) error {
	if many, ok := limits.(ManyLimits); ok && len(keys) > 1 {
		return many.ForgetAll(ctx, keys)
	}
	for _, key := range keys {
		if err := limits.Forget(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// PartsOf returns the keys that TakeEach counts under.
func PartsOf(key string, each []credentials.Limit) (keys []string) {
	for i, limit := range each {
		if !limit.Unlimited() {
			keys = append(keys, partOf(key, i))
		}
	}
	return keys
}

// partOf counts each limit by itself: two that shared their attempts would count each twice.
func partOf(key string, i int) string {
	if i == 0 {
		return key
	}
	return key + "#" + strconv.Itoa(i)
}
