package inmemory

import (
	"container/heap"
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/credentials"
)

// maxAttempts bounds the memory of a Limits, to roughly 50 MB: a stranger can
// make up keys faster than they expire.
const maxAttempts = 200_000

// Limits counts attempts. It belongs to no transaction and forgets everything
// when the process ends. When it is full it gives up what would expire first.
type Limits struct {
	mu       sync.Mutex
	byKey    map[[sha256.Size]byte]*counter
	byExpiry expiries
	attempts int
}

var _ ports.Limits = (*Limits)(nil)

// NewLimits returns a Limits that has counted nothing.
func NewLimits() *Limits { return &Limits{byKey: make(map[[sha256.Size]byte]*counter)} }

// counter is the attempts under one key. The key is a digest: it has a fixed
// size however long the text is that somebody sends, and holds no personal data.
type counter struct {
	key     [sha256.Size]byte
	times   []time.Time // ascending
	expires time.Time   // when the last attempt leaves the window
	index   int         // in the heap; -1 while outside
}

// Take records an attempt at now unless one of the limits is used up, and returns how
// long to wait.
func (l *Limits) Take(_ context.Context, key string, now time.Time, limits ...credentials.Limit) (time.Duration, error) {
	all := credentials.Limits(limits)
	if all.Unlimited() {
		return 0, nil
	}
	digest := sha256.Sum256([]byte(key))
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.counter(digest)
	recent := all.Recent(c.times, now)
	l.attempts -= len(c.times) - len(recent)
	c.times = recent
	if wait := all.Wait(recent, now); wait > 0 {
		return wait, nil
	}
	l.record(c, now, all.Longest())
	l.shrink()
	return 0, nil
}

func (l *Limits) counter(digest [sha256.Size]byte) *counter {
	if c, ok := l.byKey[digest]; ok {
		return c
	}
	return &counter{key: digest, index: -1}
}

func (l *Limits) record(c *counter, now time.Time, counts time.Duration) {
	// Concurrent callers read the clock before they get here, so that now can
	// be a little behind.
	if n := len(c.times); n > 0 && now.Before(c.times[n-1]) {
		now = c.times[n-1]
	}
	c.times = append(c.times, now)
	c.expires = now.Add(counts)
	l.attempts++
	if c.index >= 0 {
		heap.Fix(&l.byExpiry, c.index)
		return
	}
	l.byKey[c.key] = c
	heap.Push(&l.byExpiry, c)
}

func (l *Limits) shrink() {
	for l.attempts > maxAttempts {
		l.drop(l.byExpiry[0])
	}
}

func (l *Limits) drop(c *counter) {
	l.attempts -= len(c.times)
	heap.Remove(&l.byExpiry, c.index)
	delete(l.byKey, c.key)
}

// GiveBack drops the newest attempt under key.
func (l *Limits) GiveBack(_ context.Context, key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, ok := l.byKey[sha256.Sum256([]byte(key))]
	if !ok {
		return nil
	}
	if len(c.times) <= 1 {
		l.drop(c)
		return nil
	}
	c.times = c.times[:len(c.times)-1]
	l.attempts--
	return nil
}

// Count returns how many attempts under key are in the window.
func (l *Limits) Count(_ context.Context, key string, limit credentials.Limit, now time.Time) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, ok := l.byKey[sha256.Sum256([]byte(key))]
	if !ok {
		return 0, nil
	}
	return len(limit.Recent(c.times, now)), nil
}

// Forget drops the attempts under the keys.
func (l *Limits) Forget(_ context.Context, keys ...string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range keys {
		if c, ok := l.byKey[sha256.Sum256([]byte(key))]; ok {
			l.drop(c)
		}
	}
	return nil
}

// expiries is a heap with the counter that expires first on top.
type expiries []*counter

var _ heap.Interface = (*expiries)(nil)

func (e expiries) Len() int           { return len(e) }
func (e expiries) Less(i, j int) bool { return e[i].expires.Before(e[j].expires) }
func (e expiries) Swap(i, j int) {
	e[i], e[j] = e[j], e[i]
	e[i].index, e[j].index = i, j
}

// Push adds a *counter.
func (e *expiries) Push(x any) {
	c := x.(*counter)
	c.index = len(*e)
	*e = append(*e, c)
}

// Pop takes the last counter off.
func (e *expiries) Pop() any {
	last := len(*e) - 1
	c := (*e)[last]
	(*e)[last] = nil
	*e = (*e)[:last]
	c.index = -1
	return c
}
