package selfservice_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/djangosign"
	"latchkey/adapters/inmemory"
	"latchkey/adapters/passwordhash"
	"latchkey/adapters/system"
	"latchkey/application/ports"
	"latchkey/application/selfservice"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

const (
	oldText = "correct horse battery"
	newText = "a new battery staple"
	week    = 7 * 24 * time.Hour
)

var (
	oldPassword = credentials.NewPassword(oldText)
	start       = time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC)
	errDown     = errors.New("the disk is full")
)

// world is the activity on storage in memory, and what the tests turn and look at.
type world struct {
	evictor *evictor
	*selfservice.Service
	ctx      context.Context
	accounts *inmemory.Accounts
	sessions *inmemory.WebSessions
	seals    djangosign.SessionSeals
	hasher   *hasher
	events   *events
	clock    *clock
}

// options are changed by each test from the usual ones.
func newWorld(t *testing.T, change func(*selfservice.Options), contributors ...ports.ProfileContributor) *world {
	t.Helper()
	options := selfservice.Options{
		Usernames:       accounts.UsernameRules{Blacklist: []string{"Admin"}},
		PasswordRules:   []credentials.Rule{credentials.Dissimilar(), credentials.MinLength(8), credentials.Uncommon(), credentials.NotNumeric()},
		SessionAge:      week,
		FailedPasswords: credentials.Limit{Count: 5, Per: 5 * time.Minute},
	}
	if change != nil {
		change(&options)
	}
	store := inmemory.NewStore()
	keys, err := djangosign.NewKeys(secret.New("the key of the tests"))
	require.NoError(t, err)
	w := &world{
		evictor:  &evictor{},
		ctx:      t.Context(),
		accounts: inmemory.NewAccounts(store), sessions: inmemory.NewWebSessions(store), seals: djangosign.NewSessionSeals(keys),
		hasher: newHasher(t), events: &events{}, clock: &clock{now: start},
	}
	w.Service = selfservice.New(selfservice.Dependencies{
		Evictor:  w.evictor,
		Accounts: w.accounts, Sessions: w.sessions, Seals: w.seals, Hasher: w.hasher, Limits: inmemory.NewLimits(),
		Transactor: inmemory.NewTransactor(store), Events: w.events, Clock: w.clock, Random: system.NewRandom(),
		Contributors: contributors,
	}, options)
	return w
}

// add stores an active account with the old password.
func (w *world) add(t *testing.T, name accounts.Username) *accounts.Account {
	t.Helper()
	hash, err := w.hasher.Hasher.Hash(w.ctx, oldPassword)
	require.NoError(t, err)
	account := accounts.New(name, accounts.Email(name)+"@example.com", hash, start)
	require.NoError(t, w.accounts.Add(w.ctx, account))
	return account
}

// set changes the stored account in ways that the domain has no method for.
func (w *world) set(t *testing.T, account *accounts.Account, change func(*accounts.Snapshot)) {
	t.Helper()
	require.NoError(t, w.accounts.Update(w.ctx, account.ID(), func(stored *accounts.Account) error {
		s := stored.Snapshot()
		change(&s)
		*stored = *accounts.Restore(s)
		return nil
	}))
}

func (w *world) stored(t *testing.T, account *accounts.Account) *accounts.Account {
	t.Helper()
	found, err := w.accounts.ByID(w.ctx, account.ID())
	require.NoError(t, err)
	return found
}

// fits reports whether the text is the account's password.
func (w *world) fits(t *testing.T, account *accounts.Account, text string) bool {
	t.Helper()
	fits, _, err := w.hasher.Hasher.Verify(w.ctx, w.stored(t, account).PasswordHash(), credentials.NewPassword(text))
	require.NoError(t, err)
	return fits
}

// session stores a session of the account and returns its owner as a caller.
func (w *world) session(t *testing.T, account *accounts.Account, key string) sessions.Principal {
	t.Helper()
	session := &sessions.WebSession{
		Key: secret.New(key), Account: account.ID(), Backend: sessions.BackendAllauth,
		Fingerprint: w.seals.Fingerprint(account.PasswordHash()), Expires: start.Add(time.Hour), Values: map[string]any{"cart": "full"},
	}
	require.NoError(t, w.sessions.Save(w.ctx, session, start))
	return sessions.Principal{Account: account, Session: session}
}

// alive reports whether the stored session is still good for its account.
func (w *world) alive(t *testing.T, key secret.String) bool {
	t.Helper()
	session, err := w.sessions.ByKey(w.ctx, key, w.clock.Now())
	if errors.Is(err, sessions.ErrSessionEnded) {
		return false
	}
	require.NoError(t, err)
	account, err := w.accounts.ByID(w.ctx, session.Account)
	require.NoError(t, err)
	return w.seals.Fits(session.Fingerprint, account.PasswordHash())
}

// change is a password change to the text.
func change(caller sessions.Principal, text string) selfservice.ChangePassword {
	password := credentials.NewPassword(text)
	return selfservice.ChangePassword{Caller: caller, Password: password, Repeat: password}
}

// hasher counts computed hashes, and calls back after each new one.
type hasher struct {
	*passwordhash.Hasher
	work  atomic.Int64
	after func()
	fail  error
	busy  bool
}

func newHasher(t *testing.T) *hasher {
	t.Helper()
	cheap, err := passwordhash.ParsePreference("pbkdf2_sha256:1")
	require.NoError(t, err)
	inner, err := passwordhash.New([]passwordhash.Preference{cheap}, 2, system.NewRandom())
	require.NoError(t, err)
	return &hasher{Hasher: inner}
}

// InTurn has turns for everybody, unless it is told that there are none.
func (h *hasher) InTurn(ctx context.Context, work func(ctx context.Context) error) error {
	if h.busy {
		return credentials.ErrHasherBusy
	}
	return h.Hasher.InTurn(ctx, work)
}

func (h *hasher) Hash(ctx context.Context, password credentials.Password) (secret.String, error) {
	h.work.Add(1)
	if h.fail != nil {
		return secret.String{}, h.fail
	}
	hash, err := h.Hasher.Hash(ctx, password)
	if h.after != nil {
		h.after()
	}
	return hash, err
}

func (h *hasher) Verify(ctx context.Context, hash secret.String, password credentials.Password) (fits, outdated bool, err error) {
	h.work.Add(1)
	if h.fail != nil {
		return false, false, h.fail
	}
	return h.Hasher.Verify(ctx, hash, password)
}

// events keeps what was recorded, or fails.
type events struct {
	mu   sync.Mutex
	all  []ports.Event
	fail error
}

func (e *events) Record(_ context.Context, event ports.Event) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fail != nil {
		return e.fail
	}
	e.all = append(e.all, event)
	return nil
}

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// evictor remembers whom it was told to evict.
type evictor struct {
	told []accounts.ID
	kept []string
	err  error
}

func (e *evictor) Evict(_ context.Context, account accounts.ID, keep string, _ time.Time) error {
	e.told, e.kept = append(e.told, account), append(e.kept, keep)
	return e.err
}
