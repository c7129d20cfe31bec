package inmemory

import (
	"context"
	"errors"
	"sync"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/factors"
	"latchkey/domain/identities"
	"latchkey/domain/passkeys"
	"latchkey/domain/sessions"
)

// Store holds the tables. Transactions take turns: one runs at a time, and a
// call outside a transaction is a transaction of its own.
type Store struct {
	// SharedEmail lets several accounts verify one address
	// (ACCOUNT_UNIQUE_EMAIL=false). It is set before the store is used.
	SharedEmail bool

	turn chan struct{} // holds a value while a transaction runs

	accounts  table[accounts.ID, accounts.Snapshot]
	addresses table[accounts.AddressID, accounts.AddressSnapshot]
	tokens    table[accounts.ID, sessions.APIToken]
	sessions  table[string, sessions.WebSession]
	outbox    table[int64, message]
	refreshes table[string, refreshToken]
	families  table[string, family]
	logins    table[identities.ID, identities.Snapshot]
	provided  table[identities.ID, identities.Token]

	passkeys   table[passkeys.ID, passkeys.Snapshot]
	handles    table[accounts.ID, []byte]
	challenges table[string, passkeys.Challenge]
	factors    table[accounts.ID, factors.Snapshot]
	pending    table[string, pendingFactor]
	devices    table[device, time.Time]
	// ids are never given twice, not even after a rollback, as with
	// AUTOINCREMENT: a link to a deleted row must not fit another.
	lastID int64
}

// NewStore returns an empty store.
func NewStore() *Store {
	return &Store{
		turn:      make(chan struct{}, 1),
		accounts:  newTable[accounts.ID, accounts.Snapshot](),
		addresses: newTable[accounts.AddressID, accounts.AddressSnapshot](),
		tokens:    newTable[accounts.ID, sessions.APIToken](),
		sessions:  newTable[string, sessions.WebSession](),
		outbox:    newTable[int64, message](),
		refreshes: newTable[string, refreshToken](),
		families:  newTable[string, family](),
		logins:    newTable[identities.ID, identities.Snapshot](),
		provided:  newTable[identities.ID, identities.Token](),

		passkeys:   newTable[passkeys.ID, passkeys.Snapshot](),
		handles:    newTable[accounts.ID, []byte](),
		challenges: newTable[string, passkeys.Challenge](),
		factors:    newTable[accounts.ID, factors.Snapshot](),
		pending:    newTable[string, pendingFactor](),
		devices:    newTable[device, time.Time](),
	}
}

var errEnded = errors.New("inmemory: the transaction has ended")

// transaction is what travels in a context.
type transaction struct {
	store *Store

	mu    sync.Mutex // guards undo, and the tables against goroutines of one transaction
	ended bool
	undo  []func()
}

type transactionKey struct{}

func (s *Store) transactionOf(ctx context.Context) *transaction {
	tx, _ := ctx.Value(transactionKey{}).(*transaction)
	if tx == nil || tx.store != s {
		return nil
	}
	return tx
}

// run calls work with the tables, inside the transaction of ctx or one of its own.
func (s *Store) run(ctx context.Context, work func(tx *transaction) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if tx := s.transactionOf(ctx); tx != nil {
		return tx.statement(work)
	}
	return s.begin(ctx, func(tx *transaction) error { return tx.statement(work) })
}

// begin waits for its turn, calls work, and undoes what it wrote unless it returns nil.
func (s *Store) begin(ctx context.Context, work func(tx *transaction) error) error {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.turn }()
	tx := &transaction{store: s}
	committed := false
	defer func() { tx.end(committed) }() // also when work panics
	if err := work(tx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	committed = true
	return nil
}

// statement calls work as a whole or not at all: an error leaves the
// transaction as it was before, and open.
func (tx *transaction) statement(work func(tx *transaction) error) error {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.ended {
		return errEnded
	}
	before := len(tx.undo)
	err := work(tx)
	if err != nil {
		tx.rollback(before)
	}
	return err
}

func (tx *transaction) end(committed bool) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.ended = true
	if !committed {
		tx.rollback(0)
	}
}

func (tx *transaction) rollback(to int) {
	for i := len(tx.undo) - 1; i >= to; i-- {
		tx.undo[i]()
	}
	tx.undo = tx.undo[:to]
}

// nextID returns an id that was never given before.
func (s *Store) nextID() int64 {
	s.lastID++
	return s.lastID
}

// inTx calls work with a context that carries a transaction: the one of ctx, or a new one.
func (s *Store) inTx(ctx context.Context, work func(ctx context.Context) error) error {
	if s.transactionOf(ctx) != nil {
		return work(ctx)
	}
	return s.begin(ctx, func(tx *transaction) error {
		return work(context.WithValue(ctx, transactionKey{}, tx))
	})
}

// Transactor runs work on a Store as a whole or not at all.
type Transactor struct{ store *Store }

var _ ports.Transactor = (*Transactor)(nil)

// NewTransactor returns the store's Transactor.
func NewTransactor(store *Store) *Transactor { return &Transactor{store: store} }

// InTx calls work with a context that carries a transaction.
func (t *Transactor) InTx(ctx context.Context, work func(ctx context.Context) error) error {
	return t.store.inTx(ctx, work)
}
