package bunsql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
)

// outageClasses are the classes of PostgreSQL's errors that speak of the server: its
// connections, its resources (disk full, too many connections), its operator (shutdown,
// a statement that took too long), its system, and torn data.
var outageClasses = []string{"08", "53", "57", "58", "XX"}

// outageCodes are those of other classes.
var outageCodes = []string{
	"25006", // read only: a standby, or a primary that was made one
	"25P03", // the server ended an idle transaction
	"25P04", // or one that took too long
	"40003", // the statement's end is not known
	"55P03", // a lock was not to be had in time
}

func unavailableOnPostgres(err error) bool {
	// Whatever the server says to somebody who knocks, it is no answer to a statement.
	var refused *pgconn.ConnectError
	if errors.As(err, &refused) {
		return true
	}
	var failure *pgconn.PgError
	if errors.As(err, &failure) {
		return len(failure.Code) == 5 && slices.Contains(outageClasses, failure.Code[:2]) || slices.Contains(outageCodes, failure.Code)
	}
	return cut(err)
}

// cut reports whether the connection ended under a statement.
func cut(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err)
}

// undecidedOnPostgres: a server that says ERROR has taken everything back. One that goes
// away, or says FATAL while it does, may have committed before. That the driver calls an
// error safe to retry proves nothing: it says so of a commit whose answer was cut off.
func undecidedOnPostgres(err error) bool {
	var failure *pgconn.PgError
	if errors.As(err, &failure) {
		return failure.SeverityUnlocalized != "ERROR"
	}
	var refused *pgconn.ConnectError
	return !errors.As(err, &refused) && !unasked(err)
}

// unasked reports whether database/sql, or the driver, gave up before it asked the server.
func unasked(err error) bool {
	ended := errors.Is(err, context.DeadlineExceeded) && (!pgconn.Timeout(err) || pgconn.SafeToRetry(err))
	return ended || errors.Is(err, sql.ErrTxDone) || errors.Is(err, driver.ErrBadConn)
}
