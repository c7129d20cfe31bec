package ports

import (
	"context"
	"time"
)

// Clock tells the time.
type Clock interface {
	// Now returns the current time in UTC, cut to microseconds: what a database keeps.
	Now() time.Time
}

// Random makes what nobody can guess.
type Random interface {
	// Text returns n characters, each drawn evenly from alphabet (at most 256
	// ASCII characters) by a cryptographic generator. It does not fail: a
	// process without randomness must stop.
	Text(n int, alphabet string) string
}

// Transactor runs work as a whole or not at all.
type Transactor interface {
	// InTx calls work with a context that carries a transaction, and commits
	// when work returns nil. When work returns an error everything that it
	// wrote is gone and InTx returns that error: a refusal that has to be
	// remembered is therefore assigned to a variable outside and returned after
	// the commit. Inside another transaction InTx joins it. Transactions that
	// write do not see each other's unfinished work. work may run more than
	// once, and does no mail, network call or password hash.
	InTx(ctx context.Context, work func(ctx context.Context) error) error
}
