package bunsql

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/pressly/goose/v3"
)

// firstScript makes the tables that Django makes.
const firstScript = "00001_django.sql"

// script is a migration as its file has it.
type script struct {
	version    int64
	name       string
	statements []string
}

// scripts returns the migrations in their order.
func (db *DB) scripts() ([]script, error) {
	names, err := fs.Glob(migrations, db.dialect.folder+"/*.sql")
	if err != nil {
		return nil, err
	}
	all := make([]script, len(names))
	for i, name := range names {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		version, err := goose.NumericComponent(name)
		if err != nil {
			return nil, err
		}
		all[i] = script{version: version, name: strings.TrimPrefix(name, db.dialect.folder+"/"), statements: statementsOf(string(text))}
	}
	return all, nil
}

// statementsOf returns what a script does, without how to undo it.
func statementsOf(text string) []string {
	_, up, _ := strings.Cut(text, "-- +goose Up\n")
	up, _, _ = strings.Cut(up, "-- +goose Down")
	var all []string
	for statement := range strings.SplitSeq(up, ";\n") {
		if statement = strings.TrimSpace(statement); statement != "" {
			all = append(all, statement)
		}
	}
	return all
}

// concerned finds the table that a statement of the first script makes, indexes or fills.
var concerned = regexp.MustCompile(`(?m)^(?:CREATE TABLE IF NOT EXISTS|CREATE (?:UNIQUE )?INDEX IF NOT EXISTS \S+ ON|INSERT INTO) "?(\w+)`)

// beside returns the statements about tables that are not among those that are there.
// An older Django or allauth makes its indexes in migrations that have yet to run, and
// those fail when somebody else has made them; what its tables have no rows for, somebody
// has deleted.
func beside(there map[string]bool, statements []string) []string {
	var rest []string
	for _, statement := range statements {
		found := concerned.FindStringSubmatch(statement)
		if found == nil || !there[found[1]] {
			rest = append(rest, statement)
		}
	}
	return rest
}

// adoption is the first migration: it makes the tables that are not there.
func (db *DB) adoption() (*goose.Migration, error) {
	scripts, err := db.scripts()
	if err != nil {
		return nil, err
	}
	run := func(ctx context.Context, tx *sql.Tx) error {
		there, err := db.names(ctx, tx)
		if err != nil {
			return err
		}
		for _, statement := range beside(there, scripts[0].statements) {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", firstScript, err)
			}
		}
		return nil
	}
	return goose.NewGoMigration(scripts[0].version, &goose.GoFunc{RunTx: run}, nil), nil
}

// querier is connections or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// names returns the names of all tables and indexes.
func (db *DB) names(ctx context.Context, from querier) (map[string]bool, error) {
	rows, err := from.QueryContext(ctx, db.dialect.names)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	names := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names[name] = true
	}
	return names, rows.Err()
}
