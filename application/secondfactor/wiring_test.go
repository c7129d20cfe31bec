package secondfactor_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/djangosign"
	"latchkey/adapters/inmemory"
	"latchkey/adapters/qrsvg"
	"latchkey/adapters/system"
	"latchkey/application/ports"
	"latchkey/application/secondfactor"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/factors"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
)

var (
	start = time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC)
	rules = factors.Rules{Digits: 6, Period: 30 * time.Second, Codes: 10}
	right = credentials.NewPassword("correct horse battery")
	wrong = credentials.NewPassword("wrong horse battery")
)

// world is the activity on storage in memory, and what the tests turn and look at.
type world struct {
	*secondfactor.Service
	ctx      context.Context
	accounts *inmemory.Accounts
	factors  *inmemory.Factors
	pending  *inmemory.PendingFactors
	outbox   *inmemory.Outbox
	mailbox  *inmemory.Mailbox
	events   *events
	clock    *clock
	gate     *gate
}

func newWorld(t *testing.T, change func(*secondfactor.Options)) *world {
	t.Helper()
	store := inmemory.NewStore()
	keys, err := djangosign.NewKeys(secret.New("the key of the tests"))
	require.NoError(t, err)
	w := &world{
		ctx: t.Context(), accounts: inmemory.NewAccounts(store), factors: inmemory.NewFactors(store),
		pending: inmemory.NewPendingFactors(store), outbox: inmemory.NewOutbox(store), mailbox: inmemory.NewMailbox(),
		events: &events{}, clock: &clock{now: start}, gate: &gate{},
	}
	options := secondfactor.Options{
		Rules: rules, Life: 5 * time.Minute, FailedCodes: credentials.Limit{Count: 10, Per: time.Hour},
	}
	if change != nil {
		change(&options)
	}
	w.Service = secondfactor.New(secondfactor.Dependencies{
		Accounts: w.accounts, Addresses: inmemory.NewAddresses(store), Factors: w.factors, Pending: w.pending,
		Devices: inmemory.NewKnownDevices(store), Seals: djangosign.NewActivationSeals(keys), QRCodes: qrsvg.New(),
		Limits: inmemory.NewLimits(), MailLimits: inmemory.NewLimits(), Transactor: inmemory.NewTransactor(store), Outbox: w.outbox, Events: w.events,
		Mailer: w.mailbox, Sites: inmemory.NewSites(ports.Site{Name: "Example"}), Clock: w.clock, Random: system.NewRandom(),
		Required: secondfactor.Requirement{Factors: w.factors, Mode: secondfactor.RequiredNone},
		Gate:     w.gate, Passwords: passwords{},
	}, options)
	return w
}

// add stores an active account.
func (w *world) add(t *testing.T, name string) *accounts.Account {
	t.Helper()
	account := accounts.New(accounts.Username(name), accounts.Email(name+"@example.com"), secret.New("hash of "+name), start)
	require.NoError(t, w.accounts.Add(w.ctx, account))
	return account
}

// set changes the stored account and returns it.
func (w *world) set(t *testing.T, account *accounts.Account, change func(*accounts.Snapshot)) *accounts.Account {
	t.Helper()
	require.NoError(t, w.accounts.Update(w.ctx, account.ID(), func(stored *accounts.Account) error {
		s := stored.Snapshot()
		change(&s)
		*stored = *accounts.Restore(s)
		return nil
	}))
	found, err := w.accounts.ByID(w.ctx, account.ID())
	require.NoError(t, err)
	return found
}

// activate sets a factor up and returns its secret and recovery codes, a step later.
func (w *world) activate(t *testing.T, account *accounts.Account) (secret.String, []string) {
	t.Helper()
	begun, err := w.Begin(w.ctx, account)
	require.NoError(t, err)
	codes, err := w.Activate(w.ctx, w.first(account, begun))
	require.NoError(t, err)
	w.clock.advance(rules.Period)
	return begun.Secret, codes
}

func (w *world) first(account *accounts.Account, begun secondfactor.Begun) secondfactor.Activate {
	return secondfactor.Activate{
		Confirmed: secondfactor.Confirmed{Account: account, Code: rules.Code(begun.Secret, w.clock.Now())},
		Token:     begun.Token, Device: "laptop",
	}
}

// signIn is what the gate does after a first proof: it returns the token that waits.
func (w *world) signIn(t *testing.T, account *accounts.Account) secret.String {
	t.Helper()
	found, err := w.factors.Of(w.ctx, account.ID())
	require.NoError(t, err)
	token := secret.New(system.NewRandom().Text(factors.TokenLength, factors.TokenAlphabet))
	require.NoError(t, w.pending.Put(w.ctx, factors.Pending{
		Digest: factors.Digest(token), Account: account.ID(), Purpose: factors.PurposeSignIn, Backend: "backend",
		Standing: found.Standing(account), Expires: w.clock.Now().Add(5 * time.Minute),
	}, factors.MaxPending))
	return token
}

func (w *world) verify(token secret.String, code string) error {
	_, err := w.Verify(w.ctx, secondfactor.Verify{Token: token, Code: code, Device: "laptop"})
	return err
}

// mails delivers what waits and returns the templates of the mails to the address.
func (w *world) mails(t *testing.T, to string) []string {
	t.Helper()
	for w.deliver(t) > 0 {
	}
	var templates []string
	for _, mail := range w.mailbox.To(accounts.Email(to)) {
		templates = append(templates, mail.Template)
	}
	w.mailbox.Clear()
	return templates
}

// deliver handles what waits, and returns how many messages that were.
func (w *world) deliver(t *testing.T) int {
	t.Helper()
	claimed, err := w.outbox.Claim(w.ctx, w.clock.Now(), time.Minute, 100)
	require.NoError(t, err)
	for _, message := range claimed {
		for _, handler := range w.Handlers() {
			if handler.Topic() == message.Topic {
				require.NoError(t, handler.Handle(w.ctx, message))
			}
		}
		require.NoError(t, w.outbox.Done(w.ctx, message.ID))
	}
	return len(claimed)
}

// race calls run at the same moment from twenty goroutines and returns how many succeeded.
func race(t *testing.T, refusals []error, run func() error) int {
	t.Helper()
	errs := make([]error, 20)
	var group sync.WaitGroup
	begin := make(chan struct{})
	for i := range errs {
		group.Go(func() {
			<-begin
			errs[i] = run()
		})
	}
	close(begin)
	group.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		require.True(t, slices.ContainsFunc(refusals, func(refusal error) bool { return errors.Is(err, refusal) }), err)
	}
	return won
}

// gate refuses with err.
type gate struct{ err error }

func (g *gate) MayEnter(context.Context, *accounts.Account) error { return g.err }

// passwords knows the one right password.
type passwords struct{}

var errOther = fault.New(fault.Invalid, "other", "no").On("old_password")

func (passwords) VetOldPassword(_ context.Context, _ *accounts.Account, password credentials.Password) error {
	if password.Equal(right) {
		return nil
	}
	return errOther
}

// events keeps what was recorded.
type events struct {
	mu  sync.Mutex
	all []string
}

func (e *events) Record(_ context.Context, event ports.Event) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, event.Name)
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
