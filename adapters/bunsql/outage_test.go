package bunsql

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
)

// outageLog is a log that may be read while it is written.
type outageLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *outageLog) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *outageLog) count(text string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Count(o.text.String(), text)
}

func watched() (*outage, *outageLog) {
	log := &outageLog{}
	return &outage{log: slog.New(slog.NewTextHandler(log, nil))}, log
}

const toldBegin, toldEnd = "the database does not work", "the database works again"

func TestAnOutageIsToldOnceAndItsEndToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, log := watched()
		o.over(toWrite)
		for i := range 1000 {
			require.Equal(t, i == 0, o.begin(toWrite, errors.New("gone")))
			o.begin(toRead, errors.New("gone"))
			time.Sleep(time.Second)
		}
		require.Equal(t, 1, log.count(toldBegin))
		o.over(toRead)
		require.Zero(t, log.count(toldEnd), "nothing can be written yet")
		o.over(toWrite)
		o.over(toWrite)
		require.Equal(t, 1, log.count(toldEnd))
	})
}

func TestADatabaseThatFailsNowAndThenIsToldOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, log := watched()
		for range 600 {
			o.begin(toWrite, errors.New("gone"))
			time.Sleep(50 * time.Millisecond)
			o.over(toWrite)
			time.Sleep(50 * time.Millisecond)
		}
		require.Equal(t, 1, log.count(toldBegin))
		o.begin(toWrite, errors.New("gone for good"))
		time.Sleep(2 * time.Minute)
		require.Equal(t, 1, log.count("gone for good"), "what lasts is told, later")
		o.over(toWrite)
	})
}

func TestErrorsOfPostgresAreJudged(t *testing.T) {
	said := func(severity, code string) error {
		return &pgconn.PgError{Severity: severity, SeverityUnlocalized: severity, Code: code}
	}
	for name, c := range map[string]struct {
		err                    error
		unavailable, undecided bool
	}{
		"too many connections":    {said("FATAL", "53300"), true, true},
		"disk full":               {said("ERROR", "53100"), true, false},
		"shutdown by the admin":   {said("FATAL", "57P01"), true, true},
		"crash of another":        {said("WARNING", "57P02"), true, true},
		"starting up":             {said("FATAL", "57P03"), true, true},
		"statement timeout":       {said("ERROR", "57014"), true, false},
		"read only":               {said("ERROR", "25006"), true, false},
		"lock timeout":            {said("ERROR", "55P03"), true, false},
		"I/O error":               {said("ERROR", "58030"), true, false},
		"torn page":               {said("ERROR", "XX001"), true, false},
		"the server hung up":      {fmt.Errorf("read: %w", io.ErrUnexpectedEOF), true, true},
		"reset":                   {&net.OpError{Op: "read", Err: errors.New("reset")}, true, true},
		"unique violation":        {said("ERROR", "23505"), false, false},
		"no such table":           {said("ERROR", "42P01"), false, false},
		"wrong syntax":            {said("ERROR", "42601"), false, false},
		"serialization":           {said("ERROR", "40001"), false, false},
		"a mistake of ours":       {errors.New("bun: no such field"), false, true},
		"given up before it went": {sql.ErrTxDone, false, false},
		"never sent":              {driver.ErrBadConn, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			wrapped := fmt.Errorf("wrapped: %w", c.err)
			require.Equal(t, c.unavailable, unavailableOnPostgres(wrapped))
			require.Equal(t, c.undecided, undecidedOnPostgres(wrapped))
		})
	}
}

// requireUnavailable checks that the caller learns nothing but that.
func requireUnavailable(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, ports.ErrUnavailable)
	require.Equal(t, retryAfter, fault.Of(err)[0].Wait)
	require.NotContains(t, err.Error(), "SQLITE")
}

func TestWhatSQLiteCannotWriteIsAnOutage(t *testing.T) {
	for name, broken := range map[string]struct{ hit, mend string }{
		"read only":    {`PRAGMA query_only = 1`, `PRAGMA query_only = 0`},
		"no more room": {`PRAGMA max_page_count = 1`, `PRAGMA max_page_count = 1000000`},
	} {
		t.Run(name, func(t *testing.T) {
			db, log := migrated(t), &outageLog{}
			db.outage.log = slog.New(slog.NewTextHandler(log, nil))
			ann := addAccount(t, db, "ann")
			database := db.Probes()[0]
			require.NoError(t, database.Check(t.Context()))
			pragma(t, db, broken.hit)
			for i := range 50 {
				name := accounts.Username(fmt.Sprintf("%s-%d", strings.Repeat("x", 100), i))
				err := NewAccounts(db).Add(t.Context(), accounts.New(name, "", secret.New(strings.Repeat("x", 120)), now))
				if err != nil {
					requireUnavailable(t, err)
				}
			}
			require.Equal(t, 1, log.count(toldBegin))
			found, err := NewAccounts(db).ByID(t.Context(), ann.ID())
			require.NoError(t, err)
			require.Equal(t, ann.Username(), found.Username())
			pragma(t, db, broken.mend)
			require.NoError(t, database.Check(t.Context()))
			require.Equal(t, 1, log.count(toldEnd))
		})
	}
}

func pragma(t *testing.T, db *DB, statement string) {
	t.Helper()
	_, err := db.writer.DB.DB.ExecContext(t.Context(), statement)
	require.NoError(t, err)
}

func TestAMistakeOfOursIsNoOutage(t *testing.T) {
	db := migrated(t)
	_, err := db.write(t.Context(), `INSERT INTO nowhere VALUES (1)`).Exec(t.Context())
	require.ErrorContains(t, err, "nowhere")
	require.Equal(t, fault.Internal, fault.KindOf(err))
}

func TestACallerWhoLeavesIsNoOutageAndOneWhoseTimeIsUpIsToldToComeBack(t *testing.T) {
	db, log := migrated(t), &outageLog{}
	db.outage.log = slog.New(slog.NewTextHandler(log, nil))
	gone, leave := context.WithCancel(t.Context())
	leave()
	_, err := NewAccounts(db).ByID(gone, 1)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, fault.Internal, fault.KindOf(err))
	require.Zero(t, log.count(toldBegin))
	late, cancel := context.WithTimeout(t.Context(), -1)
	defer cancel()
	_, err = NewAccounts(db).ByID(late, 1)
	requireUnavailable(t, err)
}

func TestAnOlderCopyOfTheDatabaseIsFoundOut(t *testing.T) {
	db := migrated(t)
	migrations := db.Probes()[1]
	require.Equal(t, "migrations", migrations.Part())
	require.NoError(t, migrations.Check(t.Context()))
	pragma(t, db, `DELETE FROM latchkey_migrations WHERE version_id > 2`)
	require.ErrorContains(t, migrations.Check(t.Context()), "version 2 of")
}

func TestProbesLeaveNothingBehind(t *testing.T) {
	db := migrated(t)
	for range 20 {
		require.NoError(t, db.Probes()[0].Check(t.Context()))
	}
	var left int
	require.NoError(t, db.read(t.Context(), `SELECT COUNT(*) FROM latchkey_attempts`).Scan(t.Context(), &left))
	require.Equal(t, 1, left)
}
