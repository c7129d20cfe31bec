package bench

import (
	"context"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"
)

// hashed is a login beside the bare hash function.
type hashed struct {
	logins, hashes         float64 // a second
	loginCPU, hashCPU      time.Duration
	p50, p99               time.Duration
	megabytes, peak, quiet float64
}

// hashBare computes the default hash on all cores and nothing else.
func hashBare(lasting time.Duration) (perSecond float64, cpu time.Duration) {
	before, began := ownCPU(), time.Now()
	done := make(chan int)
	for range cores() {
		go func() {
			n := 0
			for ; time.Since(began) < lasting; n++ {
				argon2.IDKey([]byte(password), []byte("0123456789012345678901"), 2, 19456, 1, 32)
			}
			done <- n
		}()
	}
	total := 0
	for range cores() {
		total += <-done
	}
	return float64(total) / time.Since(began).Seconds(), (ownCPU() - before) / time.Duration(total)
}

func ownCPU() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// measureHashed lets logins with the default hash and the bare hash take turns.
func measureHashed(t *testing.T, s *service, e effort) []hashed {
	t.Helper()
	made := make([]hashed, e.rounds)
	for i := range made {
		m := &made[i]
		m.quiet = s.megabytes(t)
		l := logins(s)
		l.clients, l.lasting = 2*cores(), 3*e.round/2
		l.prepare(t)
		c := costing(t, s.child, s.database, func() (figures, error) { return l.run(t.Context(), s.address) })
		m.logins, m.loginCPU, m.p50, m.p99 = c.perSecond(), c.cpu(), c.p50, c.p99
		m.megabytes, m.peak = s.megabytes(t), float64(status(t, s.pid(), "VmHWM"))/1024
		m.hashes, m.hashCPU = hashBare(3 * e.round / 2)
	}
	return made
}

// stormy is user/ while nothing else happens, and under a login storm.
type stormy struct{ quiet, storm, logins figures }

const (
	stormClients = 64
	askers       = 8
)

// measureStorm asks user/ by few clients, first alone, then while many log in.
func measureStorm(t *testing.T, s *service, e effort) []stormy {
	t.Helper()
	request := s.who.byToken().bytes(s.address)
	ask := load{clients: askers, lasting: e.round, next: func(int) []byte { return request }}
	made := make([]stormy, e.rounds)
	for i := range made {
		var err error
		made[i].quiet, err = ask.run(t.Context(), s.address)
		require.NoError(t, err)
		storm := logins(s)
		storm.clients, storm.lasting = min(stormClients, 2*e.clients), 3*e.round
		storm.prepare(t)
		// A service that says that it is busy is no failure.
		storm.check = func(_, _ int, _ []byte) error { return nil }
		ended := make(chan error)
		go func() {
			var err error
			made[i].logins, err = storm.run(context.Background(), s.address)
			ended <- err
		}()
		time.Sleep(e.round) // the storm gathers
		made[i].storm, err = ask.run(t.Context(), s.address)
		require.NoError(t, err)
		require.NoError(t, <-ended)
	}
	return made
}

// measureIdle returns what n clients cost that keep their connections, in megabytes.
func measureIdle(t *testing.T, s *service, n int) float64 {
	t.Helper()
	before := s.megabytes(t)
	request := s.who.byToken().bytes(s.address)
	for range n {
		w, err := dial(t.Context(), s.address)
		require.NoError(t, err)
		defer func(conn net.Conn) { _ = conn.Close() }(w.conn)
		status, body, err := w.do(request)
		require.NoError(t, err)
		require.Equal(t, 200, status, string(body))
	}
	return s.megabytes(t) - before
}
