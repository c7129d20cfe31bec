package authentication_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/djangosign"
	"latchkey/adapters/inmemory"
	"latchkey/adapters/jwttoken"
	"latchkey/adapters/passwordhash"
	"latchkey/adapters/system"
	"latchkey/application/authentication"
	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

const (
	rightText = "correct horse battery"
	week      = 7 * 24 * time.Hour
)

var (
	right = credentials.NewPassword(rightText)
	wrong = credentials.NewPassword("wrong horse battery")
	start = time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC)
)

// world is the activity on storage in memory, and what the tests turn and look at.
type world struct {
	*authentication.Service
	store     *inmemory.Store
	ctx       context.Context
	accounts  *inmemory.Accounts
	addresses *inmemory.Addresses
	tokens    *inmemory.APITokens
	sessions  *inmemory.WebSessions
	refreshes *inmemory.RefreshTokens
	families  *inmemory.Families
	jwts      *jwttoken.Tokens
	seals     djangosign.SessionSeals
	hasher    *hasher
	known     *inmemory.Limits
	outbox    *inmemory.Outbox
	events    *events
	clock     *clock
}

func usual() authentication.Options {
	return authentication.Options{ByUsername: true, Tokens: true, Sessions: true, SessionAge: week}
}

// options are changed by each test from the usual ones.
func newWorld(t *testing.T, change func(*authentication.Options), policies ...ports.SignInPolicy) *world {
	t.Helper()
	store := inmemory.NewStore()
	store.SharedEmail = true
	keys, err := djangosign.NewKeys(secret.New("the key of the tests"))
	require.NoError(t, err)
	key, err := jwttoken.ParseKey("HS256", secret.New("the signing key of the tests"), secret.String{})
	require.NoError(t, err)
	w := &world{
		store:    store,
		ctx:      t.Context(),
		accounts: inmemory.NewAccounts(store), addresses: inmemory.NewAddresses(store),
		tokens: inmemory.NewAPITokens(store), sessions: inmemory.NewWebSessions(store),
		refreshes: inmemory.NewRefreshTokens(store), families: inmemory.NewFamilies(store),
		jwts:  jwttoken.New(jwttoken.NewKeySet(key), jwttoken.Options{}),
		seals: djangosign.NewSessionSeals(keys), hasher: newHasher(t, "pbkdf2_sha256:1"), known: inmemory.NewLimits(), outbox: inmemory.NewOutbox(store), events: &events{}, clock: &clock{now: start},
	}
	options := usual()
	if change != nil {
		change(&options)
	}
	w.Service = authentication.New(authentication.Dependencies{
		Accounts: w.accounts, Addresses: w.addresses, Tokens: w.tokens, Sessions: w.sessions, Seals: w.seals,
		Hasher: w.hasher, Limits: inmemory.NewLimits(), Known: w.known, Alarms: inmemory.NewLimits(), Outbox: w.outbox, Transactor: inmemory.NewTransactor(store), Events: w.events,
		Clock: w.clock, Random: system.NewRandom(), MaySignIn: policies,
		JWTs: w.jwts, Refreshes: w.refreshes, Families: w.families,
	}, options)
	return w
}

// add stores an active account with the right password.
func (w *world) add(t *testing.T, name accounts.Username, email accounts.Email) *accounts.Account {
	t.Helper()
	hash, err := w.hasher.inner.Hash(w.ctx, right)
	require.NoError(t, err)
	account := accounts.New(name, email, hash, start)
	require.NoError(t, w.accounts.Add(w.ctx, account))
	return account
}

// address stores an address of the account.
func (w *world) address(t *testing.T, account *accounts.Account, email accounts.Email, verified bool) {
	t.Helper()
	address := accounts.RestoreAddress(accounts.AddressSnapshot{Account: account.ID(), Email: email, Verified: verified})
	require.NoError(t, w.addresses.Add(w.ctx, address))
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

func (w *world) disable(t *testing.T, account *accounts.Account) {
	t.Helper()
	w.set(t, account, func(s *accounts.Snapshot) { s.Active = false })
}

func (w *world) stored(t *testing.T, account *accounts.Account) *accounts.Account {
	t.Helper()
	found, err := w.accounts.ByID(w.ctx, account.ID())
	require.NoError(t, err)
	return found
}

// save stores a session under the key.
func (w *world) save(t *testing.T, session sessions.WebSession) secret.String {
	t.Helper()
	if session.Expires.IsZero() {
		session.Expires = w.clock.Now().Add(time.Hour)
	}
	require.NoError(t, w.sessions.Save(w.ctx, &session, w.clock.Now()))
	return session.Key
}

// own is a session of the account as a login leaves it.
func (w *world) own(account *accounts.Account, key string) sessions.WebSession {
	return sessions.WebSession{
		Key: secret.New(key), Account: account.ID(), Backend: sessions.BackendModel,
		Fingerprint: w.seals.Fingerprint(account.PasswordHash()),
	}
}

func (w *world) gone(t *testing.T, key secret.String) {
	t.Helper()
	_, err := w.sessions.ByKey(w.ctx, key, w.clock.Now())
	require.ErrorIs(t, err, sessions.ErrSessionEnded)
}

// byName is a login with the right password.
func byName(name string) authentication.SignIn {
	return authentication.SignIn{Username: name, Password: right}
}

// hasher counts computed hashes, and calls back after each check.
type hasher struct {
	inner *passwordhash.Hasher
	work  atomic.Int64
	real  atomic.Int64 // of those, checks against a hash that somebody has
	after func()
	err   error
	busy  bool
}

func newHasher(t *testing.T, preferences ...string) *hasher {
	t.Helper()
	var parsed []passwordhash.Preference
	for _, text := range preferences {
		preference, err := passwordhash.ParsePreference(text)
		require.NoError(t, err)
		parsed = append(parsed, preference)
	}
	inner, err := passwordhash.New(parsed, 2, system.NewRandom())
	require.NoError(t, err)
	return &hasher{inner: inner}
}

// InTurn has turns for everybody, unless it is told that there are none.
func (h *hasher) InTurn(ctx context.Context, work func(ctx context.Context) error) error {
	if h.busy {
		return credentials.ErrHasherBusy
	}
	return h.inner.InTurn(ctx, work)
}

func (h *hasher) Hash(ctx context.Context, password credentials.Password) (secret.String, error) {
	h.work.Add(1)
	if h.err != nil {
		return secret.String{}, h.err
	}
	return h.inner.Hash(ctx, password)
}

func (h *hasher) Verify(ctx context.Context, hash secret.String, password credentials.Password) (fits, outdated bool, err error) {
	h.work.Add(1)
	if !hash.Empty() {
		h.real.Add(1)
	}
	if h.err != nil {
		return false, false, h.err
	}
	fits, outdated, err = h.inner.Verify(ctx, hash, password)
	if h.after != nil {
		h.after()
	}
	return fits, outdated, err
}

// worked returns how many hashes were computed since it was last called.
func (h *hasher) worked() int64 { return h.work.Swap(0) }

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
