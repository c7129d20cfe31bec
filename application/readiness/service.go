package readiness

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"latchkey/application/ports"
)

const (
	// freshness is how long an answer is given again: whoever asks a thousand times a
	// second has the database asked once.
	freshness = time.Second
	// patience is when a part that gives no answer is taken not to work.
	patience = 3 * time.Second
)

// Service implements UseCases.
type Service struct {
	leaving atomic.Bool

	mu     sync.Mutex
	probes []ports.Probe
	last   *look // the one that runs, or else the latest
}

var _ UseCases = (*Service)(nil)

// New makes the activity. It looks after nothing yet.
func New() *Service { return &Service{} }

// Watch adds a part to look after.
func (s *Service) Watch(probe ports.Probe) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.probes = append(s.probes, probe)
}

// Leave makes Failing name Leaving from now on.
func (s *Service) Leave() { s.leaving.Store(true) }

// Failing implements UseCases.
func (s *Service) Failing(ctx context.Context) []string {
	if s.leaving.Load() {
		return []string{Leaving}
	}
	now := s.current() //nolint:contextcheck // a look belongs to everybody who asks
	select {
	case <-now.done:
		return now.failing
	case <-ctx.Done():
		return []string{"readiness"}
	}
}

// look is one round of asking every probe.
type look struct {
	done    chan struct{}
	failing []string
	// old is set by a timer and not by the clock: one that is put back would have the
	// answer given for as long as it lacks.
	old atomic.Bool
}

// current returns the look that counts, and begins one where there is none. Everybody who
// asks meanwhile waits for the same one.
func (s *Service) current() *look {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil || s.last.old.Load() {
		s.last = &look{done: make(chan struct{})}
		go s.take(s.last, slices.Clone(s.probes))
	}
	return s.last
}

// take asks all probes at once. It belongs to nobody's request: one that is given up must
// not spoil the answer of the others.
func (s *Service) take(l *look, probes []ports.Probe) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	failed := make([]bool, len(probes))
	var asking sync.WaitGroup
	for i, probe := range probes {
		asking.Go(func() { failed[i] = probe.Check(ctx) != nil })
	}
	asking.Wait()
	for i, probe := range probes {
		if failed[i] {
			l.failing = append(l.failing, probe.Part())
		}
	}
	slices.Sort(l.failing)
	time.AfterFunc(freshness, func() { l.old.Store(true) })
	close(l.done)
}
