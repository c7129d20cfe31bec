package recovery_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/djangosign"
	"latchkey/adapters/inmemory"
	"latchkey/adapters/passwordhash"
	"latchkey/adapters/system"
	"latchkey/application/ports"
	"latchkey/application/recovery"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/secret"
)

const (
	oldText  = "correct horse battery"
	newText  = "a new battery staple"
	linkHead = "https://auth.example.com/reset/"
)

var (
	start   = time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC)
	site    = ports.Site{Name: "Example", Domain: "site.example.com"}
	errDown = errors.New("the disk is full")
)

// world is the activity on storage in memory, and what the tests turn and look at.
type world struct {
	evictor *evictor
	*recovery.Service
	ctx       context.Context
	accounts  *inmemory.Accounts
	addresses *inmemory.Addresses
	outbox    *outbox
	mailbox   *inmemory.Mailbox
	tokens    djangosign.ResetTokens
	hasher    *passwordhash.Hasher
	events    *events
	clock     *clock
}

// options are changed by each test from the usual ones.
func newWorld(t *testing.T, change func(*recovery.Options)) *world {
	t.Helper()
	options := recovery.Options{
		PasswordRules: []credentials.Rule{credentials.Dissimilar(), credentials.MinLength(8), credentials.Uncommon(), credentials.NotNumeric()},
		ConfirmURL:    linkHead + "{uid}/{token}/",
	}
	style := djangosign.Allauth
	if change != nil {
		change(&options)
	}
	if options.Plain {
		style = djangosign.Plain
	}
	store := inmemory.NewStore()
	keys, err := djangosign.NewKeys(secret.New("the key of the tests"))
	require.NoError(t, err)
	cheap, err := passwordhash.ParsePreference("pbkdf2_sha256:1")
	require.NoError(t, err)
	hasher, err := passwordhash.New([]passwordhash.Preference{cheap}, 2, system.NewRandom())
	require.NoError(t, err)
	w := &world{
		evictor:  &evictor{},
		ctx:      t.Context(),
		accounts: inmemory.NewAccounts(store), addresses: inmemory.NewAddresses(store), outbox: &outbox{Outbox: inmemory.NewOutbox(store)},
		mailbox: inmemory.NewMailbox(), tokens: djangosign.NewResetTokens(keys, style, 72*time.Hour), hasher: hasher,
		events: &events{}, clock: &clock{now: start},
	}
	w.Service = recovery.New(recovery.Dependencies{
		Limits:  inmemory.NewLimits(),
		Evictor: w.evictor, Recogniser: w.evictor,
		Accounts: w.accounts, Addresses: w.addresses, Hasher: hasher, Tokens: w.tokens, Transactor: inmemory.NewTransactor(store),
		Outbox: w.outbox, Events: w.events, Mailer: w.mailbox, Sites: inmemory.NewSites(site), Clock: w.clock,
	}, options)
	return w
}

func plain(o *recovery.Options) { o.Plain = true }

// add stores an active account with the old password.
func (w *world) add(t *testing.T, name accounts.Username, email accounts.Email) *accounts.Account {
	t.Helper()
	hash, err := w.hasher.Hash(w.ctx, credentials.NewPassword(oldText))
	require.NoError(t, err)
	account := accounts.New(name, email, hash, start)
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

func (w *world) address(t *testing.T, account *accounts.Account, email accounts.Email) {
	t.Helper()
	require.NoError(t, w.addresses.Add(w.ctx, accounts.NewAddress(account.ID(), email, false)))
}

// fits reports whether the text is the account's password.
func (w *world) fits(t *testing.T, account *accounts.Account, text string) bool {
	t.Helper()
	stored, err := w.accounts.ByID(w.ctx, account.ID())
	require.NoError(t, err)
	fits, _, err := w.hasher.Verify(w.ctx, stored.PasswordHash(), credentials.NewPassword(text))
	require.NoError(t, err)
	return fits
}

// request asks for a reset and returns the mails that it gives.
func (w *world) request(t *testing.T, email string) []ports.Mail {
	t.Helper()
	require.NoError(t, w.RequestReset(w.ctx, email))
	return w.deliver(t)
}

// deliver handles all messages that are due and those that they lead to, and
// returns the mails. No payload may hold what is in a link.
func (w *world) deliver(t *testing.T) []ports.Mail {
	t.Helper()
	w.mailbox.Clear()
	var all []ports.Message
	for {
		claimed := w.claim(t)
		if len(claimed) == 0 {
			break
		}
		for _, message := range claimed {
			require.NoError(t, w.handle(t, message))
			require.NoError(t, w.outbox.Done(w.ctx, message.ID))
		}
		all = append(all, claimed...)
	}
	mails := w.mailbox.Mails()
	for _, mail := range mails {
		_, token := proof(t, mail)
		for _, message := range all {
			for _, text := range message.Payload {
				require.NotContains(t, text, token, "a token in the outbox")
			}
		}
	}
	return mails
}

func (w *world) claim(t *testing.T) []ports.Message {
	t.Helper()
	claimed, err := w.outbox.Claim(w.ctx, w.clock.Now(), time.Minute, 100)
	require.NoError(t, err)
	return claimed
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

// proof returns the uid and the token in the mail's link.
func proof(t *testing.T, mail ports.Mail) (uid, token string) {
	t.Helper()
	require.True(t, strings.HasPrefix(mail.Link, linkHead), mail.Link)
	parts := strings.Split(strings.TrimPrefix(mail.Link, linkHead), "/")
	require.Len(t, parts, 3, mail.Link)
	return parts[0], parts[1]
}

// confirm sets a new password with the mail's link.
func (w *world) confirm(t *testing.T, mail ports.Mail, text string) error {
	t.Helper()
	uid, token := proof(t, mail)
	password := credentials.NewPassword(text)
	return w.ConfirmReset(w.ctx, recovery.ConfirmReset{UID: uid, Token: token, Password: password, Repeat: password})
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
	// known are the networks that were remembered.
	known []string
	err   error
}

func (e *evictor) Recognise(_ context.Context, account accounts.ID, network string, _ time.Time) error {
	e.known = append(e.known, fmt.Sprint(account, " at ", network))
	return nil
}

func (e *evictor) Evict(_ context.Context, account accounts.ID, keep string, _ time.Time) error {
	e.told, e.kept = append(e.told, account), append(e.kept, keep)
	return e.err
}
