package ginhttp

import (
	"context"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
)

// hurry gives the request its deadline. A database that hangs would else hold requests,
// and what they hold, for as long as their clients care to wait.
func (a *API) hurry(c *gin.Context) {
	if a.options.Deadline == 0 {
		c.Next()
		return
	}
	bounded := &deadline{Context: c.Request.Context(), at: time.Now().Add(a.options.Deadline)} // timers go by the machine's clock
	defer bounded.end()
	c.Request = c.Request.WithContext(bounded)
	c.Next()
}

// deadline is what context.WithDeadline makes, but that its timer is set, and the request's
// context told of it, when somebody first waits for the end. What is answered without
// waiting for anything does so rarely, and it costs as much as checking a token.
type deadline struct {
	context.Context // the request's own
	at              time.Time

	mu    sync.Mutex
	timed context.Context // nil until somebody waits
	stop  context.CancelFunc
	over  bool
}

// Deadline implements context.Context.
func (d *deadline) Deadline() (time.Time, bool) { return d.at, true }

// Done implements context.Context.
func (d *deadline) Done() <-chan struct{} { return d.watched().Done() }

// Err implements context.Context. To look whether the end has come sets no timer.
func (d *deadline) Err() error {
	if timed := d.watch(); timed != nil {
		return timed.Err()
	}
	if time.Now().Before(d.at) {
		return d.Context.Err()
	}
	return d.watched().Err()
}

// Value implements context.Context. By it the package finds the context that children are to end
// with: once there is a timer, that is the one with it.
func (d *deadline) Value(key any) any {
	if timed := d.watch(); timed != nil {
		return timed.Value(key)
	}
	return d.Context.Value(key)
}

// watch returns the context with the timer; nil when there is none yet.
func (d *deadline) watch() context.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.timed
}

// watched returns it in any case.
func (d *deadline) watched() context.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timed == nil {
		d.timed, d.stop = context.WithDeadline(d.Context, d.at)
		if d.over {
			d.stop()
		}
	}
	return d.timed
}

// end frees the timer when the request is answered.
func (d *deadline) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over = true
	if d.stop != nil {
		d.stop()
	}
}
