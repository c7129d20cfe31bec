package bunsql

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
	"latchkey/domain/verification"
	"latchkey/tests/postgres"
)

// openURL opens a PostgreSQL database without migrating it.
func openURL(t testing.TB, url string, config Config) *DB {
	t.Helper()
	config.URL = secret.New(url)
	db, err := Open(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func migratedURL(t testing.TB) string {
	t.Helper()
	return postgres.Copy(t, "migrated", func(url string) error {
		db, err := Open(context.Background(), Config{URL: secret.New(url)})
		if err != nil {
			return err
		}
		return errors.Join(db.Migrate(context.Background()), db.Close())
	})
}

func onPostgres(t testing.TB) *DB { return openURL(t, migratedURL(t), Config{}) }

func TestNamesAndAddressesOnPostgresTakeTurns(t *testing.T) {
	url := migratedURL(t)
	instances := []*DB{openURL(t, url, Config{}), openURL(t, url, Config{})}
	names := []accounts.Username{"ann", "Ann", "ANN", "éa", "Éa", "ÉA"}
	errs := make([]error, 24)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() {
			errs[i] = NewAccounts(instances[i%2]).Add(t.Context(), accounts.New(names[i%len(names)], "", secret.New("x"), now))
		})
	}
	group.Wait()
	added := 0
	for _, err := range errs {
		if err == nil {
			added++
			continue
		}
		require.ErrorIs(t, err, accounts.ErrUsernameTaken)
	}
	require.Equal(t, 2, added)
}

// Guesses arrive at several instances at the same moment.
func TestGuessesAtSeveralInstancesAreCountedExactly(t *testing.T) {
	url := migratedURL(t)
	instances := []*DB{openURL(t, url, Config{}), openURL(t, url, Config{})}
	five := credentials.Limit{Count: 5, Per: time.Hour}
	waits, errs := make([]time.Duration, 200), make([]error, 200)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() {
			db := instances[i%2]
			// Every second one in a transaction of the caller's.
			take := func(ctx context.Context) (err error) {
				waits[i], err = NewLimits(db).Take(ctx, "k", now, five)
				return err
			}
			if i%4 < 2 {
				errs[i] = take(t.Context())
				return
			}
			errs[i] = NewTransactor(db).InTx(t.Context(), take)
		})
	}
	group.Wait()
	require.NoError(t, errors.Join(errs...))
	allowed := 0
	for _, wait := range waits {
		if wait == 0 {
			allowed++
		}
	}
	require.Equal(t, 5, allowed)
}

// A refusal is no end: what follows in the same transaction is stored.
func TestATransactionGoesOnAfterARefusal(t *testing.T) {
	db := onPostgres(t)
	ann, bob := addAccount(t, db, "ann"), addAccount(t, db, "bob")
	proved := accounts.NewAddress(ann.ID(), "a@example.com", true)
	proved.Verify()
	require.NoError(t, NewAddresses(db).Add(t.Context(), proved))
	claimed := accounts.NewAddress(bob.ID(), "a@example.com", true)
	require.NoError(t, NewAddresses(db).Add(t.Context(), claimed))
	profile := identities.Profile{Key: identities.Key{Provider: "google", Subject: "1"}, Extra: json.RawMessage("{}")}
	require.NoError(t, NewIdentities(db).Add(t.Context(), identities.New(ann.ID(), profile, now)))
	token, claims := aRefresh("a")
	require.NoError(t, NewRefreshTokens(db).Revoke(t.Context(), token, claims, ann.ID(), now))

	err := NewTransactor(db).InTx(t.Context(), func(ctx context.Context) error {
		taken := rowOfAccount(bob.Snapshot())
		taken.Username = "ann"
		require.ErrorIs(t, NewAccounts(db).store(ctx, taken, true), accounts.ErrUsernameTaken, "by the constraint alone")
		require.ErrorIs(t, NewAccounts(db).Add(ctx, accounts.New("ANN", "", secret.New("x"), now)), accounts.ErrUsernameTaken)
		verify := func(address *accounts.Address) error { address.Verify(); return nil }
		require.ErrorIs(t, NewAddresses(db).Update(ctx, claimed.ID(), verify), verification.ErrVerifiedElsewhere)
		require.ErrorIs(t, NewIdentities(db).Add(ctx, identities.New(bob.ID(), profile, now)), identities.ErrConnectedElsewhere)
		require.ErrorIs(t, NewRefreshTokens(db).Revoke(ctx, token, claims, ann.ID(), now), sessions.ErrJWTRevoked)
		return NewAccounts(db).Add(ctx, accounts.New("cy", "", secret.New("x"), now))
	})
	require.NoError(t, err)
	require.Equal(t, []string{"ann", "bob", "cy"}, texts(t, db, `SELECT username FROM auth_user ORDER BY id`))
}

// Who looks for an address in a transaction and then takes it is alone with it: of
// two first sign-ups with one address the second sees the first.
func TestWhoAsksForAnAddressHoldsIt(t *testing.T) {
	db := onPostgres(t)
	var group sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		group.Go(func() {
			errs[i] = NewTransactor(db).InTx(t.Context(), func(ctx context.Context) error {
				found, err := NewAccounts(db).ByEmail(ctx, "New@example.com")
				if err != nil || len(found) > 0 {
					return err
				}
				account := accounts.New(accounts.Username(fmt.Sprint("user", i)), "new@example.com", secret.New("x"), now)
				return NewAccounts(db).Add(ctx, account)
			})
		})
	}
	group.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Equal(t, []string{"1"}, texts(t, db, `SELECT COUNT(*) FROM auth_user`))
}

// Two transactions that want what the other has: one is begun again, both end well.
func TestTransactionsThatWaitForEachOtherAreBegunAgain(t *testing.T) {
	db := onPostgres(t)
	ids := []accounts.ID{addAccount(t, db, "ann").ID(), addAccount(t, db, "bob").ID()}
	lengthen := func(account *accounts.Account) error {
		account.CallThem(account.Snapshot().FirstName+"x", "")
		return nil
	}
	both := make(chan struct{})
	var first sync.WaitGroup
	first.Add(2)
	go func() { first.Wait(); close(both) }()
	var group sync.WaitGroup
	errs := make([]error, 2)
	for i := range errs {
		arrived := sync.OnceFunc(first.Done)
		group.Go(func() {
			errs[i] = NewTransactor(db).InTx(t.Context(), func(ctx context.Context) error {
				if err := NewAccounts(db).Update(ctx, ids[i], lengthen); err != nil {
					return err
				}
				arrived()
				<-both
				return NewAccounts(db).Update(ctx, ids[1-i], lengthen)
			})
		})
	}
	group.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Equal(t, []string{"xx", "xx"}, texts(t, db, `SELECT first_name FROM auth_user`))
}

func TestAnErrorThatLastsIsNotTriedAgain(t *testing.T) {
	db := onPostgres(t)
	calls := 0
	err := db.inTx(t.Context(), func(context.Context) error { calls++; return &pgconn.PgError{Code: uniqueViolation} })
	require.Error(t, err)
	require.Equal(t, 1, calls)
	calls = 0
	err = db.inTx(t.Context(), func(context.Context) error { calls++; return &pgconn.PgError{Code: serializationFailure} })
	require.Error(t, err)
	require.Equal(t, tries, calls)
}

// PostgreSQL refuses these bytes in any text. A stranger who sends them must not make
// a request fail as if something were broken.
// A snapshot from before the wait would hide what the others did meanwhile.
func TestTransactionsReadWhatTheyWaitedForWhateverTheServersDefaultIs(t *testing.T) {
	url := migratedURL(t)
	separator := "?"
	if strings.Contains(url, "?") {
		separator = "&"
	}
	db := openURL(t, url+separator+"default_transaction_isolation=repeatable%20read", Config{})
	var outside, inside string
	require.NoError(t, db.read(t.Context(), "SHOW transaction_isolation").Scan(t.Context(), &outside))
	require.Equal(t, "repeatable read", outside)
	require.NoError(t, NewTransactor(db).InTx(t.Context(), func(ctx context.Context) error {
		return db.read(ctx, "SHOW transaction_isolation").Scan(ctx, &inside)
	}))
	require.Equal(t, "read committed", inside)
}

func TestTextThatPostgresRefusesIsLookedForInVain(t *testing.T) {
	db := onPostgres(t)
	addAccount(t, db, "ann")
	for _, text := range []string{"ann\x00", "\xff", "a\xc3"} {
		found, err := NewAccounts(db).ByUsername(t.Context(), accounts.Username(text))
		require.NoError(t, err)
		require.Empty(t, found)
		_, err = NewAPITokens(db).Owner(t.Context(), secret.New(text))
		require.ErrorIs(t, err, sessions.ErrTokenUnknown)
	}
	extra := `{"a": "x\u0000y\ud800", "b\u0000": [1e3, 12345678901234567890, "\\u0000"]}`
	identity := addIdentity(t, db, "bob", extra)
	found, err := NewIdentities(db).ByKey(t.Context(), identity.Key())
	require.NoError(t, err)
	require.JSONEq(t, `{"a": "x`+replacement+`y`+replacement+`", "b`+replacement+`": [1000, 12345678901234567890, "\\u0000"]}`,
		string(found.Snapshot().Extra))
}

// Times are what they are, whatever the time zone of the session.
func TestTimesOnPostgresHaveAZone(t *testing.T) {
	url := migratedURL(t)
	raw, err := sql.Open("pgx", url)
	require.NoError(t, err)
	_, err = raw.ExecContext(t.Context(), `DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || quote_ident(current_database()) || ' SET TimeZone = ''Asia/Tokyo'''; END $$`)
	require.NoError(t, err)
	require.NoError(t, raw.Close())
	db := openURL(t, url, Config{})
	id := addAccount(t, db, "ann").ID()
	require.Equal(t, []string{"2026-03-04 05:06:07.890123"}, texts(t, db, `SELECT (date_joined AT TIME ZONE 'UTC')::text FROM auth_user`))
	found, err := NewAccounts(db).ByID(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, now, found.Snapshot().Joined)
}

func TestConnectionsToPostgresAreSetUp(t *testing.T) {
	url := migratedURL(t)
	db := openURL(t, url, Config{MaxConnections: 3, StatementTimeout: 7 * time.Second})
	require.Equal(t, []string{"7s"}, texts(t, db, `SHOW statement_timeout`))
	require.Equal(t, []string{"1min"}, texts(t, db, `SHOW idle_in_transaction_session_timeout`))
	require.Equal(t, []string{"latchkey"}, texts(t, db, `SHOW application_name`))
	require.Equal(t, 3, db.writer.DB.DB.Stats().MaxOpenConnections)

	hasty := openURL(t, url, Config{StatementTimeout: 50 * time.Millisecond})
	_, err := hasty.write(t.Context(), `SELECT pg_sleep(30)`).raw.Exec(t.Context())
	require.ErrorContains(t, err, "statement timeout")
}

// Behind a pooler that gives each transaction another connection nothing may be
// prepared, and no setting sent that is meant to last.
func TestAPoolerNeedsNoSession(t *testing.T) {
	url := migratedURL(t) + "&default_query_exec_mode=exec"
	db := openURL(t, url, Config{MaxConnections: 1, StatementTimeout: 7 * time.Second})
	addIdentity(t, db, "ann", `{"a": 1}`)
	_, err := NewLimits(db).Take(t.Context(), "k", now, credentials.Limit{Count: 1, Per: time.Hour})
	require.NoError(t, err)
	token, claims := aRefresh("a")
	require.NoError(t, NewRefreshTokens(db).Revoke(t.Context(), token, claims, 0, now))
	require.NoError(t, NewOutbox(db).Append(t.Context(), now, ports.Message{Topic: "t"}))
	claimed, err := NewOutbox(db).Claim(t.Context(), now, time.Minute, 1)
	require.NoError(t, err)
	require.Len(t, claimed, 1)
	_, err = NewCleaner(db).Clean(t.Context(), now, now, 10)
	require.NoError(t, err)
	require.NoError(t, db.Migrate(t.Context()))
	require.Equal(t, []string{"0"}, texts(t, db, `SELECT COUNT(*) FROM pg_prepared_statements`))
	require.Equal(t, []string{"0"}, texts(t, db, `SHOW statement_timeout`))
}

func TestErrorsOfPostgresContainNoPassword(t *testing.T) {
	for _, url := range []string{
		"postgres://u:hunter2@/d?host=/nowhere", "postgres://u:hunter2@127.0.0.1:1/d", "postgres://u:hunter2@h:x/d",
		"postgres://u:hunter2%zz@h/d", "postgres://u:hunter2@h/d?sslmode=x", "postgres://u:hunter2@h/d?sslmode=verify-full&sslrootcert=/nowhere",
	} {
		_, err := Open(t.Context(), Config{URL: secret.New(url)})
		require.Error(t, err)
		require.NotContains(t, fmt.Sprintf("%v %+v", err, err), "hunter2", url)
	}
}

// A lookup that reads a whole table lets anybody who can send requests keep the
// database busy.
func TestNoLookupOnPostgresReadsAWholeTable(t *testing.T) {
	db := onPostgres(t)
	fillPostgres(t, db)
	for name, query := range lookups(db) {
		for _, step := range planOnPostgres(t, db, query) {
			require.NotContains(t, step, "Seq Scan", "%s: %s", name, query)
		}
	}
}

// fillPostgres makes tables large enough for an index to be worth it.
func fillPostgres(t *testing.T, db *DB) {
	t.Helper()
	const numbers, times = ` FROM generate_series(1, 5000) AS n`, `'2026-01-01'::timestamptz + n * interval '1 minute'`
	for _, query := range []string{
		`INSERT INTO auth_user (id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined)
			SELECT n, '', false, 'user' || n || CASE WHEN n % 100 = 0 THEN 'é' ELSE '' END, '', '', 'u' || n || '@example.com', false, true, now()` + numbers,
		`INSERT INTO account_emailaddress (email, verified, "primary", user_id) SELECT 'u' || n || '@example.com', true, true, n` + numbers,
		`INSERT INTO authtoken_token SELECT n::text, now(), n` + numbers,
		`INSERT INTO django_session SELECT n::text, '', ` + times + numbers,
		`INSERT INTO socialaccount_socialaccount (provider, uid, last_login, date_joined, extra_data, user_id) SELECT 'p', n, now(), now(), '{}', n` + numbers,
		`INSERT INTO socialaccount_socialtoken (token, token_secret, account_id) SELECT '', '', id FROM socialaccount_socialaccount`,
		`INSERT INTO token_blacklist_outstandingtoken (token, jti, expires_at, user_id) SELECT '', n, ` + times + `, n` + numbers,
		`INSERT INTO token_blacklist_blacklistedtoken (token_id, blacklisted_at) SELECT id, now() FROM token_blacklist_outstandingtoken`,
		`INSERT INTO latchkey_family SELECT n::text, n, now(), NULL, 'c', NULL, now(), '', ` + times + numbers,
		`INSERT INTO latchkey_outbox (topic, payload, due, attempts, reason, created, dead_at)
			SELECT '', '', ` + times + `, 0, '', now(), CASE WHEN n % 2 = 0 THEN ` + times + ` END` + numbers,
		`INSERT INTO latchkey_attempts (key, times, expires) SELECT n::text, '', ` + times + numbers,
		`INSERT INTO passkeys_webauthncredential (name, credential_id, public_key, sign_count, transports, discoverable, created_at, user_id)
			SELECT 'n', n::text::bytea, '', 0, '[]', true, now(), n` + numbers,
		`INSERT INTO latchkey_passkey SELECT id, 0, false, false, false FROM passkeys_webauthncredential`,
		`INSERT INTO latchkey_passkey_handle SELECT n, ''` + numbers,
		`INSERT INTO latchkey_passkey_challenge SELECT n::text, '', NULL, ` + times + numbers,
		`ANALYZE`,
	} {
		execute(t, db, query)
	}
}

var parameter = regexp.MustCompile(`\$(\d+)`)

// planOnPostgres returns the plan for any values, as a prepared statement has it.
func planOnPostgres(t *testing.T, db *DB, query string) []string {
	t.Helper()
	conn, err := db.writer.DB.DB.Conn(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	_, err = conn.ExecContext(t.Context(), "SET plan_cache_mode = force_generic_plan")
	require.NoError(t, err)
	_, err = conn.ExecContext(t.Context(), "PREPARE looked AS "+query)
	require.NoError(t, err, query)
	defer func() {
		_, err := conn.ExecContext(context.WithoutCancel(t.Context()), "DEALLOCATE looked")
		require.NoError(t, err)
	}()
	var nulls []string
	for range parameters(query) {
		nulls = append(nulls, "NULL")
	}
	call := "looked"
	if len(nulls) > 0 {
		call += "(" + strings.Join(nulls, ", ") + ")"
	}
	rows, err := conn.QueryContext(t.Context(), "EXPLAIN EXECUTE "+call)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var steps []string
	for rows.Next() {
		var step string
		require.NoError(t, rows.Scan(&step))
		steps = append(steps, step)
	}
	require.NoError(t, rows.Err())
	require.NotEmpty(t, steps)
	return steps
}

// djangoOnPostgres returns a database as Django leaves it.
func djangoOnPostgres(t *testing.T, config Config, more ...string) *DB {
	t.Helper()
	schema, err := os.ReadFile("testdata/django-postgres.sql")
	require.NoError(t, err)
	db := openURL(t, postgres.Empty(t), config)
	for _, statements := range append([]string{string(schema), djangoRowsOnPostgres()}, more...) {
		for _, statement := range strings.Split(statements, ";\n") {
			if strings.TrimSpace(statement) != "" {
				execute(t, db, statement)
			}
		}
	}
	return db
}

// djangoRowsOnPostgres are the rows as Django writes them, with the columns in the
// order that the tables have on PostgreSQL.
func djangoRowsOnPostgres() string {
	return `INSERT INTO auth_user VALUES (1, 'pbkdf2_sha256$1000$s$h', '2026-11-23 02:33:49.160870+00', false, 'Ann', 'Ann', 'Müller', 'ann@example.com', true, true, '2026-11-23 02:33:49+00');
INSERT INTO auth_user VALUES (2, '!unusable', NULL, true, 'bob', '', '', '', false, false, '2026-11-23 02:33:49.000001+00');
INSERT INTO auth_user VALUES (3, '!unusable', NULL, false, 'ann', '', '', '', false, true, '2026-11-23 02:33:49.000001+00');
INSERT INTO account_emailaddress VALUES (1, 'ann@example.com', true, true, 1);
INSERT INTO django_site VALUES (1, 'example.org', 'Example');
INSERT INTO django_content_type VALUES (7, 'auth', 'user');
INSERT INTO auth_permission VALUES (3, 'Can add user', 7, 'add_user');
INSERT INTO django_migrations VALUES (1, 'contenttypes', '0001_initial', '2026-11-23 02:33:48.123456+00');
ALTER TABLE auth_user ALTER id RESTART WITH 4;
ALTER TABLE account_emailaddress ALTER id RESTART WITH 2;
`
}

// schemaOnPostgres is every column, constraint and index of others than ourselves.
func schemaOnPostgres(t *testing.T, db *DB) []string {
	t.Helper()
	return texts(t, db, `SELECT line FROM (
		SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' || a.attidentity::text AS line
			FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
			WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
		UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
		UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public') AS all_of_it
		WHERE line NOT LIKE '%latchkey%' AND line NOT LIKE '%passkeys%' AND line NOT LIKE '%dj_rest_auth_mfa%' ORDER BY line`)
}

func TestANewDatabaseOnPostgresHasDjangosTables(t *testing.T) {
	require.Equal(t, schemaOnPostgres(t, djangoOnPostgres(t, Config{})), schemaOnPostgres(t, onPostgres(t)))
}

func TestANewDatabaseOnPostgresHasDjangosFirstRows(t *testing.T) {
	db := onPostgres(t)
	require.Equal(t, []string{"1 example.com example.com"}, texts(t, db, `SELECT id || ' ' || name || ' ' || domain FROM django_site`))
	require.Len(t, texts(t, db, `SELECT id::text FROM django_content_type`), 17)
	require.Len(t, texts(t, db, `SELECT id::text FROM auth_permission`), 68)
	require.Equal(t, []string{"50"}, texts(t, db, `SELECT COUNT(*)::text FROM django_migrations`))
}

func TestADatabaseOfDjangoOnPostgresIsTakenOver(t *testing.T) {
	db := djangoOnPostgres(t, Config{})
	before := schemaOnPostgres(t, db)
	require.NoError(t, db.Migrate(t.Context()))
	require.Equal(t, before, schemaOnPostgres(t, db))
	require.Equal(t, []string{"1 Example example.org"}, texts(t, db, `SELECT id || ' ' || name || ' ' || domain FROM django_site`))
	require.Equal(t, []string{"1"}, texts(t, db, `SELECT COUNT(*)::text FROM django_migrations`))

	ann, err := NewAccounts(db).ByID(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 11, 23, 2, 33, 49, 160870000, time.UTC), ann.LastLogin())
	found, err := NewAccounts(db).ByUsername(t.Context(), "ann")
	require.NoError(t, err)
	require.Len(t, found, 2, "names that differ in case only are all found")
	require.EqualValues(t, 4, addAccount(t, db, "cy").ID())
}

func TestTheIndexOfVerifiedAddressesOnPostgresFollowsTheSetting(t *testing.T) {
	const dropped = `DROP INDEX unique_verified_email`
	const shared = `INSERT INTO account_emailaddress (verified, "primary", user_id, email)
		VALUES (true, false, 1, 'both@example.com'), (true, false, 2, 'both@example.com')`
	err := djangoOnPostgres(t, Config{}, dropped, shared).Migrate(t.Context())
	require.ErrorContains(t, err, "ACCOUNT_UNIQUE_EMAIL")
	require.NotContains(t, err.Error(), "both@example.com")
	require.NoError(t, djangoOnPostgres(t, Config{SharedEmail: true}, dropped, shared).Migrate(t.Context()))

	url := migratedURL(t)
	require.NoError(t, openURL(t, url, Config{SharedEmail: true}).Migrate(t.Context()))
	require.Empty(t, texts(t, openURL(t, url, Config{}), `SELECT indexname FROM pg_indexes WHERE indexname = 'unique_verified_email'`))
}

func TestAFailedMigrationOnPostgresLeavesNothingBehind(t *testing.T) {
	db := djangoOnPostgres(t, Config{}, `CREATE TABLE latchkey_limit (id integer)`)
	require.ErrorContains(t, db.Migrate(t.Context()), "latchkey_limit")
	require.Empty(t, texts(t, db, `SELECT relname FROM pg_class WHERE relname = 'latchkey_outbox'`))
	execute(t, db, `DROP TABLE latchkey_limit`)
	require.NoError(t, db.Migrate(t.Context()))
}

func TestInstancesThatStartTogetherOnPostgresAllSucceed(t *testing.T) {
	url := postgres.Empty(t)
	errs := make([]error, 4)
	var group sync.WaitGroup
	for i := range errs {
		mode := []string{"", "&default_query_exec_mode=exec"}[i%2]
		db := openURL(t, url+mode, Config{})
		group.Go(func() { errs[i] = db.Migrate(t.Context()) })
	}
	group.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Equal(t, []string{"8"}, texts(t, openURL(t, url, Config{}), `SELECT COUNT(*)::text FROM latchkey_migrations`), "and each ran once")
}

// A database that folds ASCII only, as one with the locale C does.
func TestNamesAreFoundWithoutTheLocalesHelp(t *testing.T) {
	url := postgres.Empty(t)
	execute(t, openURL(t, url, Config{}), `CREATE DATABASE folds_ascii TEMPLATE template0 LOCALE 'C'`)
	db := openURL(t, regexp.MustCompile(`/test_\d+`).ReplaceAllString(url, "/folds_ascii"), Config{})
	require.NoError(t, db.Migrate(t.Context()))
	addAccount(t, db, "Élodie")
	for _, asked := range []accounts.Username{"élodie", "ÉLODIE", "éLODIE"} {
		found, err := NewAccounts(db).ByUsername(t.Context(), asked)
		require.NoError(t, err)
		require.Len(t, found, 1, asked)
	}
	require.ErrorIs(t, NewAccounts(db).Add(t.Context(), accounts.New("éLoDiE", "", secret.New("x"), now)), accounts.ErrUsernameTaken)
}
