package authentication_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/inmemory"
	"latchkey/application/authentication"
	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// atOnce are sessions that say to store entries at once.
type atOnce struct {
	ports.WebSessions
	entries ports.Entries
}

func (a atOnce) Entries(ports.Accounts, ports.APITokens) ports.Entries { return a.entries }

// unheard are events that nobody listens to.
type unheard struct{ ports.Events }

func (unheard) Unheard() bool { return true }

// newAtOnce is a world whose logins can do without a transaction, and the number of those begun.
func newAtOnce(t *testing.T, change func(*authentication.Options)) (w *world, begun *int) {
	t.Helper()
	w, begun = newWorld(t, change), new(int)
	parts, whole := ports.EntriesOf(w.accounts, w.tokens, w.sessions)
	require.False(t, whole)
	w.Sessions = atOnce{w.sessions, parts}
	w.Events = unheard{w.Events}
	w.Transactor = before{w.Transactor, func() { *begun++ }}
	return w, begun
}

func TestAnEntryThatIsStoredAtOnceNeedsNoTransaction(t *testing.T) {
	w, begun := newAtOnce(t, nil)
	ann := w.add(t, "ann", "")
	grant, err := w.SignIn(w.ctx, byName("ann"))
	require.NoError(t, err)
	require.Zero(t, *begun)
	owner, err := w.tokens.Owner(w.ctx, grant.Token.Key)
	require.NoError(t, err)
	require.Equal(t, ann.ID(), owner.ID())
	require.Equal(t, start, owner.LastLogin())
}

// Whatever else a login writes is written with the entry or not at all.
func TestAnEntryIsStoredInATransactionWithWhatIsBesideIt(t *testing.T) {
	for name, c := range map[string]struct {
		options func(*authentication.Options)
		change  func(w *world, in *authentication.Admission)
	}{
		"sessions of another store": {change: func(w *world, _ *authentication.Admission) { w.Sessions = w.sessions }},
		"an event":                  {change: func(w *world, _ *authentication.Admission) { w.Events = w.events }},
		"a session that is left": {change: func(_ *world, in *authentication.Admission) {
			in.SessionKey = secret.New("planted")
		}},
		"a network that is new": {options: locked, change: func(_ *world, in *authentication.Admission) { in.Network = home }},
		"a second factor": {change: func(w *world, _ *authentication.Admission) {
			w.Factors = inmemory.NewFactors(w.store)
		}},
		"a family": {options: jwt(func(o *authentication.JWT) { o.Families = true })},
		"a refresh token that is recorded": {options: jwt(func(o *authentication.JWT) {
			o.Blacklist = true
		})},
	} {
		t.Run(name, func(t *testing.T) {
			w, begun := newAtOnce(t, c.options)
			in := authentication.Admission{Account: w.add(t, "ann", ""), Backend: sessions.BackendModel}
			if c.change != nil {
				c.change(w, &in)
			}
			_, err := w.Admit(w.ctx, in)
			require.NoError(t, err)
			require.Equal(t, 1, *begun)
		})
	}
}

func TestANetworkThatIsKnownNeedsNoTransaction(t *testing.T) {
	w, begun := newAtOnce(t, locked)
	in := authentication.Admission{Account: w.add(t, "ann", ""), Backend: sessions.BackendModel, Network: home}
	for range 2 {
		_, err := w.Admit(w.ctx, in)
		require.NoError(t, err)
		require.Equal(t, 1, *begun)
	}
}

func TestAnAccountThatIsGoneIsRefusedAsAWrongPassword(t *testing.T) {
	w, _ := newAtOnce(t, nil)
	gone := accounts.New("gone", "", secret.New("x"), start)
	gone.Assign(4711)
	_, err := w.Admit(w.ctx, authentication.Admission{Account: gone})
	require.ErrorIs(t, err, authentication.ErrCredentialsWrong)
}
