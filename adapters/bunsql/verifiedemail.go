package bunsql

import (
	"context"
	"fmt"
)

const (
	// ownVerifiedEmail is the index in the place of unique_verified_email where an
	// allauth is still to make that one: its migration fails on one that is there.
	ownVerifiedEmail = "latchkey_unique_verified_email"
	// exclusiveEmail is the unique constraint of an older allauth.
	exclusiveEmail = "account_emailaddress_email_key"
	// verifiedEmailMigration is the migration of allauth that makes unique_verified_email.
	verifiedEmailMigration = "0003_alter_emailaddress_create_unique_verified_email"
)

// verifiedEmailRule makes an index hold verified addresses to one account each if and
// only if the settings do. allauth decides that once, when its migration runs; the
// table may come from there.
func (db *DB) verifiedEmailRule(ctx context.Context, names map[string]bool) ([]Step, error) {
	both := names[uniqueVerifiedEmail] && names[ownVerifiedEmail]
	var steps []Step
	for _, name := range []string{uniqueVerifiedEmail, ownVerifiedEmail} {
		superfluous := db.config.SharedEmail || both && name == ownVerifiedEmail
		if names[name] && superfluous {
			steps = append(steps, Step{Name: "without the index " + name, SQL: `DROP INDEX ` + name + ";"})
		}
	}
	if db.config.SharedEmail || names[uniqueVerifiedEmail] || names[ownVerifiedEmail] {
		return steps, nil
	}
	name, err := db.verifiedEmailName(ctx, names)
	return append(steps, Step{Name: "the index " + name, SQL: `CREATE UNIQUE INDEX "` + name + `" ON "account_emailaddress" ("email") WHERE "verified";`}), err
}

func (db *DB) verifiedEmailName(ctx context.Context, names map[string]bool) (string, error) {
	if !names["django_migrations"] {
		return uniqueVerifiedEmail, nil // it will be ours, and say that this migration ran
	}
	var ran int
	query := `SELECT COUNT(*) FROM django_migrations WHERE app = 'account' AND name = $1`
	if err := db.read(ctx, query, verifiedEmailMigration).Scan(ctx, &ran); err != nil {
		return "", fmt.Errorf("bunsql: read Django's migrations: %w", err)
	}
	if ran == 0 {
		return ownVerifiedEmail, nil
	}
	return uniqueVerifiedEmail, nil
}
