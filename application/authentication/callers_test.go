package authentication_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

func TestByTokenRefusesUnknownKeysAndInactiveOwners(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "")
	grant, err := w.SignIn(w.ctx, byName("ann"))
	require.NoError(t, err)
	for _, key := range []string{"", "unknown", grant.Token.Key.Reveal()[1:]} {
		_, err := w.ByToken(w.ctx, secret.New(key))
		require.ErrorIs(t, err, sessions.ErrTokenUnknown)
	}
	w.disable(t, ann)
	caller, err := w.ByToken(w.ctx, grant.Token.Key)
	require.ErrorIs(t, err, sessions.ErrInactive)
	require.True(t, caller.Anonymous())
}

func TestWhoseASessionIs(t *testing.T) {
	tests := map[string]struct {
		change  func(*authentication.Options)
		session func(*sessions.WebSession)
		account func(*accounts.Snapshot)
		known   bool
	}{
		"its account's":                   {known: true},
		"of allauth's backend":            {session: func(s *sessions.WebSession) { s.Backend = sessions.BackendAllauth }, known: true},
		"plain: of the model backend":     {change: plain, known: true},
		"plain: of allauth's backend":     {change: plain, session: func(s *sessions.WebSession) { s.Backend = sessions.BackendAllauth }},
		"of an unknown backend":           {session: func(s *sessions.WebSession) { s.Backend = "example.LdapBackend" }},
		"of no backend":                   {session: func(s *sessions.WebSession) { s.Backend = "" }},
		"nobody's":                        {session: func(s *sessions.WebSession) { s.Account = 0 }},
		"of an account that was deleted":  {session: func(s *sessions.WebSession) { s.Account = 404 }},
		"of an account that was disabled": {account: func(s *accounts.Snapshot) { s.Active = false }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.change)
			ann := w.add(t, "ann", "")
			session := w.own(ann, "key")
			if test.session != nil {
				test.session(&session)
			}
			if test.account != nil {
				w.set(t, ann, test.account)
			}
			key := w.save(t, session)
			caller, err := w.BySession(w.ctx, key)
			require.NoError(t, err)
			require.Equal(t, test.known, !caller.Anonymous())
			require.Equal(t, test.known, caller.Session != nil)
			_, err = w.sessions.ByKey(w.ctx, key, start)
			require.NoError(t, err, "the row stays")
		})
	}
}

func TestAUselessCookieEndsInErrSessionEnded(t *testing.T) {
	w := newWorld(t, nil)
	own := w.own(w.add(t, "ann", ""), "key")
	own.Expires = start.Add(time.Hour)
	key := w.save(t, own)
	w.clock.advance(time.Hour)
	for _, key := range []secret.String{key, secret.New("unknown"), {}} {
		_, err := w.BySession(w.ctx, key)
		require.ErrorIs(t, err, sessions.ErrSessionEnded)
	}
}

func TestAChangedPasswordEndsTheSessionAndDeletesItsRow(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "")
	key := w.save(t, w.own(ann, "key"))
	w.set(t, ann, func(s *accounts.Snapshot) { s.PasswordHash = secret.New("another") })
	caller, err := w.BySession(w.ctx, key)
	require.ErrorIs(t, err, sessions.ErrSessionEnded)
	require.True(t, caller.Anonymous())
	w.set(t, ann, func(s *accounts.Snapshot) { s.PasswordHash = ann.PasswordHash() })
	_, err = w.BySession(w.ctx, key)
	require.ErrorIs(t, err, sessions.ErrSessionEnded, "it does not come back with the old password")
	w.gone(t, key)
}

func TestAFailureIsNotTakenForAnAnonymousCaller(t *testing.T) {
	w := newWorld(t, nil)
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	_, err := w.BySession(ctx, secret.New("key"))
	require.ErrorIs(t, err, context.Canceled)
	_, err = w.ByToken(ctx, secret.New("key"))
	require.ErrorIs(t, err, context.Canceled)
}

func TestSignOut(t *testing.T) {
	tokensOnly := func(o *authentication.Options) { o.Sessions = false }
	sessionsOnly := func(o *authentication.Options) { o.Tokens = false }
	tests := map[string]struct {
		change         func(*authentication.Options)
		caller, cookie bool
		want           error
		session, token bool // whether they live on
		events         int
	}{
		"caller with cookie":                  {nil, true, true, nil, false, false, 1},
		"caller without cookie":               {nil, true, false, nil, true, false, 1},
		"anonymous with cookie":               {nil, false, true, nil, false, true, 0},
		"anonymous without cookie":            {nil, false, false, nil, true, true, 0},
		"tokens only: caller":                 {tokensOnly, true, true, nil, true, false, 1},
		"tokens only: anonymous":              {tokensOnly, false, true, sessions.ErrNotLoggedIn, true, true, 0},
		"tokens only: anonymous, no cookie":   {tokensOnly, false, false, sessions.ErrNotLoggedIn, true, true, 0},
		"sessions only: caller":               {sessionsOnly, true, true, nil, false, false, 1},
		"sessions only: anonymous":            {sessionsOnly, false, true, nil, false, true, 0},
		"sessions only: anonymous, no cookie": {sessionsOnly, false, false, nil, true, true, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.change)
			ann := w.add(t, "ann", "")
			key := w.save(t, w.own(ann, "key"))
			token, err := w.tokens.Issue(w.ctx, sessions.APIToken{Key: secret.New("token"), Account: ann.ID()})
			require.NoError(t, err)
			var in authentication.SignOut
			if test.caller {
				in.Caller = sessions.Principal{Account: ann}
			}
			if test.cookie {
				in.SessionKey = key
			}
			require.ErrorIs(t, w.SignOut(w.ctx, in), test.want)
			_, err = w.sessions.ByKey(w.ctx, key, start)
			require.Equal(t, test.session, err == nil, "the session")
			_, err = w.tokens.Owner(w.ctx, token.Key)
			require.Equal(t, test.token, err == nil, "the token")
			require.Len(t, w.events.all, test.events)
		})
	}
}

func TestSigningOutTwiceIsNoError(t *testing.T) {
	w := newWorld(t, nil)
	in := authentication.SignOut{Caller: sessions.Principal{Account: w.add(t, "ann", "")}, SessionKey: secret.New("unknown")}
	require.NoError(t, w.SignOut(w.ctx, in))
	require.NoError(t, w.SignOut(w.ctx, in))
}

func TestSigningOutIsAllOrNothing(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "")
	grant, err := w.SignIn(w.ctx, byName("ann"))
	require.NoError(t, err)
	w.events.fail = errors.New("disk full")
	err = w.SignOut(w.ctx, authentication.SignOut{Caller: sessions.Principal{Account: ann}, SessionKey: grant.Session.Key})
	require.ErrorIs(t, err, w.events.fail)
	_, err = w.ByToken(w.ctx, grant.Token.Key)
	require.NoError(t, err)
	_, err = w.BySession(w.ctx, grant.Session.Key)
	require.NoError(t, err)
}

func TestSigningOutOneAccountLeavesTheOthers(t *testing.T) {
	w := newWorld(t, nil)
	ann, bob := w.add(t, "ann", ""), w.add(t, "bob", "")
	grant, err := w.SignIn(w.ctx, byName("bob"))
	require.NoError(t, err)
	require.NoError(t, w.SignOut(w.ctx, authentication.SignOut{Caller: sessions.Principal{Account: ann}}))
	caller, err := w.ByToken(w.ctx, grant.Token.Key)
	require.NoError(t, err)
	require.Equal(t, bob.ID(), caller.ID())
}
