package passwordhash

import (
	"context"
	"sync"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/credentials"
)

// Queue bounds the wait for a turn. The zero value bounds nothing: for commands, which
// somebody waits for who wants them done.
type Queue struct {
	Places int           // how many wait at most; 0 means any number
	Wait   time.Duration // how long each waits at most; 0 means for ever
}

// turns gives out a bounded number of turns. Who has none left to take waits in a line
// of its origin, and the lines take turns: each turn that comes free goes to the
// next line's first. When all places are taken, the last of the longest line loses its own
// to a newcomer whose line is shorter. So an address that floods fills only what nobody
// else wants; an address with one login waits for one hash of each other address at most,
// however many the flood has sent; and it needs no number that could be wrong for an
// office behind one address. Within a line the first is served first: the
// places are so few that all are served in time, and last-in-first-out would let whoever
// sends more push out the patient. Against many addresses at once there is no more to
// share out: they are bounded by the places and by the rate limits.
type turns struct {
	queue Queue

	mu      sync.Mutex
	free    int
	waiting int
	lines   []*line // in the order of service; none is empty
}

type line struct {
	origin  string
	tickets []*ticket
}

// ticket is one caller that waits.
type ticket struct {
	origin  string
	settled bool       // guarded by turns.mu
	outcome chan error // nil: the turn is yours
}

func newTurns(n int, queue Queue) *turns { return &turns{queue: queue, free: n} }

// enter returns nil when a turn was got; leave gives it back.
func (t *turns) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	mine, err := t.join(ports.Origin(ctx))
	if mine == nil {
		return err
	}
	var late <-chan time.Time
	if t.queue.Wait > 0 {
		timer := time.NewTimer(t.queue.Wait)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case err := <-mine.outcome:
		return err
	case <-late:
		return t.giveUp(ctx, mine, t.busy())
	case <-ctx.Done():
		return t.giveUp(ctx, mine, ctx.Err())
	}
}

// busy tells when to come back: by then everybody who waits now is served or gone.
func (t *turns) busy() error { return credentials.ErrHasherBusy.After(t.queue.Wait) }

// join takes a turn or a place. The ticket is nil when there is nothing to wait for.
func (t *turns) join(origin string) (*ticket, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.free > 0 {
		t.free--
		return nil, nil
	}
	own := t.lineOf(origin)
	if t.queue.Places > 0 && t.waiting >= t.queue.Places && !t.makeRoom(own) {
		return nil, t.busy()
	}
	mine := &ticket{origin: origin, outcome: make(chan error, 1)}
	if own == nil {
		own = &line{origin: origin}
		t.lines = append(t.lines, own)
	}
	own.tickets = append(own.tickets, mine)
	t.waiting++
	return mine, nil
}

// lineOf looks through all lines: they are no more than the places.
func (t *turns) lineOf(origin string) *line {
	for _, l := range t.lines {
		if l.origin == origin {
			return l
		}
	}
	return nil
}

// makeRoom sends away the last of the longest line, unless the newcomer's own would then be
// as long.
func (t *turns) makeRoom(own *line) bool {
	longest := t.lines[0]
	for _, l := range t.lines {
		if len(l.tickets) > len(longest.tickets) {
			longest = l
		}
	}
	length := 0
	if own != nil {
		length = len(own.tickets)
	}
	if length+1 >= len(longest.tickets) {
		return false
	}
	t.settle(longest.tickets[len(longest.tickets)-1], t.busy())
	return true
}

// giveUp leaves the line, unless the outcome came at the same moment. Of a turn, who is
// gone has no use: it goes on to the next.
func (t *turns) giveUp(ctx context.Context, mine *ticket, why error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !mine.settled {
		t.settle(mine, why)
		return why
	}
	outcome := <-mine.outcome
	if outcome == nil && ctx.Err() != nil {
		t.pass()
		return ctx.Err()
	}
	return outcome
}

// leave gives a turn back.
func (t *turns) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pass()
}

// pass hands a turn to the first of the next line, which then lines up behind the others.
func (t *turns) pass() {
	if len(t.lines) == 0 {
		t.free++
		return
	}
	next := t.lines[0]
	t.lines = append(t.lines[1:], next)
	t.settle(next.tickets[0], nil)
}

// settle ends the waiting of a ticket, and its line when it was the last.
func (t *turns) settle(done *ticket, outcome error) {
	done.settled = true
	done.outcome <- outcome
	t.waiting--
	for i, l := range t.lines {
		if l.origin != done.origin {
			continue
		}
		l.remove(done)
		if len(l.tickets) == 0 {
			t.lines = append(t.lines[:i], t.lines[i+1:]...)
		}
		return
	}
}

func (l *line) remove(done *ticket) {
	for i, waiting := range l.tickets {
		if waiting == done {
			l.tickets = append(l.tickets[:i], l.tickets[i+1:]...)
			return
		}
	}
}
