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
	Dependencies
	leaving atomic.Bool

	mu     sync.Mutex
	probes []ports.Probe
	last   *look // the one that runs, or else the latest
}

var _ UseCases = (*Service)(nil)

// New makes the activity. It looks after nothing yet.
func New(d Dependencies) *Service { return &Service{Dependencies: d} }

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
	now := s.current()
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
	ended   time.Time
}

// over reports whether the look has ended, and is too old by now. A clock that was put
// back makes it old, too: it would else be given for as long as the clock lacks.
func (l *look) over(now time.Time) bool {
	select {
	case <-l.done:
		age := now.Sub(l.ended)
		return age < 0 || age >= freshness
	default:
		return false
	}
}

// current returns the look that counts, and begins one where there is none. Everybody who
// asks meanwhile waits for the same one.
func (s *Service) current() *look {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil || s.last.over(s.Clock.Now()) {
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
	l.ended = s.Clock.Now()
	close(l.done)
}
