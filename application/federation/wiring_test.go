package federation_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/djangosign"
	"latchkey/adapters/inmemory"
	"latchkey/adapters/system"
	"latchkey/application/federation"
	"latchkey/application/ports"
	"latchkey/application/registration"
	"latchkey/domain/accounts"
	"latchkey/domain/fault"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

var start = time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC)

// world is the activity on storage in memory, beside a provider that knows whom the
// tests tell it.
type world struct {
	*federation.Service
	ctx       context.Context
	providers *inmemory.IdentityProviders
	links     *inmemory.Identities
	tokens    *inmemory.ProviderTokens
	accounts  *inmemory.Accounts
	addresses *inmemory.Addresses
	outbox    *inmemory.Outbox
	events    *events
	clock     *clock
	gate      *gate
	policy    *policy
	passkeys  *inmemory.Passkeys
	factors   *inmemory.Factors
}

func newWorld(t *testing.T, change func(*federation.Options)) *world {
	t.Helper()
	store := inmemory.NewStore()
	keys, err := djangosign.NewKeys(secret.New("the key of the tests"))
	require.NoError(t, err)
	w := &world{
		ctx:       t.Context(),
		providers: inmemory.NewIdentityProviders("google", "facebook"),
		links:     inmemory.NewIdentities(store), tokens: inmemory.NewProviderTokens(store),
		accounts: inmemory.NewAccounts(store), addresses: inmemory.NewAddresses(store), outbox: inmemory.NewOutbox(store),
		events: &events{}, clock: &clock{now: start}, gate: &gate{}, policy: &policy{},
		passkeys: inmemory.NewPasskeys(store), factors: inmemory.NewFactors(store),
	}
	var options federation.Options
	if change != nil {
		change(&options)
	}
	verification := registration.VerificationOptional
	if options.Linking.HideTaken {
		verification = registration.VerificationMandatory
	}
	limits, transactor, random := inmemory.NewLimits(), inmemory.NewTransactor(store), system.NewRandom()
	registrar := registration.New(registration.Dependencies{
		Accounts: w.accounts, Addresses: w.addresses, Limits: limits, Transactor: transactor, Outbox: w.outbox,
		Events: w.events, Clock: w.clock, Random: random, MayRegister: []ports.RegistrationPolicy{w.policy},
	}, registration.Options{
		Verification: verification, UniqueEmail: true, PreventEnumeration: options.Linking.HideTaken,
		Usernames: accounts.UsernameRules{MinLength: 1, PreserveCasing: true, Blacklist: []string{"root"}},
	})
	w.Service = federation.New(federation.Dependencies{
		Providers: w.providers, Links: w.links, Tokens: w.tokens, Seals: djangosign.NewAuthorizationSeals(keys),
		Accounts: w.accounts, Addresses: w.addresses, Limits: limits, Transactor: transactor, Events: w.events,
		Clock: w.clock, Random: random, Registrar: registrar, Gate: w.gate, Passkeys: w.passkeys, Factors: w.factors,
	}, options)
	return w
}

func trusting(o *federation.Options) {
	o.Linking.EmailAuthentication, o.Linking.Reclaim = true, true
}

// add stores an account with an address that is proved or not.
func (w *world) add(t *testing.T, name accounts.Username, email accounts.Email, proved bool) *accounts.Account {
	t.Helper()
	account := accounts.New(name, email, secret.New("argon2$"+string(name)), start)
	require.NoError(t, w.accounts.Add(w.ctx, account))
	if email != "" {
		address := accounts.NewAddress(account.ID(), email, true)
		if proved {
			address.Verify()
		}
		require.NoError(t, w.addresses.Add(w.ctx, address))
	}
	return account
}

func (w *world) stored(t *testing.T, id accounts.ID) accounts.Snapshot {
	t.Helper()
	account, err := w.accounts.ByID(w.ctx, id)
	require.NoError(t, err)
	return account.Snapshot()
}

func (w *world) linked(t *testing.T, id accounts.ID) []string {
	t.Helper()
	found, err := w.Identities(w.ctx, id)
	require.NoError(t, err)
	var keys []string
	for _, identity := range found {
		keys = append(keys, identity.Key.Provider+":"+identity.Key.Subject)
	}
	return keys
}

// known has the provider vouch for the profile when the token comes.
func (w *world) known(provider, token, subject string, emails ...identities.Email) identities.Profile {
	profile := identities.Profile{
		Key:       identities.Key{Provider: provider, Subject: subject},
		FirstName: "Zoë", LastName: "Ünal", Emails: emails, Extra: []byte(`{"sub":"` + subject + `"}`),
		Token: identities.Token{Access: secret.New(token)},
	}
	w.providers.Vouches(provider, token, profile)
	return profile
}

func presented(provider, token string) federation.Presented {
	return federation.Presented{Provider: provider, Proof: identities.Proof{AccessToken: secret.New(token)}}
}

func verified(address accounts.Email) identities.Email {
	return identities.Email{Address: address, Verified: true, Primary: true}
}

func told(address accounts.Email) identities.Email {
	return identities.Email{Address: address, Primary: true}
}

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

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

// gate keeps out when it is told to, and whom it threw out.
type gate struct {
	refusal  error
	reclaims error
	expelled []accounts.ID
}

func (g *gate) MayEnter(context.Context, *accounts.Account) error { return g.refusal }

func (g *gate) MayReclaim(context.Context, *accounts.Account) error { return g.reclaims }

func (g *gate) Expel(_ context.Context, account accounts.ID, _ time.Time) error {
	g.expelled = append(g.expelled, account)
	return nil
}

// policy refuses registrations when it is told to.
type policy struct {
	mu      sync.Mutex
	refuses bool
	asked   []accounts.Email
}

var errClosed = fault.New(fault.Forbidden, "closed", "Closed.")

func (*policy) Name() string { return "policy" }

func (p *policy) MayRegister(_ context.Context, _ accounts.Username, email accounts.Email) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, email)
	if p.refuses {
		return errClosed
	}
	return nil
}
