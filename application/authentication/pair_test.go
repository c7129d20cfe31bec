package authentication_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

func TestALoginGivesAPairOfTokensAndNoAPIToken(t *testing.T) {
	w := newWorld(t, jwt())
	w.add(t, "ann", "ann@example.com")
	w.clock.advance(400 * time.Millisecond)
	grant, err := w.SignIn(w.ctx, byName("ann"))
	require.NoError(t, err)
	require.Zero(t, grant.Token)
	require.Nil(t, grant.Session)

	refresh, access := w.says(t, grant.Pair.Refresh), w.says(t, grant.Pair.Access)
	require.Equal(t, sessions.KindRefresh, refresh.Kind)
	require.Equal(t, sessions.KindAccess, access.Kind)
	require.Regexp(t, "^[0-9a-f]{32}$", refresh.ID)
	require.Regexp(t, "^[0-9a-f]{32}$", access.ID)
	require.NotEqual(t, refresh.ID, access.ID)
	require.Equal(t, start, refresh.IssuedAt, "whole seconds")
	require.Equal(t, start, access.IssuedAt)
	require.Equal(t, start.Add(refreshLife), refresh.Expires)
	require.Equal(t, start.Add(accessLife), access.Expires)
	require.Equal(t, map[string]any{"user_id": "1"}, refresh.Rest, "and nothing else")
	require.Equal(t, refresh.Rest, access.Rest)
	require.Equal(t, w.clock.Now().Add(accessLife), grant.Pair.AccessExpires)
	require.Equal(t, w.clock.Now().Add(refreshLife), grant.Pair.RefreshExpires)
	require.Equal(t, []ports.Event{{Name: ports.EventSignedIn, Account: 1, At: w.clock.Now()}}, w.events.all)
}

func TestALoginMayBeginASessionBesideThePair(t *testing.T) {
	w := newWorld(t, func(o *authentication.Options) {
		jwt()(o)
		o.Sessions = true
	})
	w.add(t, "ann", "ann@example.com")
	grant, err := w.SignIn(w.ctx, byName("ann"))
	require.NoError(t, err)
	require.NotNil(t, grant.Session)
	require.False(t, grant.Pair.Access.Empty())
}

func TestWithoutJWTALoginGivesNoPairAndAsksNoContributor(t *testing.T) {
	w := newWorld(t, nil)
	asked := 0
	w.Claims = []ports.ClaimsContributor{claimsAdder{asked: &asked}}
	w.add(t, "ann", "ann@example.com")
	require.Zero(t, w.login(t, "ann"))
	require.Zero(t, asked)
}

func TestRefreshTokensAreRecordedWhereThereIsABlacklist(t *testing.T) {
	for _, blacklist := range []bool{true, false} {
		w := newWorld(t, jwt(func(j *authentication.JWT) { j.Blacklist = blacklist }))
		ann := w.add(t, "ann", "ann@example.com")
		pair := w.login(t, "ann")
		require.False(t, w.revoked(t, pair.Refresh))
		require.NoError(t, w.refreshes.RevokeAll(w.ctx, ann.ID(), "", start))
		require.Equal(t, blacklist, w.revoked(t, pair.Refresh), "RevokeAll knows recorded tokens only")
		require.False(t, w.revoked(t, pair.Access), "access tokens are not recorded")
	}
}

func TestWhatStandsForTheAccountInATokenAndFindsItAgain(t *testing.T) {
	for field, want := range map[authentication.AccountField]string{
		authentication.FieldID: "1", authentication.FieldUsername: "Ann", authentication.FieldEmail: "Ann@example.com",
	} {
		t.Run(string(field), func(t *testing.T) {
			w := newWorld(t, jwt(knownBy(field), func(j *authentication.JWT) { j.AccountClaim = "sub" }))
			ann := w.add(t, "Ann", "Ann@example.com")
			pair := w.login(t, "Ann")
			require.Equal(t, map[string]any{"sub": want}, w.says(t, pair.Access).Rest)
			caller, err := w.ByAccessToken(w.ctx, pair.Access)
			require.NoError(t, err)
			require.Equal(t, ann.ID(), caller.ID())
			require.Nil(t, caller.Session)
			require.Empty(t, caller.Family)
			w.refresh(t, pair.Refresh)
		})
	}
}

func TestTokensCarryThePasswordClaimOnlyWhereItIsChecked(t *testing.T) {
	w := newWorld(t, jwt(checkPassword, func(j *authentication.JWT) { j.PasswordClaim = "stamp" }))
	ann := w.add(t, "ann", "ann@example.com")
	want := sessions.PasswordClaim(ann.PasswordHash())
	pair := w.login(t, "ann")
	require.Equal(t, map[string]any{"user_id": "1", "stamp": want}, w.says(t, pair.Refresh).Rest)
	require.Equal(t, want, w.says(t, pair.Access).Rest["stamp"])
}

func TestContributorsAddClaimsToBothTokensAndReplaceNone(t *testing.T) {
	w := newWorld(t, jwt(inFamilies, checkPassword))
	reserved := map[string]any{"role": "admin"}
	for _, name := range []string{"token_type", "exp", "iat", "jti", "nbf", "iss", "aud", "sub", "sid", "user_id", "hash_password"} {
		reserved[name] = "mallory"
	}
	w.Claims = []ports.ClaimsContributor{claimsAdder{name: "a", added: reserved}, claimsAdder{name: "b", added: map[string]any{"team": "blue"}}}
	ann := w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	for _, token := range []secret.String{pair.Refresh, pair.Access} {
		claims := w.says(t, token)
		require.Regexp(t, "^[0-9a-f]{32}$", claims.Family())
		require.Equal(t, map[string]any{
			"role": "admin", "team": "blue", "user_id": "1", "sid": claims.Family(),
			"hash_password": sessions.PasswordClaim(ann.PasswordHash()),
		}, claims.Rest)
		require.NotEqual(t, "mallory", claims.ID)
	}
	require.Len(t, reserved, 12, "the contributor's own map is left alone")
}

func TestAContributorCannotNameAFamilyWhereThereAreNone(t *testing.T) {
	w := newWorld(t, jwt())
	w.Claims = []ports.ClaimsContributor{claimsAdder{added: map[string]any{"sid": "mallory"}}}
	w.add(t, "ann", "ann@example.com")
	require.Empty(t, w.says(t, w.login(t, "ann").Access).Family())
}

func TestAContributorIsAskedOnceALoginAndNotAtARefresh(t *testing.T) {
	w := newWorld(t, jwt(rotating))
	asked := 0
	w.Claims = []ports.ClaimsContributor{claimsAdder{added: map[string]any{"count": 9007199254740993}, asked: &asked}}
	w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	refreshed := w.refresh(t, pair.Refresh)
	require.Equal(t, 1, asked)
	require.Equal(t, w.says(t, pair.Refresh).Rest, w.says(t, refreshed.Refresh).Rest, "a large number stays what it was")
	require.Equal(t, w.says(t, pair.Refresh).Rest, w.says(t, refreshed.Access).Rest)
}

// Whoever wants to write would wait for a contributor that asks another system.
func TestContributorsAreAskedBeforeTheTransaction(t *testing.T) {
	w := newWorld(t, jwt())
	ann := w.add(t, "ann", "ann@example.com")
	w.Claims = []ports.ClaimsContributor{claimsAdder{while: func() {
		w.set(t, ann, func(s *accounts.Snapshot) { s.FirstName = "Ann" })
	}}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = w.SignIn(w.ctx, byName("ann"))
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("the contributor was asked while a transaction held the storage")
	}
}

func TestALoginThatFailsLeavesNothing(t *testing.T) {
	tests := map[string]func(*world){
		"contributor": func(w *world) { w.Claims = []ports.ClaimsContributor{claimsAdder{err: errDown}} },
		"events":      func(w *world) { w.events.fail = errDown },
	}
	for name, breakIt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jwt(inFamilies, blacklisting))
			w.add(t, "ann", "ann@example.com")
			random := &remembered{Random: w.Random}
			w.Random = random
			breakIt(w)
			grant, err := w.SignIn(w.ctx, byName("ann"))
			require.ErrorIs(t, err, errDown)
			require.Zero(t, grant.Pair)
			for _, id := range random.texts {
				_, err := w.families.ByID(w.ctx, id)
				require.Equal(t, sessions.ErrJWTRevoked, err)
			}
			require.Empty(t, w.events.all)
		})
	}
}

func TestClaimsThatCannotBeWrittenFailTheLogin(t *testing.T) {
	w := newWorld(t, jwt())
	w.Claims = []ports.ClaimsContributor{claimsAdder{added: map[string]any{"bad": func() {}}}}
	w.add(t, "ann", "ann@example.com")
	grant, err := w.SignIn(w.ctx, byName("ann"))
	require.Error(t, err)
	require.Zero(t, grant.Pair)
	require.Empty(t, w.events.all)
}

// Between the password check and the transaction the account may be disabled.
func TestNoTokensForAnAccountThatWasDisabledMeanwhile(t *testing.T) {
	w := newWorld(t, jwt(inFamilies))
	ann := w.add(t, "ann", "ann@example.com")
	w.Transactor = before{w.Transactor, func() { w.disable(t, ann) }}
	grant, err := w.SignIn(w.ctx, byName("ann"))
	require.Equal(t, authentication.ErrCredentialsWrong, err)
	require.Zero(t, grant)
}

// remembered keeps every text that was drawn.
type remembered struct {
	ports.Random
	texts []string
}

func (r *remembered) Text(n int, alphabet string) string {
	text := r.Random.Text(n, alphabet)
	r.texts = append(r.texts, text)
	return text
}
