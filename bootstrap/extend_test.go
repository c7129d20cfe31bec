package bootstrap

import (
	"context"
	"errors"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"latchkey/adapters/inmemory"
	"latchkey/adapters/system"
	"latchkey/application/ports"
	"latchkey/application/registration"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
)

func TestOverrideWithAConcreteTypeStopsTheStart(t *testing.T) {
	app := New(Configured(testSettings(t)), Override(inmemory.NewMailbox()))
	require.ErrorContains(t, app.Err(),
		"bootstrap: Override[*inmemory.Mailbox]: name the port, which is an interface type, as in Override[ports.Mailer](impl)")
	require.Error(t, app.Start(t.Context()))
}

func TestOverrideReplacesAPort(t *testing.T) {
	mailbox := inmemory.NewMailbox()
	api := boot(t, testSettings(t), Override[ports.Mailer](mailbox))
	status, answer := registerAda(t, api)
	require.Equal(t, http.StatusCreated, status, answer)
	require.Eventually(t, func() bool { return len(mailbox.To("ada@example.com")) == 1 }, 5*time.Second, 10*time.Millisecond)
}

// inMemory replaces everything that is stored.
func inMemory() fx.Option {
	store := inmemory.NewStore()
	return fx.Options(
		Override[ports.Accounts](inmemory.NewAccounts(store)),
		Override[ports.Addresses](inmemory.NewAddresses(store)),
		Override[ports.APITokens](inmemory.NewAPITokens(store)),
		Override[ports.WebSessions](inmemory.NewWebSessions(store)),
		Override[ports.Outbox](inmemory.NewOutbox(store)),
		Override[ports.Transactor](inmemory.NewTransactor(store)),
		Override[ports.Limits](inmemory.NewLimits()),
		Override[ports.RefreshTokens](inmemory.NewRefreshTokens(store)),
		Override[ports.Families](inmemory.NewFamilies(store)),
		Override[ports.Identities](inmemory.NewIdentities(store)),
		Override[ports.ProviderTokens](inmemory.NewProviderTokens(store)),
		Override[ports.Passkeys](inmemory.NewPasskeys(store)),
		Override[ports.PasskeyHandles](inmemory.NewPasskeyHandles(store)),
		Override[ports.PasskeyChallenges](inmemory.NewPasskeyChallenges(store)),
		Override[ports.Factors](inmemory.NewFactors(store)),
		Override[ports.PendingFactors](inmemory.NewPendingFactors(store)),
		Override[ports.KnownDevices](inmemory.NewKnownDevices(store)),
		Override[ports.Cleaner](inmemory.NewCleaner(store)),
		Override[ports.Sites](inmemory.NewSites(ports.Site{Name: "Example", Domain: "example.com"})),
	)
}

func TestWithAllStorageReplacedNoDatabaseIsOpened(t *testing.T) {
	cfg := testSettings(t, "LATCHKEY_SITE_NAME=Elsewhere")
	api := boot(t, cfg, inMemory())
	status, answer := registerAda(t, api)
	require.Equal(t, http.StatusCreated, status, answer)
	status, answer = signInAda(t, api)
	require.Equal(t, http.StatusOK, status, answer)

	files, err := os.ReadDir(cfg.Server.DataDir)
	require.NoError(t, err)
	require.Len(t, files, 1)
	require.Equal(t, secretKeyFile, files[0].Name())
}

// refusal is a rule and a policy of every kind, and refuses whatever it is asked.
type refusal string

func (r refusal) Name() string { return string(r) }

func (r refusal) fault() error {
	return fault.New(fault.Invalid, "refused", "Refused by "+string(r)+".")
}

func (r refusal) Check(credentials.Password, credentials.Subject) error { return r.fault() }

func (r refusal) MayRegister(context.Context, accounts.Username, accounts.Email) error {
	return r.fault()
}

func (r refusal) MaySignIn(context.Context, *accounts.Account) error { return r.fault() }

func TestARuleRefusesPasswords(t *testing.T) {
	status, answer := registerAda(t, boot(t, testSettings(t), inMemory(), Rule(refusal("team"))))
	require.Equal(t, http.StatusBadRequest, status)
	require.JSONEq(t, `{"password1": ["Refused by team."]}`, answer)
}

func TestRulesComeInTheOrderOfTheirNames(t *testing.T) {
	api := boot(t, testSettings(t), inMemory(),
		Rule(refusal("d")), Rule(refusal("b")), Rule(refusal("e")), Rule(refusal("a")), Rule(refusal("c")))
	status, answer := call(t, api, http.MethodPost, "registration/", "", map[string]string{
		"username": "ada", "email": "ada@example.com", "password1": "12345", "password2": "12345",
	})
	require.Equal(t, http.StatusBadRequest, status)
	require.JSONEq(t, `{"password1": [
		"This password is too short. It must contain at least 8 characters.",
		"This password is too common.",
		"This password is entirely numeric.",
		"Refused by a.", "Refused by b.", "Refused by c.", "Refused by d.", "Refused by e."]}`, answer)
}

func TestARegistrationPolicyRefusesRegistrations(t *testing.T) {
	policies := []fx.Option{RegistrationPolicy(refusal("c")), RegistrationPolicy(refusal("a")), RegistrationPolicy(refusal("b"))}
	api := boot(t, testSettings(t), inMemory(), fx.Options(policies...))
	status, answer := registerAda(t, api)
	require.Equal(t, http.StatusBadRequest, status)
	require.JSONEq(t, `{"non_field_errors": ["Refused by a."]}`, answer, "the first name is asked first")
	status, _ = signInAda(t, api)
	require.Equal(t, http.StatusBadRequest, status, "no account was made")
}

func TestASignInPolicyRefusesSignIns(t *testing.T) {
	cfg, storage := testSettings(t), inMemory()
	status, _ := registerAda(t, boot(t, cfg, storage))
	require.Equal(t, http.StatusCreated, status)
	status, answer := signInAda(t, boot(t, cfg, storage, SignInPolicy(refusal("team"))))
	require.Equal(t, http.StatusBadRequest, status)
	require.JSONEq(t, `{"non_field_errors": ["Refused by team."]}`, answer)
}

// badge adds a field to what user/ shows, and tries to replace another.
type badge struct{}

func (badge) Name() string { return "badge" }

func (badge) Fields(_ context.Context, account *accounts.Account) (map[string]any, error) {
	return map[string]any{"badge": "of " + string(account.Username()), "username": "mallory"}, nil
}

func TestAContributorAddsFieldsAndReplacesNone(t *testing.T) {
	api := boot(t, testSettings(t), inMemory(), Contributor(badge{}))
	_, answer := registerAda(t, api)
	status, answer := call(t, api, http.MethodGet, "user/", keyOf(t, answer), nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, answer, `"badge":"of ada"`)
	require.Contains(t, answer, `"username":"ada"`)
	require.NotContains(t, answer, "mallory")
}

// mirrored registers everybody under another name.
type mirrored struct{ registration.UseCases }

func (m mirrored) Register(ctx context.Context, in registration.Register) (registration.Registered, error) {
	name := "mirrored-" + *in.Username
	in.Username = &name
	return m.UseCases.Register(ctx, in)
}

func TestDecorateWrapsAnActivity(t *testing.T) {
	api := boot(t, testSettings(t), inMemory(),
		Decorate(func(original registration.UseCases) registration.UseCases { return mirrored{original} }))
	_, answer := registerAda(t, api)
	_, answer = call(t, api, http.MethodGet, "user/", keyOf(t, answer), nil)
	require.Contains(t, answer, `"username":"mirrored-ada"`)
}

// hasty is a clock that goes ten seconds further each time it is pushed: longer
// than the first delay, and shorter than the lease of a message in hand.
type hasty struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *hasty) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return system.NewClock().Now().Add(c.ahead)
}

func (c *hasty) push() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += 10 * time.Second
}

// witness looks up every account that it is told of, and fails the first time.
type witness struct {
	accounts ports.Accounts
	told     chan ports.Event
	failed   bool
}

func (*witness) Name() string { return "witness" }

func (w *witness) Notice(ctx context.Context, event ports.Event) error {
	if event.Name != ports.EventRegistered {
		return nil
	}
	if _, err := w.accounts.ByID(ctx, event.Account); err != nil {
		return err // before the commit nobody else can see the account
	}
	w.told <- event
	if w.failed {
		return nil
	}
	w.failed = true
	return errors.New("not now")
}

func TestASubscriberIsToldAfterTheCommitUntilItSucceeds(t *testing.T) {
	clock, w := &hasty{}, &witness{told: make(chan ports.Event, 8)}
	api := boot(t, testSettings(t), Override[ports.Clock](clock), Subscriber(w), fx.Populate(&w.accounts))
	status, answer := registerAda(t, api)
	require.Equal(t, http.StatusCreated, status, answer)

	first := <-w.told
	var again ports.Event
	require.Eventually(t, func() bool {
		clock.push()
		select {
		case again = <-w.told:
			return true
		default:
			return false
		}
	}, 10*time.Second, 300*time.Millisecond)
	require.Equal(t, first, again)
	clock.push()
	select {
	case event := <-w.told:
		t.Fatalf("told again after it succeeded: %v", event)
	case <-time.After(500 * time.Millisecond):
	}
}
