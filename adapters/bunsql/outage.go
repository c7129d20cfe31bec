package bunsql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/fault"
)

// use is what a database is used for. A standby, and a full disk, can be read while
// nothing can be written.
type use uint32

const (
	toRead use = 1 << iota
	toWrite
)

// retryAfter is how long callers are asked to stay away.
const retryAfter = 5 * time.Second

// outcome is the one place where an error of the database is judged: a breakdown of the
// database becomes ports.ErrUnavailable, whose text tells callers nothing, and its cause
// goes to the log. Everything else, a mistake of ours for instance, stays what it is.
func (db *DB) outcome(ctx context.Context, of use, err error) error {
	switch {
	case err == nil || errors.Is(err, sql.ErrNoRows):
		db.outage.over(of)
		return err
	case len(fault.Of(err)) > 0: // judged before
		return err
	case errors.Is(ctx.Err(), context.Canceled): // the caller left, which says nothing about the database
		return err
	case !db.broken(ctx, err):
		return err
	}
	if db.outage.begin(of, err) {
		db.forgetIdle()
	}
	return ports.ErrUnavailable.After(retryAfter)
}

// ended is outcome for what becomes final with its answer, a commit for instance. When
// that answer is lost nobody knows what happened.
func (db *DB) ended(ctx context.Context, err error) error {
	judged := db.outcome(ctx, toWrite, err)
	if errors.Is(judged, ports.ErrUnavailable) && db.dialect.undecided(err) {
		return ports.ErrOutcomeUnknown.After(retryAfter)
	}
	if errors.Is(judged, sql.ErrTxDone) {
		// When ctx ends, database/sql rolls back by itself, and a commit merely says that
		// there is no transaction any more; ctx says why.
		return errors.Join(judged, ctx.Err())
	}
	return judged
}

// broken reports whether err says that the database failed, and not that what it was
// asked for is wrong.
func (db *DB) broken(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, driver.ErrBadConn) ||
		db.dialect.unavailable(err)
}

// forgetIdle closes the connections that nobody uses. To a server that went without a
// word each of them would be found out by somebody's waiting in vain.
func (db *DB) forgetIdle() {
	if db.writer.remote {
		db.writer.SetMaxIdleConns(0)
		db.writer.SetMaxIdleConns(db.writer.Stats().MaxOpenConnections)
	}
}

// quietTime is how long the log hears of no other breakdown. A database that fails every
// second request would else let anybody fill the disk with lines.
const quietTime = time.Minute

// outage remembers what of the database does not work. The log hears of the first failure and of
// the end, and not of the requests between.
type outage struct {
	log     *slog.Logger
	failing atomic.Uint32 // uses

	mu     sync.Mutex
	quiet  bool
	told   bool  // that it began
	untold error // how it began while the log was to be quiet
}

// begin notes a failure and reports whether all was well before.
func (o *outage) begin(of use, err error) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	before := o.failing.Load()
	o.failing.Store(before | uint32(of))
	if before == 0 {
		o.tell(err)
	}
	return before == 0
}

// over notes a success. It is called for every statement, and costs a look.
func (o *outage) over(of use) {
	if o.failing.Load()&uint32(of) == 0 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	left := o.failing.Load() &^ uint32(of)
	o.failing.Store(left)
	if left != 0 {
		return
	}
	o.untold = nil
	if o.told {
		o.told = false
		o.log.Info("the database works again")
	}
}

func (o *outage) tell(err error) {
	if o.quiet {
		o.untold = err
		return
	}
	o.quiet, o.told, o.untold = true, true, nil
	o.log.Error("the database does not work: requests that need it are refused until it does", "error", err)
	time.AfterFunc(quietTime, o.speak)
}

// speak ends the quiet, and tells of a breakdown that goes on.
func (o *outage) speak() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.quiet = false
	if o.untold != nil {
		o.tell(o.untold)
	}
}
