package bunsql

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Step is something that Migrate has to do: "the migration 00002_latchkey.sql", "the
// index latchkey_auth_user_email".
type Step struct {
	Name string
	// SQL is empty when there is nothing but to note that the migration ran.
	SQL string
}

// Pending returns what Migrate would do, and only reads: goose's own look makes its
// table where that is missing.
func (db *DB) Pending(ctx context.Context) ([]Step, error) {
	names, err := db.names(ctx, db.reader.DB.DB)
	if err != nil {
		return nil, fmt.Errorf("bunsql: read the names of tables: %w", err)
	}
	version, err := db.version(ctx, names)
	if err != nil {
		return nil, fmt.Errorf("bunsql: read applied migrations: %w", err)
	}
	scripts, err := db.scripts()
	if err != nil {
		return nil, err
	}
	steps := append(waiting(scripts, version, names), lost(scripts, version, names)...)
	aligning, err := db.verifiedEmailRule(ctx, names)
	return append(steps, aligning...), err
}

// version is the last migration that ran; 0 where none did.
func (db *DB) version(ctx context.Context, names map[string]bool) (int64, error) {
	if !names[migrationTable] {
		return 0, nil
	}
	var version sql.NullInt64
	err := db.read(ctx, `SELECT MAX(version_id) FROM `+migrationTable).Scan(ctx, &version)
	return version.Int64, err
}

// waiting are the scripts that have not run.
func waiting(scripts []script, version int64, names map[string]bool) []Step {
	var steps []Step
	for _, script := range scripts {
		statements := script.statements
		if script.name == firstScript {
			statements = beside(names, statements)
		}
		if script.version > version {
			steps = append(steps, Step{Name: "the migration " + script.name, SQL: written(statements)})
		}
	}
	return steps
}

func written(statements []string) string {
	if len(statements) == 0 {
		return ""
	}
	return strings.Join(statements, ";\n") + ";"
}

// An index of ours on a table, being made or given up.
var indexMade, indexDropped = regexp.MustCompile(`(?m)^CREATE INDEX (latchkey_\w+) `), regexp.MustCompile(`(?m)^DROP INDEX (latchkey_\w+)`)

// lost are the indexes of ours that are gone. On SQLite Django changes a table by
// making another in its place, and puts back no index but its own: each sign-in would
// read all accounts from then on. What a newer program has left is not ours to judge.
func lost(scripts []script, version int64, names map[string]bool) []Step {
	if version > scripts[len(scripts)-1].version {
		return nil
	}
	var steps []Step
	made := ownIndexes(scripts, version)
	for _, name := range slices.Sorted(maps.Keys(made)) {
		if !names[name] {
			steps = append(steps, Step{Name: "the index " + name, SQL: made[name] + ";"})
		}
	}
	return steps
}

// ownIndexes are the indexes that the scripts up to version leave, with what makes them.
func ownIndexes(scripts []script, version int64) map[string]string {
	made := map[string]string{}
	for _, script := range scripts {
		if script.version > version {
			break
		}
		for _, statement := range script.statements {
			if found := indexMade.FindStringSubmatch(statement); found != nil {
				made[found[1]] = statement
			}
			if found := indexDropped.FindStringSubmatch(statement); found != nil {
				delete(made, found[1])
			}
		}
	}
	return made
}
