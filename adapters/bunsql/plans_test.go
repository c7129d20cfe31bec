package bunsql

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// rowWrites are the statements that write to one row, and what they look up for it.
// Not here are those of django_site, which has one row, and the cleaner's search
// for accounts that are gone, which reads all families on purpose.
func rowWrites(db *DB) map[string]string {
	return map[string]string{
		"account to add":            db.queries.insertAccount,
		"account to change":         updateAccount,
		"address by id":             selectAddress + " WHERE id = $1",
		"address to add":            insertAddress,
		"address to change":         updateAddress,
		"token to issue":            insertToken,
		"token to delete":           deleteToken,
		"session to save":           upsertSession,
		"session to delete":         deleteSession,
		"family to add":             insertFamily,
		"family to change":          updateFamily,
		"identity to add":           db.queries.insertIdentity,
		"identity to change":        db.queries.updateIdentity,
		"token of a provider":       insertProviderToken,
		"refresh token to record":   insertOutstanding,
		"attempt to record":         storeTimes,
		"message to append":         insertMessage,
		"message to delete":         deleteMessage,
		"message to postpone":       postponeMessage,
		"message to give up":        buryMessage,
		"account locked for change": selectAccountByID + db.dialect.lock,
		"passkey to add":            db.queries.insertPasskey,
		"passkey to change":         updatePasskey,
		"passkey to delete":         deletePasskey,
		"passkey locked for change": lockPasskey + db.dialect.lock,
		"passkey's flags":           storeFlags,
		"passkey's flags to delete": deleteFlags,
		"user handle to issue":      insertHandle,
		"challenge to store":        storeChallenge,
		"challenge to take":         takeChallenge,
	}
}

func TestNoWriteToARowReadsAWholeTable(t *testing.T) {
	db := migrated(t)
	for name, query := range rowWrites(db) {
		for _, step := range plan(t, db, query) {
			require.False(t, strings.HasPrefix(step, "SCAN ") && step != "SCAN CONSTANT ROW", "%s: %s", name, step)
		}
	}
}

func TestNoWriteToARowOnPostgresReadsAWholeTable(t *testing.T) {
	db := onPostgres(t)
	fillPostgres(t, db)
	queries := rowWrites(db)
	queries["newcomer to add"] = db.queries.insertNewcomer
	queries["entry to store"] = storedEntry(t, db)
	for name, query := range queries {
		for _, step := range planOnPostgres(t, db, query) {
			require.NotContains(t, step, "Seq Scan", "%s: %s", name, query)
		}
	}
}

// storedEntry is the statement that stores all parts of an entry.
func storedEntry(t *testing.T, db *DB) string {
	t.Helper()
	kept := &entries{db: db, sessions: NewWebSessions(db, openSeals{})}
	statement, err := kept.statement(ports.Entry{
		Account: accounts.New("ann", "", secret.New("x"), now), At: now, Remember: true,
		Token: sessions.APIToken{Key: secret.New("x")}, Session: &sessions.WebSession{},
	})
	require.NoError(t, err)
	return statement.text.String()
}

// parameters returns how many values the query takes.
func parameters(query string) (highest int) {
	for _, found := range parameter.FindAllStringSubmatch(query, -1) {
		number, _ := strconv.Atoi(found[1])
		highest = max(highest, number)
	}
	return highest
}

func TestTheOwnerOfATokenIsFoundWithoutTheTokensRow(t *testing.T) {
	db := migrated(t)
	require.Contains(t, plan(t, db, db.queries.ownerOfToken), "SEARCH authtoken_token USING COVERING INDEX latchkey_token_owner (key>? AND key<?)")

	// Django drops it when it makes the table anew.
	execute(t, db, `DROP INDEX latchkey_token_owner`)
	steps := strings.Join(plan(t, db, db.queries.ownerOfToken), "\n")
	require.Contains(t, steps, "SEARCH authtoken_token USING INDEX sqlite_autoindex_authtoken_token_1 (key>? AND key<?)")
}
