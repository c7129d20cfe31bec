package passkeys_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/djangosign"
	"latchkey/adapters/inmemory"
	"latchkey/adapters/system"
	"latchkey/adapters/webauthn"
	activity "latchkey/application/passkeys"
	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/passkeys"
	"latchkey/domain/secret"
	"latchkey/tests/kit"
)

var start = time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC)

const origin = "https://example.com"

// world is the activity on storage in memory.
type world struct {
	*activity.Service
	ctx       context.Context
	passkeys  *inmemory.Passkeys
	accounts  *inmemory.Accounts
	addresses *inmemory.Addresses
	outbox    *inmemory.Outbox
	mailer    *mailer
	events    *events
	gate      *gate
	clock     *clock
}

func newWorld(t *testing.T, change func(*activity.Dependencies, *activity.Options)) *world {
	t.Helper()
	store := inmemory.NewStore()
	keys, err := djangosign.NewKeys(secret.New("the key of the tests"))
	require.NoError(t, err)
	w := &world{
		ctx: t.Context(), passkeys: inmemory.NewPasskeys(store), accounts: inmemory.NewAccounts(store), addresses: inmemory.NewAddresses(store),
		outbox: inmemory.NewOutbox(store), mailer: &mailer{}, events: &events{}, gate: &gate{}, clock: &clock{now: start},
	}
	d := activity.Dependencies{
		Passkeys: w.passkeys, Handles: inmemory.NewPasskeyHandles(store), Challenges: inmemory.NewPasskeyChallenges(store),
		Ceremonies: webauthn.New(), Decoys: djangosign.NewPasskeyDecoys(keys),
		Accounts: w.accounts, Limits: inmemory.NewLimits(), Transactor: inmemory.NewTransactor(store), Events: w.events,
		Outbox: w.outbox, Mailer: w.mailer, Sites: inmemory.NewSites(ports.Site{Name: "Mine", Domain: "example.com"}),
		Clock: w.clock, Random: system.NewRandom(), Gate: w.gate,
	}
	options := activity.Options{
		RelyingParty: passkeys.RelyingParty{ID: "example.com", Origins: []string{origin}},
		Verification: passkeys.VerificationPreferred,
		Timeout:      5 * time.Minute,
		Mails:        credentials.Limit{Count: 5, Per: time.Hour},
	}
	if change != nil {
		change(&d, &options)
	}
	w.Service = activity.New(d, options)
	return w
}

func (w *world) add(t *testing.T, name accounts.Username, email accounts.Email) *accounts.Account {
	t.Helper()
	account := accounts.New(name, email, secret.New("argon2$"+string(name)), start)
	require.NoError(t, w.accounts.Add(w.ctx, account))
	return account
}

// created answers the options of a registration.
func (w *world) created(t *testing.T, account *accounts.Account, a *kit.Authenticator, lies ...func(*kit.Ceremony)) activity.CompleteRegistration {
	t.Helper()
	options, err := w.BeginRegistration(w.ctx, activity.BeginRegistration{Account: account})
	require.NoError(t, err)
	return activity.CompleteRegistration{Account: account, Response: text(t, a.Create(t, creation(t, options), lies...))}
}

// registered is a passkey of the account, and its authenticator.
func (w *world) registered(t *testing.T, account *accounts.Account) (*kit.Authenticator, passkeys.Snapshot) {
	t.Helper()
	a := kit.NewAuthenticator(t, origin)
	added, err := w.CompleteRegistration(w.ctx, w.created(t, account, a))
	require.NoError(t, err)
	return a, added
}

// shown answers the options of a login.
func (w *world) shown(t *testing.T, named activity.BeginLogin, a *kit.Authenticator, lies ...func(*kit.Ceremony)) activity.CompleteLogin {
	t.Helper()
	options, err := w.BeginLogin(w.ctx, named)
	require.NoError(t, err)
	return activity.CompleteLogin{SessionID: options.SessionID, Response: text(t, a.Get(t, request(t, options), lies...))}
}

func (w *world) stored(t *testing.T, a *kit.Authenticator) passkeys.Snapshot {
	t.Helper()
	found, err := w.passkeys.ByCredentialID(w.ctx, a.ID)
	require.NoError(t, err)
	return found.Snapshot()
}

// deliver writes the mails that are due, and returns them.
func (w *world) deliver(t *testing.T) []ports.Mail {
	t.Helper()
	messages, err := w.outbox.Claim(w.ctx, w.clock.now, time.Minute, 100)
	require.NoError(t, err)
	for _, message := range messages {
		for _, handler := range w.Handlers() {
			if handler.Topic() == message.Topic {
				require.NoError(t, handler.Handle(w.ctx, message))
			}
		}
	}
	sent := w.mailer.sent
	w.mailer.sent = nil
	return sent
}

func creation(t *testing.T, c passkeys.Creation) []byte {
	return text(t, map[string]any{"challenge": passkeys.Encode(c.Challenge), "rp": map[string]any{"id": c.RelyingParty.ID}, "user": map[string]any{"id": passkeys.Encode(c.UserHandle)}})
}

func request(t *testing.T, r passkeys.Request) []byte {
	return text(t, map[string]any{"challenge": passkeys.Encode(r.Challenge), "rpId": r.RelyingParty.ID})
}

func text(t *testing.T, value any) []byte {
	t.Helper()
	out, err := json.Marshal(value)
	require.NoError(t, err)
	return out
}

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

type mailer struct{ sent []ports.Mail }

func (m *mailer) Send(_ context.Context, mail ports.Mail) error {
	m.sent = append(m.sent, mail)
	return nil
}

// events keeps the names of what happened.
type events struct {
	mu    sync.Mutex
	names []string
}

func (e *events) Record(_ context.Context, event ports.Event) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.names = append(e.names, event.Name)
	return nil
}

// gate refuses whom it is told to.
type gate struct{ refusal error }

func (g *gate) MayEnter(context.Context, *accounts.Account) error { return g.refusal }
