package sessions

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/fault"
	"latchkey/domain/secret"
)

var moment = time.Date(2026, time.March, 4, 5, 6, 7, 890123000, time.UTC)

func TestDerivedClaimsKeepTheRestAndNothingElse(t *testing.T) {
	refresh := Claims{Kind: KindRefresh, ID: "old", IssuedAt: moment.Add(-time.Hour), Expires: moment.Add(time.Hour),
		Rest: map[string]any{"user_id": "7", "team": "blue"}}
	for kind, made := range map[TokenKind]Claims{
		KindAccess:  refresh.Access("new", moment, 5*time.Minute),
		KindRefresh: refresh.Successor("new", moment, 5*time.Minute),
	} {
		whole := moment.Truncate(time.Second)
		require.Equal(t, Claims{Kind: kind, ID: "new", IssuedAt: whole, Expires: whole.Add(5 * time.Minute), Rest: refresh.Rest}, made)
		made.Rest["team"] = "red"
		require.Equal(t, "blue", refresh.Rest["team"], "each token has claims of its own")
	}
}

// A refresh token that is taken for an access token would be good for days, and
// an access token that is taken for a refresh token would never end.
func TestATokenIsOfOneKind(t *testing.T) {
	for _, c := range []struct {
		is, must TokenKind
		want     error
	}{
		{KindAccess, KindAccess, nil},
		{KindRefresh, KindRefresh, nil},
		{KindAccess, KindRefresh, ErrJWTWrongType},
		{KindRefresh, KindAccess, ErrJWTWrongType},
		{"Access", KindAccess, ErrJWTWrongType},
		{"sliding", KindAccess, ErrJWTWrongType},
		{"", KindAccess, ErrJWTNoType},
		{"", KindRefresh, ErrJWTNoType},
	} {
		require.ErrorIs(t, Claims{Kind: c.is}.Must(c.must), c.want, "%q for %q", c.is, c.must)
	}
}

func TestEveryRefusalOfATokenIsUnauthenticated(t *testing.T) {
	refusals := []error{ErrJWTInvalid, ErrJWTExpired, ErrJWTNoExpiry, ErrJWTNoID, ErrJWTNoType, ErrJWTWrongType,
		ErrJWTRevoked, ErrJWTMissing, ErrJWTNoAccount, ErrAccountNotFound, ErrAccountInactive, ErrPasswordChanged, ErrNoActiveAccount}
	for i, refusal := range refusals {
		require.Equal(t, fault.Unauthenticated, fault.KindOf(refusal))
		for _, other := range refusals[i+1:] {
			require.NotErrorIs(t, refusal, other)
		}
	}
}

func TestTheFamilyOfAToken(t *testing.T) {
	require.Empty(t, Claims{}.Family())
	for _, forged := range []any{7, nil, []string{"f"}, map[string]any{}} {
		require.Empty(t, Claims{Rest: map[string]any{FamilyClaim: forged}}.Family(), "%v", forged)
	}
	require.Equal(t, "f", Claims{}.In("f").Family())
	before := Claims{ID: "i", Rest: map[string]any{"user_id": "7"}}
	after := before.In("f")
	require.Equal(t, Claims{ID: "i", Rest: map[string]any{"user_id": "7", FamilyClaim: "f"}}, after)
	require.Equal(t, map[string]any{"user_id": "7"}, before.Rest, "the claims that were are untouched")
	require.Equal(t, "f", after.Successor("j", moment, time.Hour).Family())
	require.Equal(t, "f", after.Access("j", moment, time.Hour).Family())
}

func TestALinkRestoresItsToken(t *testing.T) {
	first := Claims{Rest: map[string]any{"user_id": "7"}}.Successor("first", moment, time.Hour)
	second := first.Successor("second", moment.Add(time.Minute), time.Hour)
	require.Equal(t, Link{ID: "first", IssuedAt: first.IssuedAt, Expires: first.Expires}, first.Link())
	require.Equal(t, first, second.At(first.Link()))
}

// The value that simplejwt's get_md5_hash_password returns for the same hash.
func TestThePasswordClaimIsSimplejwts(t *testing.T) {
	require.Equal(t, "5F4DCC3B5AA765D61D8327DEB882CF99", PasswordClaim(secret.New("password")))
	require.NotEqual(t, PasswordClaim(secret.New("a")), PasswordClaim(secret.New("b")))
}
