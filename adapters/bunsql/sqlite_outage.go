package bunsql

import (
	"errors"
	"slices"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// outagesOfSQLite are the results that speak of the file, the disk or the machine. A
// torn file is among them: no statement can help it, and one line in the log is enough.
var outagesOfSQLite = []int{
	sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, // another program holds it
	sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM,
	sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB,
	sqlite3.SQLITE_INTERRUPT, // by a deadline
}

// primary is the part of a result that all its finer ones share.
const primary = 0xff

func unavailableOnSQLite(err error) bool {
	var failure *sqlite.Error
	return errors.As(err, &failure) && slices.Contains(outagesOfSQLite, failure.Code()&primary)
}

// undecidedOnSQLite: of a write that the disk failed to confirm, the next start may find
// all the same that it is whole.
func undecidedOnSQLite(err error) bool {
	var failure *sqlite.Error
	return errors.As(err, &failure) && failure.Code()&primary == sqlite3.SQLITE_IOERR
}
