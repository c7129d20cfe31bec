package bench

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// floor is the least that a server could do for the same answers: net/http, one
// prepared statement on the same driver, and bytes that are known before.
type floor struct {
	Driver, DSN string
	Connections int
	Answers     map[string]floorAnswer // by path
}

// floorAnswer is one answer.
type floorAnswer struct {
	Query  string // empty: none
	Arg    any
	Header http.Header
	Body   []byte
}

// startFloor runs the floor as a child.
func startFloor(t testing.TB, plan floor) *child {
	t.Helper()
	text, err := json.Marshal(plan)
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	return start(t, self, nil, []string{childPlan + "=" + string(text)}, func(address string) string { return "LISTEN=" + address })
}

// serveFloor serves until the process is killed.
func serveFloor(text string) error {
	var plan floor
	if err := json.Unmarshal([]byte(text), &plan); err != nil {
		return err
	}
	mux := http.NewServeMux()
	db, err := sql.Open(plan.Driver, plan.DSN)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(plan.Connections)
	db.SetMaxIdleConns(plan.Connections)
	for path, answer := range plan.Answers {
		handler, err := answer.handler(db)
		if err != nil {
			return err
		}
		mux.HandleFunc(path, handler)
	}
	server := &http.Server{Addr: os.Getenv("LISTEN"), Handler: mux, ReadHeaderTimeout: time.Minute}
	return server.ListenAndServe()
}

func (a floorAnswer) handler(db *sql.DB) (http.HandlerFunc, error) {
	if number, ok := a.Arg.(float64); ok {
		a.Arg = int64(number)
	}
	query := func(context.Context) error { return nil }
	if a.Query != "" {
		statement, err := db.PrepareContext(context.Background(), a.Query)
		if err != nil {
			return nil, err
		}
		query = func(ctx context.Context) error { return fetch(ctx, statement, a.Arg) }
	}
	return func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			panic(err)
		}
		if err := query(r.Context()); err != nil {
			panic(err)
		}
		header := w.Header()
		for name, values := range a.Header {
			header[name] = values
		}
		_, _ = w.Write(a.Body)
	}, nil
}

// fetch reads the one row of the statement.
func fetch(ctx context.Context, statement *sql.Stmt, arg any) error {
	rows, err := statement.QueryContext(ctx, arg)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	if !rows.Next() {
		return errors.Join(sql.ErrNoRows, rows.Err())
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	return rows.Scan(into...)
}
