package authentication_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

func TestAnAccountIsFoundByItsIDHoweverItIsWritten(t *testing.T) {
	tests := map[string]struct {
		named any
		found bool
	}{
		"text":                  {"1", true},
		"number":                {1, true},
		"text with blanks":      {" 1 ", true},
		"unknown":               {"404", false},
		"zero":                  {"0", false},
		"negative":              {"-1", false},
		"empty":                 {"", false},
		"not a number":          {"ann", false},
		"a fraction":            {json.Number("1.0"), false},
		"an exponent":           {json.Number("1e0"), false},
		"hexadecimal":           {"0x1", false},
		"digits of other lands": {"１", false},
		"huge text":             {"99999999999999999999999999999999", false},
		"huge number":           {json.Number("1e400"), false},
		"true":                  {true, false},
		"null":                  {nil, false},
		"list":                  {[]any{"1"}, false},
		"empty list":            {[]any{}, false},
		"object":                {map[string]any{"id": "1"}, false},
		"NUL":                   {"1\x00", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jwt())
			ann := w.add(t, "ann", "ann@example.com")
			caller, err := w.ByAccessToken(w.ctx, w.sign(t, w.foreign(sessions.KindAccess, map[string]any{"user_id": test.named})))
			if test.found {
				require.NoError(t, err)
				require.Equal(t, ann.ID(), caller.ID())
				return
			}
			require.Equal(t, sessions.ErrAccountNotFound, err)
			require.Zero(t, caller)
			refresh := w.sign(t, w.foreign(sessions.KindRefresh, map[string]any{"user_id": test.named}))
			if test.named == nil {
				return // a refresh for nobody has a test of its own
			}
			w.refuses(t, refresh, sessions.ErrNoActiveAccount)
		})
	}
}

func TestAnAccountIsFoundByItsNameOrAddressOnlyIfThatIsClear(t *testing.T) {
	tests := map[string]struct {
		field authentication.AccountField
		named any
		want  accounts.Username
	}{
		"name":                          {authentication.FieldUsername, "ann", "ann"},
		"name in another case":          {authentication.FieldUsername, "ANN", ""},
		"unknown name":                  {authentication.FieldUsername, "nobody", ""},
		"a name that is a number":       {authentication.FieldUsername, json.Number("2026"), "2026"},
		"empty name":                    {authentication.FieldUsername, "", ""},
		"address":                       {authentication.FieldEmail, "ann@example.com", "ann"},
		"unknown address":               {authentication.FieldEmail, "nobody@example.com", ""},
		"address of two accounts":       {authentication.FieldEmail, "shared@example.com", ""},
		"address that is merely listed": {authentication.FieldEmail, "listed@example.com", ""},
		"empty address":                 {authentication.FieldEmail, "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jwt(knownBy(test.field)))
			w.address(t, w.add(t, "ann", "ann@example.com"), "listed@example.com", true)
			w.add(t, "bob", "shared@example.com")
			w.add(t, "bab", "shared@example.com")
			w.add(t, "2026", "") // the one account without an address
			caller, err := w.ByAccessToken(w.ctx, w.sign(t, w.foreign(sessions.KindAccess, map[string]any{"user_id": test.named})))
			if test.want == "" {
				require.Equal(t, sessions.ErrAccountNotFound, err)
				require.Zero(t, caller)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, caller.Account.Username())
		})
	}
}

// Each token has everything wrong that the later ones have.
func TestWhatIsWrongWithAnAccessTokenIsToldInOrder(t *testing.T) {
	w := newWorld(t, jwt(checkPassword, checkSession))
	ann, bob, eve := w.add(t, "ann", "ann@example.com"), w.add(t, "bob", "bob@example.com"), w.add(t, "eve", "eve@example.com")
	eves := w.says(t, w.login(t, "eve").Access)
	w.disable(t, bob)
	stale := func(id accounts.ID) map[string]any {
		return map[string]any{"user_id": int(id), "hash_password": "stale"}
	}
	fresh := map[string]any{"user_id": 1, "hash_password": sessions.PasswordClaim(ann.PasswordHash())}
	foreignSession := map[string]any{"user_id": 1, "hash_password": fresh["hash_password"], "sid": eves.Family()}
	expired := w.foreign(sessions.KindRefresh, nil)
	expired.Expires = start
	noType := w.foreign(sessions.KindAccess, nil)
	tests := map[string]struct {
		token secret.String
		want  error
	}{
		"1 empty":              {secret.String{}, sessions.ErrJWTInvalid},
		"1 garbage":            {secret.New("a.b.c"), sessions.ErrJWTInvalid},
		"2 expired":            {w.sign(t, expired), sessions.ErrJWTExpired},
		"3 a refresh token":    {w.sign(t, w.foreign(sessions.KindRefresh, nil)), sessions.ErrJWTWrongType},
		"3 another kind":       {w.sign(t, w.foreign("sliding", nil)), sessions.ErrJWTWrongType},
		"4 names nobody":       {w.sign(t, noType), sessions.ErrJWTNoAccount},
		"5 unknown":            {w.sign(t, w.foreign(sessions.KindAccess, stale(404))), sessions.ErrAccountNotFound},
		"6 inactive":           {w.sign(t, w.foreign(sessions.KindAccess, stale(bob.ID()))), sessions.ErrAccountInactive},
		"7 password":           {w.sign(t, w.foreign(sessions.KindAccess, stale(ann.ID()))), sessions.ErrPasswordChanged},
		"7 no password claim":  {w.sign(t, w.foreign(sessions.KindAccess, map[string]any{"user_id": 1})), sessions.ErrPasswordChanged},
		"7 password no text":   {w.sign(t, w.foreign(sessions.KindAccess, map[string]any{"user_id": 1, "hash_password": 1})), sessions.ErrPasswordChanged},
		"8 no session":         {w.sign(t, w.foreign(sessions.KindAccess, fresh)), sessions.ErrSessionEnded},
		"8 somebody's session": {w.sign(t, w.foreign(sessions.KindAccess, foreignSession)), sessions.ErrSessionEnded},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			caller, err := w.ByAccessToken(w.ctx, test.token)
			require.Equal(t, test.want, err)
			require.Zero(t, caller)
		})
	}
	w.Service.JWTs = untyped{w.jwts}
	_, err := w.ByAccessToken(w.ctx, w.sign(t, noType))
	require.Equal(t, sessions.ErrJWTNoType, err)
	require.Equal(t, eve.ID(), w.family(t, w.login(t, "eve")).Account)
}

// untyped verifies tokens of a program that writes no token_type.
type untyped struct{ ports.JWTs }

func (u untyped) Verify(token secret.String, now time.Time) (sessions.Claims, error) {
	claims, err := u.JWTs.Verify(token, now)
	claims.Kind = ""
	return claims, err
}

func TestAnAccessTokenIsGoodUntilItEnds(t *testing.T) {
	w := newWorld(t, jwt())
	w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	w.clock.advance(accessLife - time.Second)
	_, err := w.ByAccessToken(w.ctx, pair.Access)
	require.NoError(t, err)
	w.clock.advance(time.Second)
	_, err = w.ByAccessToken(w.ctx, pair.Access)
	require.Equal(t, sessions.ErrJWTExpired, err)
}

func TestTokensOfAnAccountThatIsDisabledOrDeletedAreRefused(t *testing.T) {
	w := newWorld(t, jwt(rotating))
	ann, bob := w.add(t, "ann", "ann@example.com"), w.add(t, "bob", "bob@example.com")
	anns, bobs := w.login(t, "ann"), w.login(t, "bob")
	w.disable(t, ann)
	w.delete(t, bob)
	_, err := w.ByAccessToken(w.ctx, anns.Access)
	require.Equal(t, sessions.ErrAccountInactive, err)
	_, err = w.ByAccessToken(w.ctx, bobs.Access)
	require.Equal(t, sessions.ErrAccountNotFound, err)
	w.refuses(t, anns.Refresh, sessions.ErrNoActiveAccount)
	w.refuses(t, bobs.Refresh, sessions.ErrNoActiveAccount)
}

func TestAChangedPasswordVoidsTokensWhereItIsChecked(t *testing.T) {
	for _, check := range []bool{true, false} {
		w := newWorld(t, jwt(func(j *authentication.JWT) { j.CheckPassword = check }))
		ann := w.add(t, "ann", "ann@example.com")
		pair := w.login(t, "ann")
		w.changePassword(t, ann, "another", "")
		_, accessErr := w.ByAccessToken(w.ctx, pair.Access)
		_, refreshErr := w.Refresh(w.ctx, pair.Refresh)
		if check {
			require.Equal(t, sessions.ErrPasswordChanged, accessErr)
			require.Equal(t, sessions.ErrPasswordChanged, refreshErr)
		} else {
			require.NoError(t, accessErr)
			require.NoError(t, refreshErr)
		}
	}
}

func TestAnAccessTokenEndsWithItsSessionWhereThatIsChecked(t *testing.T) {
	w := newWorld(t, jwt(checkSession))
	w.add(t, "ann", "ann@example.com")
	pair, other := w.login(t, "ann"), w.login(t, "ann")
	caller, err := w.ByAccessToken(w.ctx, pair.Access)
	require.NoError(t, err)
	require.Equal(t, w.says(t, pair.Refresh).Family(), caller.Family)
	require.NoError(t, w.SignOut(w.ctx, authentication.SignOut{Caller: caller}))
	_, err = w.ByAccessToken(w.ctx, pair.Access)
	require.Equal(t, sessions.ErrSessionEnded, err)
	require.Equal(t, sessions.ErrSessionEnded, w.VerifyToken(w.ctx, pair.Access))
	w.refuses(t, pair.Refresh, sessions.ErrJWTRevoked)
	_, err = w.ByAccessToken(w.ctx, other.Access)
	require.NoError(t, err, "the other login goes on")
}

// Whoever takes over a name must not take over the session of its former owner.
func TestANameThatChangedHandsOpensNoSession(t *testing.T) {
	w := newWorld(t, jwt(inFamilies, checkSession, knownBy(authentication.FieldUsername)))
	ann, bob := w.add(t, "ann", "ann@example.com"), w.add(t, "bob", "bob@example.com")
	pair := w.login(t, "ann")
	w.set(t, ann, func(s *accounts.Snapshot) { s.Username = "anna" })
	w.set(t, bob, func(s *accounts.Snapshot) { s.Username = "ann" })
	_, err := w.ByAccessToken(w.ctx, pair.Access)
	require.Equal(t, sessions.ErrSessionEnded, err)
	w.refuses(t, pair.Refresh, sessions.ErrJWTRevoked)
}

func TestVerifyToken(t *testing.T) {
	w := newWorld(t, jwt(blacklisting))
	ann := w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	require.NoError(t, w.VerifyToken(w.ctx, pair.Access))
	require.NoError(t, w.VerifyToken(w.ctx, pair.Refresh))
	require.Equal(t, sessions.ErrJWTInvalid, w.VerifyToken(w.ctx, secret.New("garbage")))
	require.NoError(t, w.SignOut(w.ctx, authentication.SignOut{Refresh: &pair.Refresh}))
	require.Equal(t, authentication.ErrTokenBlacklisted, w.VerifyToken(w.ctx, pair.Refresh))
	w.disable(t, ann)
	require.NoError(t, w.VerifyToken(w.ctx, pair.Access), "nobody asks for the account")
	w.clock.advance(refreshLife)
	require.Equal(t, sessions.ErrJWTExpired, w.VerifyToken(w.ctx, pair.Refresh), "before what the blacklist says")
}

func TestWithoutABlacklistVerifyTokenKnowsOfNoVoidToken(t *testing.T) {
	w := newWorld(t, jwt())
	w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	require.NoError(t, w.refreshes.Revoke(w.ctx, pair.Refresh, w.says(t, pair.Refresh), 1, start))
	require.NoError(t, w.VerifyToken(w.ctx, pair.Refresh))
}

func TestVerifyTokenLooksAtTheSessionWhereThatIsChecked(t *testing.T) {
	w := newWorld(t, jwt(checkSession))
	ann, bob := w.add(t, "ann", "ann@example.com"), w.add(t, "bob", "bob@example.com")
	pair, bobs := w.login(t, "ann"), w.login(t, "bob")
	require.NoError(t, w.VerifyToken(w.ctx, pair.Access))
	require.NoError(t, w.VerifyToken(w.ctx, pair.Refresh))
	require.Equal(t, sessions.ErrSessionEnded, w.VerifyToken(w.ctx, w.sign(t, w.foreign(sessions.KindAccess, map[string]any{"user_id": 1}))))
	stolen := map[string]any{"user_id": 1, "sid": w.says(t, bobs.Access).Family()}
	require.Equal(t, sessions.ErrSessionEnded, w.VerifyToken(w.ctx, w.sign(t, w.foreign(sessions.KindAccess, stolen))))
	w.disable(t, ann)
	require.Equal(t, sessions.ErrAccountInactive, w.VerifyToken(w.ctx, pair.Access))
	require.Equal(t, sessions.ErrJWTNoAccount, w.VerifyToken(w.ctx, w.sign(t, w.foreign(sessions.KindAccess, nil))))
	w.delete(t, bob)
	require.Equal(t, sessions.ErrAccountNotFound, w.VerifyToken(w.ctx, bobs.Access))
}
