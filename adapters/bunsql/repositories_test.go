package bunsql

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/identities"
	"latchkey/domain/passkeys"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
	"latchkey/domain/verification"
)

// lookups are the statements that requests and cleaning make, but for those that
// write to one row.
func lookups(db *DB) map[string]string {
	return map[string]string{
		"account by id":        selectAccount + " WHERE u.id = $1",
		"account by name":      db.queries.accountsNamed,
		"what is taken":        db.queries.taken,
		"names beyond ASCII":   db.queries.namesBeyondASCII,
		"account by e-mail":    db.queries.accountsAt,
		"owner of a token":     db.queries.ownerOfToken,
		"token of an account":  selectToken,
		"addresses by e-mail":  db.queries.addressesAt,
		"addresses of account": selectAddress + " WHERE user_id = $1 ORDER BY id",
		"identity by key":      selectIdentityAt,
		"identity by id":       selectIdentityByID,
		"identities of one":    selectIdentitiesOf,
		"identity to remove":   deleteIdentity,
		"token at a provider":  selectProviderToken,
		"token to replace":     deleteProviderToken,
		"session by key":       selectSession,
		"session's holder":     selectHolder,
		"attempts by key":      selectTimes,
		"attempt given back":   dropNewest,
		"forgotten attempts":   dropTimes,
		"messages to claim":    db.queries.claimMessages,
		"messages of a topic":  db.queries.claimMessagesOf,
		"revoked token":        countBlacklisted,
		"token to revoke":      insertBlacklisted,
		"tokens to revoke":     insertBlacklistedAll,
		"family by id":         selectFamily,
		"families to end":      endFamilies,
		"expired sessions":     db.queries.expiredSessions,
		"expired blacklisted":  db.queries.expiredBlacklisted,
		"expired tokens":       db.queries.expiredOutstanding,
		"expired families":     db.queries.expiredFamilies,
		"orphaned families":    db.queries.orphanedFamilies,
		"dead messages":        db.queries.deadMessages,
		"cleaned attempts":     db.queries.expiredAttempts,
		"passkey by id":        selectPasskeyAt,
		"passkey to show":      selectPasskeyBy,
		"passkeys of account":  selectPasskeys,
		"user handle":          selectHandle,
		"expired challenges":   db.queries.expiredChallenges,
	}
}

// A lookup that reads a whole table lets anybody who can send requests keep the
// database busy.
func TestNoLookupReadsAWholeTable(t *testing.T) {
	db := migrated(t)
	for name, query := range lookups(db) {
		steps := plan(t, db, query)
		require.NotEmpty(t, steps, name)
		for _, step := range steps {
			require.NotContains(t, step, "SCAN auth_user", name)
			require.False(t, strings.HasPrefix(step, "SCAN") && step != "SCAN CONSTANT ROW" && !strings.Contains(step, "USING INDEX"), "%s: %s", name, step)
		}
	}
	// The pruning walks its index from the front and stops at a hundred.
	require.Contains(t, strings.Join(plan(t, db, db.queries.expiredAttempts), "\n"), "latchkey_attempts_expires (expires<?)")
}

func plan(t *testing.T, db *DB, query string) (steps []string) {
	t.Helper()
	rows, err := db.writer.DB.DB.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, slices.Repeat([]any{""}, parameters(query))...)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var id, parent, unused int
		var step string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &step))
		steps = append(steps, step)
	}
	require.NoError(t, rows.Err())
	return steps
}

// overheard remembers the SQL text that bun hands to the driver.
type overheard struct {
	mu    sync.Mutex
	texts []string
}

func (q *overheard) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }
func (q *overheard) AfterQuery(_ context.Context, event *bun.QueryEvent) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.texts = append(q.texts, event.Query)
}

func TestNoValueStandsInSQLText(t *testing.T) {
	db, seen := migrated(t), &overheard{}
	db.writer.DB = db.writer.WithQueryHook(seen)
	db.reader.DB = db.reader.WithQueryHook(seen)
	const mark = "visible?'; --"
	ctx := t.Context()

	account := accounts.New(mark, mark, secret.New(mark), now)
	require.NoError(t, NewAccounts(db).Add(ctx, account))
	require.NoError(t, NewAccounts(db).Update(ctx, account.ID(), func(*accounts.Account) error { return nil }))
	address := accounts.NewAddress(account.ID(), mark, true)
	require.NoError(t, NewAddresses(db).Add(ctx, address))
	token, err := NewAPITokens(db).Issue(ctx, sessions.APIToken{Key: secret.New(mark), Account: account.ID(), Created: now})
	require.NoError(t, err)
	owner, err := NewAPITokens(db).Owner(ctx, token.Key)
	require.NoError(t, err)
	require.EqualValues(t, mark, owner.Username())
	session := &sessions.WebSession{Key: secret.New(mark), Fingerprint: mark, Expires: now.Add(time.Hour)}
	require.NoError(t, NewWebSessions(db, openSeals{}).Save(ctx, session, now))
	_, err = NewWebSessions(db, openSeals{}).ByKey(ctx, session.Key, now)
	require.NoError(t, err)
	require.NoError(t, NewOutbox(db).Append(ctx, now, ports.Message{Topic: mark, Payload: map[string]string{mark: mark}}))
	require.NoError(t, NewSites(db).Rename(ctx, ports.Site{Name: mark, Domain: mark}))
	_, err = NewLimits(db).Take(ctx, mark, now, credentials.Limit{Count: 1, Per: time.Hour})
	require.NoError(t, err)
	claims := sessions.Claims{ID: mark, IssuedAt: now, Expires: now}
	require.NoError(t, NewRefreshTokens(db).Record(ctx, secret.New(mark), claims, account.ID()))
	require.NoError(t, NewRefreshTokens(db).Revoke(ctx, secret.New(mark), claims, account.ID(), now))
	revoked, err := NewRefreshTokens(db).Revoked(ctx, mark)
	require.NoError(t, err)
	require.True(t, revoked)
	family := &sessions.Family{ID: mark, Began: now, Current: claims.Link(), Previous: mark}
	require.NoError(t, NewFamilies(db).Add(ctx, family))
	require.NoError(t, NewFamilies(db).Update(ctx, mark, func(*sessions.Family) error { return nil }))
	require.NoError(t, NewFamilies(db).EndAll(ctx, account.ID(), mark, now))
	profile := identities.Profile{Key: identities.Key{Provider: mark, Subject: mark}, Extra: json.RawMessage(`"` + mark + `"`)}
	identity := identities.New(account.ID(), profile, now)
	require.NoError(t, NewIdentities(db).Add(ctx, identity))
	require.NoError(t, NewIdentities(db).Update(ctx, identity.ID(), func(*identities.Identity) error { return nil }))
	_, err = NewIdentities(db).ByKey(ctx, profile.Key)
	require.NoError(t, err)
	credential := passkeys.New(account.ID(), mark, passkeys.Attested{CredentialID: []byte(mark), PublicKey: []byte(mark)}, now)
	require.NoError(t, NewPasskeys(db).Add(ctx, credential))
	require.NoError(t, NewPasskeys(db).Update(ctx, credential.ID(), func(*passkeys.Credential) error { return nil }))
	require.NoError(t, NewPasskeyChallenges(db).Put(ctx, passkeys.Challenge{Key: mark, Bytes: []byte(mark), Expires: now}, now))
	_, err = NewPasskeyHandles(db).Issue(ctx, account.ID(), []byte(mark))
	require.NoError(t, err)
	require.NoError(t, NewProviderTokens(db, openCipher{}).Keep(ctx, identity.ID(), identities.Token{Access: secret.New(mark)}))

	require.Greater(t, len(seen.texts), 10)
	for _, text := range seen.texts {
		require.NotContains(t, text, "visible")
	}
}

func TestNamesThatDifferInCaseOnlyAreAllFound(t *testing.T) {
	db := django(t, Config{})
	require.NoError(t, db.Migrate(t.Context()))
	for asked, want := range map[accounts.Username][]accounts.Username{
		"ann": {"ann", "Ann"}, "Ann": {"Ann", "ann"}, "ANN": {"Ann", "ann"},
	} {
		found, err := NewAccounts(db).ByUsername(t.Context(), asked)
		require.NoError(t, err)
		require.Len(t, found, 2)
		require.Equal(t, want, []accounts.Username{found[0].Username(), found[1].Username()})
	}
	signIn := func(account *accounts.Account) error { account.SignedIn(now); return nil }
	require.NoError(t, NewAccounts(db).Update(t.Context(), 1, signIn), "its owner can still sign in")
}

// What another program stores while it holds no name is refused by the constraints.
func TestConstraintsBecomeRefusals(t *testing.T) {
	db := migrated(t)
	ann, bob := addAccount(t, db, "ann"), addAccount(t, db, "bob")
	taken := rowOfAccount(bob.Snapshot())
	taken.Username = "ann"
	require.ErrorIs(t, NewAccounts(db).store(t.Context(), taken, true), accounts.ErrUsernameTaken)

	row := addressRow{Verified: true, Primary: true, UserID: int64(ann.ID()), Email: "a@example.com"}
	_, err := db.write(t.Context(), insertAddress, row.values()...).Exec(t.Context())
	require.NoError(t, err)
	elsewhere := row
	elsewhere.UserID = int64(bob.ID())
	_, err = db.write(t.Context(), insertAddress, elsewhere.values()...).Exec(t.Context())
	require.ErrorIs(t, NewAddresses(db).storing(err), verification.ErrVerifiedElsewhere)
	second := addressRow{Primary: true, UserID: row.UserID, Email: "b@example.com"}
	_, err = db.write(t.Context(), insertAddress, second.values()...).Exec(t.Context())
	require.Error(t, err)
	require.NotErrorIs(t, NewAddresses(db).storing(err), verification.ErrVerifiedElsewhere, "another constraint of the table")
}

func TestAForgedSessionHasEnded(t *testing.T) {
	db := migrated(t)
	execute(t, db, `INSERT INTO django_session VALUES ('k', 'forged', '2099-01-01 00:00:00')`)
	_, err := NewWebSessions(db, openSeals{}).ByKey(t.Context(), secret.New("k"), now)
	require.ErrorIs(t, err, sessions.ErrSessionEnded)
}

func TestAttemptsAreKeptAsDigestsAndNotForEver(t *testing.T) {
	db, limits := migrated(t), NewLimits(migrated(t))
	limits.db = db
	hour := credentials.Limit{Count: 3, Per: time.Hour}
	for i := range 250 {
		_, err := limits.Take(t.Context(), fmt.Sprint("ann@example.com", i), now, hour)
		require.NoError(t, err)
	}
	for _, key := range texts(t, db, `SELECT key FROM latchkey_attempts`) {
		require.Regexp(t, "^[0-9a-f]{64}$", key)
	}
	for i := range 3 {
		_, err := limits.Take(t.Context(), fmt.Sprint("later", i), now.Add(time.Hour), hour)
		require.NoError(t, err)
	}
	require.Equal(t, []string{"3"}, texts(t, db, `SELECT COUNT(*) FROM latchkey_attempts`))
}

func TestDeadMessagesAreVisible(t *testing.T) {
	db := migrated(t)
	outbox := NewOutbox(db)
	message := ports.Message{Topic: "mail", Payload: map[string]string{"account": "1"}}
	require.NoError(t, outbox.Append(t.Context(), now, message, message))
	claimed, err := outbox.Claim(t.Context(), now, time.Minute, 1)
	require.NoError(t, err)
	require.NoError(t, outbox.Bury(t.Context(), claimed[0].ID, "550 no such mailbox"))
	require.Equal(t, []string{"550 no such mailbox"}, texts(t, db, `SELECT reason FROM latchkey_outbox WHERE dead_at > datetime('now', '-1 minute')`))
}

func TestAnUnreadableMessageDoesNotHoldUpTheOthers(t *testing.T) {
	db := migrated(t)
	outbox := NewOutbox(db)
	require.NoError(t, outbox.Append(t.Context(), now, ports.Message{Topic: "broken"}, ports.Message{Topic: "good"}))
	execute(t, db, `UPDATE latchkey_outbox SET payload = '{' WHERE topic = 'broken'`)
	claimed, err := outbox.Claim(t.Context(), now, time.Minute, 10)
	require.NoError(t, err)
	require.Len(t, claimed, 1)
	require.Equal(t, "good", claimed[0].Topic)
	require.Equal(t, []string{"broken"}, texts(t, db, `SELECT topic FROM latchkey_outbox WHERE dead_at IS NOT NULL`))
}

func TestTheSiteIsTheFirstRow(t *testing.T) {
	db := migrated(t)
	execute(t, db, `INSERT INTO django_site VALUES (2, 'other', 'other.example')`)
	want := ports.Site{Name: "Mine", Domain: "mine.example"}
	require.NoError(t, NewSites(db).Rename(t.Context(), want))
	site, err := NewSites(db).Current(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, site)
	require.Equal(t, []string{"other"}, texts(t, db, `SELECT name FROM django_site WHERE id = 2`))
}

func TestATransactionOfAnotherDatabaseIsNotJoined(t *testing.T) {
	first, second := migrated(t), migrated(t)
	err := NewTransactor(first).InTx(t.Context(), func(ctx context.Context) error {
		return NewAccounts(second).Add(ctx, accounts.New("ann", "", secret.New("x"), now))
	})
	require.NoError(t, err)
	require.Equal(t, []string{"ann"}, texts(t, second, `SELECT username FROM auth_user`))
	require.Empty(t, texts(t, first, `SELECT username FROM auth_user`))
}
