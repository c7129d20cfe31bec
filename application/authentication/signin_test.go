package authentication_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

var byBoth = func(o *authentication.Options) { o.ByEmail = true }

var byEmail = func(o *authentication.Options) { o.ByEmail, o.ByUsername = true, false }

var plain = func(o *authentication.Options) { o.Plain = true }

func TestSignInGivesATokenAndASession(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "ann@example.com")
	grant, err := w.SignIn(w.ctx, byName("ann"))
	require.NoError(t, err)
	require.Equal(t, ann.ID(), grant.Account.ID())
	require.Regexp(t, "^[0-9a-f]{40}$", grant.Token.Key.Reveal())
	require.Regexp(t, "^[a-z0-9]{32}$", grant.Session.Key.Reveal())
	require.Equal(t, start.Add(week), grant.Session.Expires)
	require.Equal(t, start, w.stored(t, ann).LastLogin())
	require.Len(t, w.events.all, 1)
	require.Equal(t, "account.signed_in", w.events.all[0].Name)

	byToken, err := w.ByToken(w.ctx, grant.Token.Key)
	require.NoError(t, err)
	require.Equal(t, ann.ID(), byToken.ID())
	require.Nil(t, byToken.Session)
	bySession, err := w.BySession(w.ctx, grant.Session.Key)
	require.NoError(t, err)
	require.Equal(t, ann.ID(), bySession.ID())
	require.Equal(t, grant.Session.Key, bySession.Session.Key)
}

func TestWhatALoginGivesIsASetting(t *testing.T) {
	w := newWorld(t, func(o *authentication.Options) { o.Sessions = false })
	ann := w.add(t, "ann", "")
	grant, err := w.SignIn(w.ctx, byName("ann"))
	require.NoError(t, err)
	require.Nil(t, grant.Session)
	require.False(t, grant.Token.Key.Empty())
	require.Zero(t, w.stored(t, ann).LastLogin(), "only a session is a login to Django")

	w = newWorld(t, func(o *authentication.Options) { o.Tokens = false })
	w.add(t, "ann", "")
	grant, err = w.SignIn(w.ctx, byName("ann"))
	require.NoError(t, err)
	require.NotNil(t, grant.Session)
	require.True(t, grant.Token.Key.Empty())
}

func TestWhatIsMissingIsSaidInTheWordsOfTheLoginMethods(t *testing.T) {
	tests := map[string]struct {
		change  func(*authentication.Options)
		in      authentication.SignIn
		message string
	}{
		"name":               {nil, authentication.SignIn{Email: "ann@example.com"}, `Must include "username" and "password".`},
		"address":            {byEmail, authentication.SignIn{Username: "ann"}, `Must include "email" and "password".`},
		"either":             {byBoth, authentication.SignIn{}, `Must include either "username" or "email" and "password".`},
		"plain says nothing": {plain, authentication.SignIn{}, "Unable to log in with provided credentials."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.change)
			_, err := w.SignIn(w.ctx, test.in)
			require.Equal(t, fault.Invalid, fault.KindOf(err))
			require.EqualError(t, err, test.message)
		})
	}
}

// Not by its words, its kind or the work behind it may the answer tell who has an account.
func TestUnknownWrongAndInactiveAreToldApartByNothing(t *testing.T) {
	modes := map[string]func(*authentication.Options){"username": nil, "email": byEmail, "both": byBoth, "plain": plain}
	for mode, change := range modes {
		t.Run(mode, func(t *testing.T) {
			w := newWorld(t, change)
			w.add(t, "ann", "ann@example.com")
			w.disable(t, w.add(t, "off", "off@example.com"))
			nopass := w.add(t, "nopass", "nopass@example.com")
			w.set(t, nopass, func(s *accounts.Snapshot) { s.PasswordHash = secret.New("!unusable") })
			for _, in := range []authentication.SignIn{
				{Username: "nobody", Email: "nobody@example.com", Password: right},
				{Username: "ann", Email: "ann@example.com", Password: wrong},
				{Username: "off", Email: "off@example.com", Password: right},
				{Username: "off", Email: "off@example.com", Password: wrong},
				{Username: "nopass", Email: "nopass@example.com", Password: right},
			} {
				_, err := w.SignIn(w.ctx, in)
				require.Equal(t, authentication.ErrCredentialsWrong, err, in.Username)
				require.Equal(t, int64(1), w.hasher.worked(), in.Username)
			}
			require.Empty(t, w.events.all)
		})
	}
}

func TestWhatNamesAnAccount(t *testing.T) {
	tests := map[string]struct {
		change          func(*authentication.Options)
		username, email string
		backend         string // empty: refused
	}{
		"name":                                    {nil, "Ann", "", sessions.BackendModel},
		"name in another case":                    {nil, "aNN", "", sessions.BackendAllauth},
		"an address beside a name is ignored":     {nil, "Ann", "bob@example.com", sessions.BackendModel},
		"an address is no name":                   {nil, "ann@example.com", "", ""},
		"address":                                 {byEmail, "", "ann@example.com", sessions.BackendAllauth},
		"address in another case":                 {byEmail, "", "ANN@Example.COM", sessions.BackendAllauth},
		"further address":                         {byEmail, "", "second@example.com", sessions.BackendAllauth},
		"a name beside an address is ignored":     {byEmail, "Bob", "ann@example.com", sessions.BackendAllauth},
		"both: name":                              {byBoth, "Ann", "", sessions.BackendModel},
		"both: address":                           {byBoth, "", "ann@example.com", sessions.BackendAllauth},
		"both: the address wins":                  {byBoth, "Bob", "ann@example.com", sessions.BackendAllauth},
		"both: the name helps no unknown one":     {byBoth, "Ann", "nobody@example.com", ""},
		"both: address in the name's place":       {byBoth, "ann@example.com", "", sessions.BackendAllauth},
		"both: a name that looks like an address": {byBoth, "carl@example.com", "", sessions.BackendModel},
		"plain: name":                             {plain, "Ann", "", sessions.BackendModel},
		"plain: not in another case":              {plain, "aNN", "", ""},
		"plain: address":                          {plain, "", "ANN@example.com", sessions.BackendModel},
		"plain: not a further address":            {plain, "", "second@example.com", ""},
		"plain: name beside an unknown address":   {plain, "Ann", "nobody@example.com", sessions.BackendModel},
		"plain: a shared address is nobody's":     {plain, "Ann", "shared@example.com", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.change)
			ann := w.add(t, "Ann", "ann@example.com")
			w.address(t, ann, "second@example.com", false)
			other := credentials.NewPassword("another password")
			for name, email := range map[accounts.Username]accounts.Email{"Bob": "bob@example.com", "Eve": "shared@example.com", "Eva": "shared@example.com"} {
				account := w.add(t, name, email)
				hash, err := w.hasher.inner.Hash(w.ctx, other)
				require.NoError(t, err)
				w.set(t, account, func(s *accounts.Snapshot) { s.PasswordHash = hash })
			}
			w.add(t, "carl@example.com", "")
			grant, err := w.SignIn(w.ctx, authentication.SignIn{Username: test.username, Email: test.email, Password: right})
			if test.backend == "" {
				require.Equal(t, authentication.ErrCredentialsWrong, err)
				return
			}
			require.NoError(t, err)
			require.Contains(t, []accounts.Username{"Ann", "carl@example.com"}, grant.Account.Username())
			require.Equal(t, test.backend, grant.Session.Backend)
		})
	}
}

func TestOfASharedAddressTheVerifiedOneWins(t *testing.T) {
	w := newWorld(t, byEmail)
	claimer := w.add(t, "claimer", "ann@example.com")
	w.address(t, claimer, "ann@example.com", false)
	ann := w.add(t, "ann", "ann@example.com")
	w.address(t, ann, "ann@example.com", true)
	grant, err := w.SignIn(w.ctx, authentication.SignIn{Email: "ann@example.com", Password: right})
	require.NoError(t, err)
	require.Equal(t, ann.ID(), grant.Account.ID(), "the claimer has the same password and the lower id")
	require.Equal(t, int64(1), w.hasher.worked())
}

func TestASharedAddressGoesToWhomThePasswordFits(t *testing.T) {
	w := newWorld(t, byEmail)
	w.set(t, w.add(t, "first", "both@example.com"), func(s *accounts.Snapshot) { s.PasswordHash = secret.New("!") })
	second := w.add(t, "second", "both@example.com")
	grant, err := w.SignIn(w.ctx, authentication.SignIn{Email: "both@example.com", Password: right})
	require.NoError(t, err)
	require.Equal(t, second.ID(), grant.Account.ID())
}

func TestOneLoginComputesAtMostFourHashes(t *testing.T) {
	w := newWorld(t, byEmail)
	for _, letter := range "abcdefghijklmnopqrstuvwxyz" {
		w.add(t, accounts.Username(letter), "many@example.com")
	}
	_, err := w.SignIn(w.ctx, authentication.SignIn{Email: "many@example.com", Password: wrong})
	require.Equal(t, authentication.ErrCredentialsWrong, err)
	require.Equal(t, int64(4), w.hasher.worked())
}

func TestAnAccountWhoseNameIsItsAddressIsTriedOnce(t *testing.T) {
	w := newWorld(t, byBoth)
	w.add(t, "ann@example.com", "ann@example.com")
	_, err := w.SignIn(w.ctx, authentication.SignIn{Username: "ann@example.com", Password: wrong})
	require.Equal(t, authentication.ErrCredentialsWrong, err)
	require.Equal(t, int64(1), w.hasher.worked(), "two would tell that the account exists")
}

func TestALoginMakesAnOutdatedHashAnew(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "")
	w.hasher.inner = newHasher(t, "pbkdf2_sha256:2").inner
	grant, err := w.SignIn(w.ctx, byName("ann"))
	require.NoError(t, err)
	require.Contains(t, w.stored(t, ann).PasswordHash().Reveal(), "pbkdf2_sha256$2$")
	_, err = w.BySession(w.ctx, grant.Session.Key)
	require.NoError(t, err, "the session is bound to the new hash")
	_, err = w.SignIn(w.ctx, byName("ann"))
	require.NoError(t, err)
}

func TestAWrongPasswordMakesNoHashAnew(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "")
	w.hasher.inner = newHasher(t, "pbkdf2_sha256:2").inner
	_, err := w.SignIn(w.ctx, authentication.SignIn{Username: "ann", Password: wrong})
	require.Equal(t, authentication.ErrCredentialsWrong, err)
	require.Equal(t, ann.PasswordHash(), w.stored(t, ann).PasswordHash())
}

func TestMakingAHashAnewDoesNotUndoAChangedPassword(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "")
	w.hasher.inner = newHasher(t, "pbkdf2_sha256:2").inner
	w.hasher.after = func() {
		w.set(t, ann, func(s *accounts.Snapshot) { s.PasswordHash = secret.New("the new one") })
	}
	_, err := w.SignIn(w.ctx, byName("ann"))
	require.Equal(t, authentication.ErrCredentialsWrong, err)
	require.Equal(t, "the new one", w.stored(t, ann).PasswordHash().Reveal())
}

func TestAFailureIsNotTakenForAWrongPassword(t *testing.T) {
	broken := errors.New("no memory")
	for _, name := range []string{"ann", "nobody"} {
		w := newWorld(t, nil)
		w.add(t, "ann", "")
		w.hasher.err = broken
		_, err := w.SignIn(w.ctx, byName(name))
		require.ErrorIs(t, err, broken)
	}
	for name, change := range map[string]func(*authentication.Options){"name": nil, "address": byEmail, "both": byBoth, "plain": plain} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, change)
			ctx, cancel := context.WithCancel(w.ctx)
			cancel()
			_, err := w.SignIn(ctx, authentication.SignIn{Username: "a@example.com", Password: right})
			if name == "address" {
				_, err = w.SignIn(ctx, authentication.SignIn{Email: "a@example.com", Password: right})
			}
			require.ErrorIs(t, err, context.Canceled)
		})
	}
}
