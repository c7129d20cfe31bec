package authentication_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/domain/accounts"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// policy refuses with err, and remembers whom it was asked about.
type policy struct {
	name  string
	err   error
	asked *[]string
}

func (p policy) Name() string { return p.name }

func (p policy) MaySignIn(_ context.Context, account *accounts.Account) error {
	*p.asked = append(*p.asked, p.name+" "+string(account.Username()))
	return p.err
}

func TestMandatoryVerificationComparesTheAddressExactly(t *testing.T) {
	tests := map[string]struct {
		own, row accounts.Email
		verified bool
		want     error
	}{
		"verified":                {"ann@example.com", "ann@example.com", true, nil},
		"not verified":            {"ann@example.com", "ann@example.com", false, authentication.ErrEmailNotVerified},
		"another one is verified": {"ann@example.com", "second@example.com", true, authentication.ErrEmailNotVerified},
		"another case":            {"Ann@example.com", "ann@example.com", true, authentication.ErrEmailNotVerified},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(o *authentication.Options) { o.MandatoryVerification = true })
			w.address(t, w.add(t, "ann", test.own), test.row, test.verified)
			_, err := w.SignIn(w.ctx, byName("ann"))
			if test.want == nil {
				require.NoError(t, err)
			} else {
				require.Equal(t, test.want, err)
				require.Empty(t, w.events.all)
			}
		})
	}
}

func TestAnAddressOfSomebodyElseVerifiesNobody(t *testing.T) {
	w := newWorld(t, func(o *authentication.Options) { o.MandatoryVerification = true })
	w.add(t, "eve", "ann@example.com")
	w.address(t, w.add(t, "ann", "ann@example.com"), "ann@example.com", true)
	_, err := w.SignIn(w.ctx, byName("eve"))
	require.Equal(t, authentication.ErrEmailNotVerified, err)
}

func TestThatAnAddressIsNotVerifiedIsToldOnlyToWhoKnowsThePassword(t *testing.T) {
	w := newWorld(t, func(o *authentication.Options) { o.MandatoryVerification = true })
	w.add(t, "ann", "ann@example.com")
	_, err := w.SignIn(w.ctx, authentication.SignIn{Username: "ann", Password: wrong})
	require.Equal(t, authentication.ErrCredentialsWrong, err)
}

func TestAllPoliciesMustAgree(t *testing.T) {
	refusal := fault.New(fault.Forbidden, "closed", "Closed today.")
	var asked []string
	policies := []policy{{"a", nil, &asked}, {"b", refusal, &asked}, {"c", nil, &asked}}
	w := newWorld(t, nil, policies[0], policies[1], policies[2])
	ann := w.add(t, "ann", "")
	_, err := w.SignIn(w.ctx, authentication.SignIn{Username: "ann", Password: wrong})
	require.Equal(t, authentication.ErrCredentialsWrong, err)
	require.Empty(t, asked, "policies are asked after the credential was accepted")
	_, err = w.SignIn(w.ctx, byName("ann"))
	require.Equal(t, refusal, err)
	require.Equal(t, []string{"a ann", "b ann"}, asked)
	_, err = w.Admit(w.ctx, authentication.Admission{Account: ann})
	require.Equal(t, refusal, err, "for every way of signing in")
	require.Zero(t, w.stored(t, ann).LastLogin())
	require.Empty(t, w.events.all)
}

func TestAdmitRefusesAnInactiveAccount(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "")
	w.disable(t, ann)
	_, err := w.Admit(w.ctx, authentication.Admission{Account: w.stored(t, ann)})
	require.Equal(t, authentication.ErrCredentialsWrong, err)
}

func TestAdmitRecordsHowTheOwnerWasRecognised(t *testing.T) {
	w := newWorld(t, nil)
	grant, err := w.Admit(w.ctx, authentication.Admission{Account: w.add(t, "ann", ""), Backend: sessions.BackendAllauth})
	require.NoError(t, err)
	require.Equal(t, sessions.BackendAllauth, grant.Session.Backend)
}

// Whatever happens between the password check and the session must not be
// outlived by what the login gives.
func TestAnAccountThatChangedSinceTheCheckIsNotAdmitted(t *testing.T) {
	changes := map[string]func(*accounts.Snapshot){
		"disabled":         func(s *accounts.Snapshot) { s.Active = false },
		"password changed": func(s *accounts.Snapshot) { s.PasswordHash = secret.New("another") },
	}
	gives := map[string]func(*authentication.Options){
		"session": func(o *authentication.Options) { o.Tokens = false },
		"token":   func(o *authentication.Options) { o.Sessions = false },
		"both":    nil,
	}
	for name, change := range changes {
		for what, options := range gives {
			t.Run(name+", "+what, func(t *testing.T) {
				w := newWorld(t, options)
				ann := w.add(t, "ann", "")
				w.hasher.after = func() { w.set(t, ann, change) }
				_, err := w.SignIn(w.ctx, byName("ann"))
				require.Equal(t, authentication.ErrCredentialsWrong, err)
				require.Zero(t, w.stored(t, ann).LastLogin())
				require.Empty(t, w.events.all)
				fresh := sessions.APIToken{Key: secret.New("fresh"), Account: ann.ID()}
				token, err := w.tokens.Issue(w.ctx, fresh)
				require.NoError(t, err)
				require.Equal(t, "fresh", token.Key.Reveal(), "no token was left behind")
			})
		}
	}
}

func TestAnAccountThatIsGoneIsNotAdmitted(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.Admit(w.ctx, authentication.Admission{Account: accounts.Restore(accounts.Snapshot{ID: 404, Active: true})})
	require.Equal(t, authentication.ErrCredentialsWrong, err)
}

func TestATokenIsGivenAgain(t *testing.T) {
	w := newWorld(t, nil)
	w.add(t, "ann", "")
	first, err := w.SignIn(w.ctx, byName("ann"))
	require.NoError(t, err)
	w.clock.advance(week)
	second, err := w.SignIn(w.ctx, byName("ann"))
	require.NoError(t, err)
	require.Equal(t, first.Token, second.Token)
	require.NotEqual(t, first.Session.Key, second.Session.Key)
}

func TestConcurrentLoginsGiveOneTokenAndManySessions(t *testing.T) {
	w := newWorld(t, nil)
	w.add(t, "ann", "")
	var mu sync.Mutex
	var wait sync.WaitGroup
	tokens, keys := map[string]bool{}, map[string]bool{}
	for range 20 {
		wait.Go(func() {
			grant, err := w.SignIn(w.ctx, byName("ann"))
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				tokens[grant.Token.Key.Reveal()], keys[grant.Session.Key.Reveal()] = true, true
			}
		})
	}
	wait.Wait()
	require.Len(t, tokens, 1)
	require.Len(t, keys, 20)
}

func TestALoginIsAllOrNothing(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "")
	cookie := w.save(t, sessions.WebSession{Key: secret.New("before")})
	w.events.fail = errors.New("disk full")
	in := byName("ann")
	in.SessionKey = cookie
	_, err := w.SignIn(w.ctx, in)
	require.ErrorIs(t, err, w.events.fail)
	require.Zero(t, w.stored(t, ann).LastLogin())
	_, err = w.sessions.ByKey(w.ctx, cookie, start)
	require.NoError(t, err, "the session from before is still there")
	token, err := w.tokens.Issue(w.ctx, sessions.APIToken{Key: secret.New("fresh"), Account: ann.ID()})
	require.NoError(t, err)
	require.Equal(t, "fresh", token.Key.Reveal())
}
