package passwordhash

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"latchkey/application/ports"
	"latchkey/domain/credentials"
	"latchkey/domain/secret"
)

// Hasher makes and checks hashes. It is safe for concurrent use.
type Hasher struct {
	preferred scheme
	listed    map[Algorithm]scheme
	levels    *levels
	random    ports.Random
	turns     *turns
	slots     chan struct{} // one for each hash that may be computed at once
}

var _ ports.PasswordHasher = (*Hasher)(nil)

// New makes a Hasher whose callers wait as long as it takes: for commands.
func New(preferences []Preference, workers int, random ports.Random) (*Hasher, error) {
	return NewQueued(preferences, workers, Queue{}, random)
}

// NewQueued makes a Hasher whose new hashes are by the first preference, and which
// checks hashes by the listed algorithms only. At most workers hashes are
// computed at once: a flood of sign-ins must not take the memory and the cores
// of the whole machine. It refuses an empty list, an algorithm listed twice and
// workers below one.
//
// There are twice as many turns as workers: while one password is hashed, the next
// one's attempt is counted, so that no core waits for the database.
func NewQueued(preferences []Preference, workers int, queue Queue, random ports.Random) (*Hasher, error) {
	if len(preferences) == 0 {
		return nil, errors.New("no password algorithm is listed; write for example argon2,pbkdf2_sha256")
	}
	if workers < 1 {
		return nil, fmt.Errorf("%d passwords hashed at once is refused; write 1 or more", workers)
	}
	listed := make(map[Algorithm]scheme, len(preferences))
	for _, p := range preferences {
		if p.scheme == nil {
			return nil, errors.New("a password algorithm without a name is listed")
		}
		if listed[p.Algorithm()] != nil {
			return nil, fmt.Errorf("the password algorithm %s is listed twice; write it once", p.Algorithm())
		}
		listed[p.Algorithm()] = p.scheme
	}
	return &Hasher{
		preferred: preferences[0].scheme,
		listed:    listed,
		levels:    newLevels(preferences[0].scheme),
		random:    random,
		turns:     newTurns(2*workers, queue),
		slots:     make(chan struct{}, workers),
	}, nil
}

// turnKey marks a ctx that has a turn of the hasher that is its value.
type turnKey struct{}

// InTurn implements ports.PasswordHasher.
func (h *Hasher) InTurn(ctx context.Context, work func(ctx context.Context) error) error {
	if ctx.Value(turnKey{}) == h {
		return work(ctx)
	}
	if err := h.turns.enter(ctx); err != nil {
		return err
	}
	defer h.turns.leave()
	return work(context.WithValue(ctx, turnKey{}, h))
}

// compute waits for a turn and for a core.
func (h *Hasher) compute(ctx context.Context, work func() error) error {
	return h.InTurn(ctx, func(ctx context.Context) error {
		if err := h.acquire(ctx); err != nil {
			return err
		}
		defer h.release()
		return work()
	})
}

// Hash returns a new hash by the preferred algorithm.
func (h *Hasher) Hash(ctx context.Context, password credentials.Password) (hash secret.String, err error) {
	err = h.compute(ctx, func() error {
		text, err := h.preferred.hash(password.Reveal(), h.random)
		hash = secret.New(text)
		return err
	})
	return hash, err
}

// Verify reports whether the password fits the hash, and whether a fitting hash
// should be made anew. The package comment says what its timing tells.
func (h *Hasher) Verify(ctx context.Context, hash secret.String, password credentials.Password) (fits, outdated bool, err error) {
	err = h.compute(ctx, func() error {
		stored, err := h.decode(hash.Reveal())
		if err != nil {
			// The time of an early "no" would tell which accounts exist.
			return h.levels.spend(password.Reveal(), nil, h.random)
		}
		fits, outdated, err = h.compare(stored, password.Reveal())
		return err
	})
	return fits, outdated, err
}

func (h *Hasher) compare(stored record, password string) (fits, outdated bool, err error) {
	h.levels.meet(stored.made())
	outdated = stored.outdated(h.preferred)
	fits, err = stored.fits(password)
	if err != nil || fits {
		return fits, fits && outdated, err
	}
	return false, false, h.levels.spend(password, stored, h.random)
}

// decode finds the algorithm by the text before the first "$". An unusable hash
// begins with "!", which no algorithm's name does. Text that begins with "$" is
// in passlib's form.
func (h *Hasher) decode(text string) (record, error) {
	if len(text) > maxHash {
		return nil, errMalformed
	}
	if strings.HasPrefix(text, "$") {
		return h.decodeModular(text)
	}
	name, _, _ := strings.Cut(text, "$")
	s, listed := h.listed[Algorithm(name)]
	if !listed {
		return nil, errMalformed
	}
	return s.decode(text)
}

// acquire waits for a slot or for the end of ctx, which wins when both are there.
func (h *Hasher) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *Hasher) release() { <-h.slots }
