package registration_test

import (
	"context"
	"errors"
	"strings"
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
	"latchkey/application/registration"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/secret"
)

const (
	goodText = "correct horse battery"
	linkHead = "https://auth.example.com/confirm/"
)

var (
	start   = time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC)
	errDown = errors.New("the disk is full")
)

// world is the activity on storage in memory, and what the tests turn and look at.
type world struct {
	*registration.Service
	ctx       context.Context
	accounts  *inmemory.Accounts
	addresses *inmemory.Addresses
	outbox    *outbox
	mailbox   *inmemory.Mailbox
	keys      djangosign.EmailKeys
	hasher    *hasher
	events    *events
	clock     *clock
}

func usual() registration.Options {
	return registration.Options{
		Verification: registration.VerificationOptional, UniqueEmail: true,
		Usernames:         accounts.UsernameRules{MinLength: 1, Blacklist: []string{"Admin"}},
		PasswordRules:     []credentials.Rule{credentials.Dissimilar(), credentials.MinLength(8), credentials.Uncommon(), credentials.NotNumeric()},
		ConfirmationMails: []credentials.Limit{{Count: 1, Per: 3 * time.Minute}},
		ConfirmURL:        linkHead + "{key}/",
	}
}

// options are changed by each test from the usual ones.
func newWorld(t *testing.T, change func(*registration.Options), policies ...ports.RegistrationPolicy) *world {
	t.Helper()
	options := usual()
	if change != nil {
		change(&options)
	}
	store := inmemory.NewStore()
	store.SharedEmail = !options.UniqueEmail
	keys, err := djangosign.NewKeys(secret.New("the key of the tests"))
	require.NoError(t, err)
	w := &world{
		ctx:      t.Context(),
		accounts: inmemory.NewAccounts(store), addresses: inmemory.NewAddresses(store), outbox: &outbox{Outbox: inmemory.NewOutbox(store)},
		mailbox: inmemory.NewMailbox(), keys: djangosign.NewEmailKeys(keys, 72*time.Hour), hasher: newHasher(t), events: &events{}, clock: &clock{now: start},
	}
	w.Service = registration.New(registration.Dependencies{
		Accounts: w.accounts, Addresses: w.addresses, Hasher: w.hasher, Limits: inmemory.NewLimits(),
		Transactor: inmemory.NewTransactor(store), Outbox: w.outbox, Events: w.events, Keys: w.keys, Mailer: w.mailbox,
		Sites: inmemory.NewSites(ports.Site{Name: "Example", Domain: "example.com"}), Clock: w.clock, Random: system.NewRandom(),
		MayRegister: policies,
	}, options)
	return w
}

// in is a registration with the good password; an empty text is left out.
func in(username, email string) registration.Register {
	password := credentials.NewPassword(goodText)
	in := registration.Register{Password: &password, Repeat: &password}
	if username != "" {
		in.Username = &username
	}
	if email != "" {
		in.Email = &email
	}
	return in
}

// add stores an account with an address, past the use cases.
func (w *world) add(t *testing.T, name accounts.Username, email accounts.Email, verified bool) (*accounts.Account, accounts.AddressID) {
	t.Helper()
	account := accounts.New(name, email, secret.New("!"), start)
	require.NoError(t, w.accounts.Add(w.ctx, account))
	return account, w.address(t, account, email, verified, true)
}

func (w *world) address(t *testing.T, account *accounts.Account, email accounts.Email, verified, primary bool) accounts.AddressID {
	t.Helper()
	address := accounts.RestoreAddress(accounts.AddressSnapshot{Account: account.ID(), Email: email, Verified: verified, Primary: primary})
	require.NoError(t, w.addresses.Add(w.ctx, address))
	return address.ID()
}

func (w *world) named(t *testing.T, name accounts.Username) []*accounts.Account {
	t.Helper()
	found, err := w.accounts.ByUsername(w.ctx, name)
	require.NoError(t, err)
	return found
}

func (w *world) rows(t *testing.T, email accounts.Email) []*accounts.Address {
	t.Helper()
	rows, err := w.addresses.ByEmail(w.ctx, email)
	require.NoError(t, err)
	return rows
}

// deliver handles all messages that are due and returns the mails. No payload may
// hold what a mail holds in secret.
func (w *world) deliver(t *testing.T) []ports.Mail {
	t.Helper()
	w.mailbox.Clear()
	claimed, err := w.outbox.Claim(w.ctx, w.clock.Now(), time.Minute, 100)
	require.NoError(t, err)
	for _, message := range claimed {
		require.NoError(t, w.handle(t, message))
		require.NoError(t, w.outbox.Done(w.ctx, message.ID))
	}
	mails := w.mailbox.Mails()
	for _, message := range claimed {
		for _, text := range message.Payload {
			require.NotContains(t, text, goodText)
			for _, mail := range mails {
				require.False(t, mail.Link != "" && strings.Contains(text, key(t, mail)), "a key in the outbox")
			}
		}
	}
	return mails
}

func (w *world) handle(t *testing.T, message ports.Message) error {
	t.Helper()
	for _, handler := range w.Handlers() {
		if handler.Topic() == message.Topic {
			return handler.Handle(w.ctx, message)
		}
	}
	require.Fail(t, "nobody handles "+message.Topic)
	return nil
}

// key returns the key in the mail's link.
func key(t *testing.T, mail ports.Mail) string {
	t.Helper()
	require.True(t, strings.HasPrefix(mail.Link, linkHead) && strings.HasSuffix(mail.Link, "/"), mail.Link)
	return strings.TrimSuffix(strings.TrimPrefix(mail.Link, linkHead), "/")
}

// outbox fails when it is told to.
type outbox struct {
	*inmemory.Outbox
	fail error
}

func (o *outbox) Append(ctx context.Context, now time.Time, messages ...ports.Message) error {
	if o.fail != nil {
		return o.fail
	}
	return o.Outbox.Append(ctx, now, messages...)
}

// hasher counts computed hashes.
type hasher struct {
	*passwordhash.Hasher
	work atomic.Int64
	fail error
}

func newHasher(t *testing.T) *hasher {
	t.Helper()
	cheap, err := passwordhash.ParsePreference("pbkdf2_sha256:1")
	require.NoError(t, err)
	inner, err := passwordhash.New([]passwordhash.Preference{cheap}, 2, system.NewRandom())
	require.NoError(t, err)
	return &hasher{Hasher: inner}
}

func (h *hasher) Hash(ctx context.Context, password credentials.Password) (secret.String, error) {
	h.work.Add(1)
	if h.fail != nil {
		return secret.String{}, h.fail
	}
	return h.Hasher.Hash(ctx, password)
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
