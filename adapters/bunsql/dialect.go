package bunsql

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"
)

// dialect is what differs between kinds of databases. Each has its own in the
// file named after it.
type dialect struct {
	// open returns the connections for writing and for reading; they may be the same.
	open func(ctx context.Context, config Config) (writer, reader *pool, err error)
	// alone calls work with connections to migrate by while no other process does
	// the same for the database.
	alone func(ctx context.Context, db *DB, work func(*sql.DB) error) error
	// folder has the migrations, which goose runs as those of engine.
	folder string
	engine goose.Dialect

	// violates reports whether err says that the constraint, which goes by its name
	// in Django's tables, would be violated.
	violates func(err error, constraint string) bool
	// passing reports whether a transaction failed with err merely because of others
	// beside it, and may succeed when it is tried again.
	passing func(err error) bool
	// unavailable reports whether err says that the database does not work at the moment,
	// as against a statement that is wrong.
	unavailable func(err error) bool
	// undecided reports whether what failed with err may be in effect all the same.
	undecided func(err error) bool
	// bind returns the value as the driver takes it.
	bind func(value any) any
	// first scans the first row of a query that finds one by a key, or returns an error
	// that is sql.ErrNoRows.
	first func(ctx context.Context, p *pool, query string, args, into []any) error

	// longestEmail is how many characters of an address the columns take.
	longestEmail int

	// isolation is asked for in every transaction, whatever the server's default is:
	// where others are waited for, what is read afterwards must be what they left.
	isolation *sql.TxOptions
	// queue is a statement that waits for everybody who holds the number $1 and holds
	// it to the transaction's end. Empty where transactions take turns anyway.
	queue string
	// queueTwo does so for the numbers $1 and $2, one after the other.
	queueTwo string
	// lock ends a SELECT of rows that are about to change.
	lock string
	// compound: a WITH may have statements that change rows.
	compound bool

	phrases
}

// phrases are pieces of SQL.
type phrases struct {
	// names lists all tables and indexes.
	names string
	inspecting
	// inAnyCase is true when column equals one of the four spellings bound from $first on.
	inAnyCase func(column string, first int) string
	// keyed is true when column, which is unique, equals $1.
	keyed func(column string) string
	// beyondASCII is true for names with letters beyond ASCII.
	beyondASCII string
	// bits is what one character of text gives to its digest, the at-th from its end.
	bits func(text string, at int) string
	// among is true when column is among the rows of query.
	among func(column, query string) string
	// idle ends a query of rows to change, and leaves out those that somebody else is
	// changing at the moment.
	idle string
	// json follows a parameter that is bound as JSON text.
	json string
}

// aside reports whether transactions run beside each other.
func (d *dialect) aside() bool { return d.queue != "" }
