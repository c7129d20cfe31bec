package wire

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The vectors were made by Django 5.2 and allauth 65.

const vectorKey = "contract-only-secret-key-0123456789-abcdefghijklmnopqrstuvwxyz"

func TestResetTokensAreThoseOfDjangoAndAllauth(t *testing.T) {
	for _, test := range []struct {
		state          resetState
		seconds        int64
		plain, allauth string
	}{
		{resetState{id: 1, passwordHash: "pbkdf2_sha256$1000$s$h", email: "u1@example.com", addresses: []string{"u1@example.com"}},
			817092000, "dih480-31f983ff2ffaa93aabde1490f281449a", "dih480-cfecf3913de9cfca714de5b4ab94cd57"},
		{resetState{id: 2, passwordHash: "pbkdf2_sha256$1000000$saltsaltsaltsaltsalt12$abc=", lastLogin: "2026-11-23 01:02:03.456789",
			email: "u2@example.com", addresses: []string{"u2@example.com", "second@example.com"}},
			1, "1-6fe8cf8870fe7b25c8bff08976228dc5", "1-8f2715265d4acf94b9e270509e8438e7"},
		{resetState{id: 36, passwordHash: "pbkdf2_sha256$1$s$h", lastLogin: "2020-02-29 23:59:59",
			email: "Mixed@Example.com", addresses: []string{"mixed@example.com"}},
			820454399, "dkh6nz-073d02ef8f11ed0a45cfd21ccd3da265", "dkh6nz-98df6bdfe21c4ee9b317dd1aba87cf3f"},
		{resetState{id: 1295, passwordHash: "scrypt$16384$s$8$5$h", lastLogin: "2024-01-01T12:00:00.000001+00:00",
			email: "zoë@exämple.com", addresses: []string{"zoë@exämple.com", "a@example.com", "Z@example.com"}},
			817092000, "dih480-0f3af866930f470fc8a1501a90e15add", "dih480-ad4ade53082c942388a2090fc4edfb5d"},
		{resetState{id: 2147483647, passwordHash: "pbkdf2_sha256$1000$s$h", addresses: []string{"only-row@example.com"}},
			817189567, "dij7i7-35972402a6a8ff5b3d15aba7598a75fd", "dij7i7-96d0f91d3586493fb2fdf5f5138bae07"},
	} {
		at := resetEpoch.Add(time.Duration(test.seconds) * time.Second)
		require.Equal(t, test.plain, resetToken(test.state, vectorKey, at, true))
		require.Equal(t, test.allauth, resetToken(test.state, vectorKey, at, false))
	}
}

func TestEmailKeysAreThoseOfAllauth(t *testing.T) {
	for _, test := range []struct {
		id, seconds int64
		key         string
	}{
		{1, 1700000000, "MQ:1r31eq:KNX-s1O4Wzsx1T6D43b9WonBtURGZSV0WNmtIXOZb7c"},
		{42, 0, "NDI:0:oor2oPUo6O1i6bbov1xOu7N3uiIix0hnMI2F1fDU6-s"},
		{1000, 2000000000, "MTAwMA:2BLnMW:Ai0PC7GWIwhe_vxbgkkqSRXOWgl5dKIfdVzd8NsLP50"},
	} {
		require.Equal(t, test.key, emailKey(test.id, vectorKey, "account", time.Unix(test.seconds, 0)))
	}
}

func TestPasswordHashesHaveDjangosEncoding(t *testing.T) {
	hash, err := passwordHash("Str0ng-pass-77")
	require.NoError(t, err)
	require.Regexp(t, `^pbkdf2_sha256\$1200\$[A-Za-z0-9]{22}\$[A-Za-z0-9+/]{43}=$`, hash)
	other, err := passwordHash("Str0ng-pass-77")
	require.NoError(t, err)
	require.NotEqual(t, hash, other)
	require.Len(t, unusablePassword(), 41)
	require.True(t, strings.HasPrefix(unusablePassword(), "!"))
}

func TestMintedJWTsAreWhatTheMatcherTakes(t *testing.T) {
	now := time.Unix(1795399697, 0)
	profile := Profile{values: map[string]any{"SECRET_KEY": vectorKey}}
	c := comparison{key: vectorKey, now: now}
	mint := func(d directive) string {
		minted, err := mintJWT(d, profile, now)
		require.NoError(t, err)
		return minted
	}
	const usual = "jwt type=access life=300 alg=HS256 claims=exp,iat,jti,token_type"
	require.True(t, c.matches(usual, mint(directive{})))
	for name, d := range map[string]directive{
		"other key":   {"secret": "other"},
		"other life":  {"exp_in": jsonNumber("600")},
		"other claim": {"claims": map[string]any{"user_id": "1"}},
		"no claim":    {"omit": []any{"jti"}},
		"other hash":  {"alg": "HS512"},
		"no hash":     {"alg": "none"},
		"other type":  {"claims": map[string]any{"token_type": "refresh"}},
		"old":         {"iat_in": jsonNumber("-100"), "exp_in": jsonNumber("200")},
	} {
		require.False(t, c.matches(usual, mint(d)), name)
	}
	require.True(t, c.matches("jwt type=access life=? alg=HS256 claims=exp,iat,jti,nbf,token_type", mint(directive{"nbf_in": jsonNumber("9")})))
	require.False(t, c.matches(usual, "a.b.c"))
	require.False(t, c.matches(usual, strings.TrimSuffix(mint(directive{}), "A")+"AA"))
}

func TestJWTsOfSimplejwtAreRead(t *testing.T) {
	const access = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjoxNzk1Mzk5OTk3LCJpYXQiOjE3OTUzOTk2OTcsImp0aSI6ImZlZGNiYTk4NzY1NDMyMTBmZWRjYmE5ODc2NTQzMjEwIiwidXNlcl9pZCI6IjEifQ.XADhcN_D2rch5oD1Fzld4PTrUmBHaT-XZydDEhk1jXM"
	c := comparison{key: vectorKey, now: time.Unix(1795399697, 0)}
	require.True(t, c.matches("jwt type=access life=300 alg=HS256 claims=exp,iat,jti,token_type,user_id", access))
}
