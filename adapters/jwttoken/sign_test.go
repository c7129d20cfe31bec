package jwttoken

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// parts returns header and payload of what tokens makes of the claims.
func parts(t *testing.T, tokens *Tokens, claims sessions.Claims) (header, payload string) {
	t.Helper()
	token, err := tokens.Sign(claims)
	require.NoError(t, err)
	split := strings.Split(token.Reveal(), ".")
	require.Len(t, split, 3)
	return decoded(t, split[0]), decoded(t, split[1])
}

func TestSignWritesTheClaimsInOrder(t *testing.T) {
	const start = `{"token_type":"access","exp":1795522100,"iat":1795521800,"jti":"` + someID + `",`
	at := time.Unix(1795521800, 0).UTC()
	rest := map[string]any{"zeta": 1, "user_id": "7", "alpha": nil, "aud": "theirs", "iss": "theirs", "uid": "8"}
	for name, c := range map[string]struct {
		options Options
		want    string
	}{
		"nothing configured": {Options{}, `"user_id":"7","alpha":null,"aud":"theirs","iss":"theirs","uid":"8","zeta":1}`},
		"issuer":             {Options{Issuer: "us"}, `"user_id":"7","alpha":null,"aud":"theirs","uid":"8","zeta":1,"iss":"us"}`},
		"one audience":       {Options{Audience: []string{"a"}}, `"user_id":"7","alpha":null,"iss":"theirs","uid":"8","zeta":1,"aud":"a"}`},
		"several, issuer":    {Options{Issuer: "us", Audience: []string{"a", "b"}}, `"user_id":"7","alpha":null,"uid":"8","zeta":1,"aud":["a","b"],"iss":"us"}`},
		"another claim":      {Options{AccountClaim: "uid"}, `"uid":"8","alpha":null,"aud":"theirs","iss":"theirs","user_id":"7","zeta":1}`},
		"a claim not there":  {Options{AccountClaim: "nobody"}, `"alpha":null,"aud":"theirs","iss":"theirs","uid":"8","user_id":"7","zeta":1}`},
	} {
		t.Run(name, func(t *testing.T) {
			claims := sessions.Claims{Kind: sessions.KindAccess, ID: someID, IssuedAt: at, Expires: at.Add(5 * time.Minute), Rest: rest}
			header, payload := parts(t, someTokens(t, c.options), claims)
			require.Equal(t, plainHeader, header)
			require.Equal(t, start+c.want, payload)
		})
	}
}

// Claims come from extensions too. None of them may say who it is for longer
// than the token may live, or stand in the token twice.
func TestNoOtherClaimReplacesOurs(t *testing.T) {
	claims := someClaims()
	claims.Rest = map[string]any{"exp": 1, "iat": 2, "jti": "x", "token_type": "refresh", "user_id": "1"}
	_, payload := parts(t, someTokens(t, Options{}), claims)
	for _, name := range []string{"exp", "iat", "jti", "token_type"} {
		require.Equal(t, 1, strings.Count(payload, `"`+name+`":`), name)
	}
	token, err := someTokens(t, Options{}).Sign(claims)
	require.NoError(t, err)
	read, err := someTokens(t, Options{}).Verify(token, now)
	require.NoError(t, err)
	require.Equal(t, someClaims(), read)
}

func TestSignRefusesWhatNobodyCouldRead(t *testing.T) {
	for name, change := range map[string]func(*sessions.Claims){
		"no kind":                     func(c *sessions.Claims) { c.Kind = "" },
		"no id":                       func(c *sessions.Claims) { c.ID = "" },
		"no end":                      func(c *sessions.Claims) { c.Expires = time.Time{} },
		"a claim that JSON lacks":     func(c *sessions.Claims) { c.Rest["f"] = func() {} },
		"more than fits in a header":  func(c *sessions.Claims) { c.Rest["long"] = strings.Repeat("x", largestToken) },
		"just more than we take back": func(c *sessions.Claims) { c.Rest["long"] = strings.Repeat("x", 6000) },
	} {
		t.Run(name, func(t *testing.T) {
			claims := someClaims()
			change(&claims)
			_, err := someTokens(t, Options{}).Sign(claims)
			require.Error(t, err)
		})
	}
}

func TestATokenWithoutIssueTimeKeepsItThatWay(t *testing.T) {
	claims := someClaims()
	claims.IssuedAt = time.Time{}
	_, payload := parts(t, someTokens(t, Options{}), claims)
	require.NotContains(t, payload, `"iat"`)
}

func TestTimesAreWholeSeconds(t *testing.T) {
	claims := someClaims()
	claims.Expires = claims.Expires.Add(999 * time.Millisecond)
	_, payload := parts(t, someTokens(t, Options{}), claims)
	require.Equal(t, payload, func() string { _, p := parts(t, someTokens(t, Options{}), someClaims()); return p }())
}

// An access token is made of the claims of a refresh token: what was copied must
// be what it was, or a number becomes another account's.
func TestCopiedClaimsStayTheSame(t *testing.T) {
	tokens := someTokens(t, Options{})
	for _, value := range []string{
		`9007199254740993`, `1e400`, `-0`, `1.10`, `99999999999999999999999`, `null`, `true`, `"<&>"`, `"é\u0000"`,
		`[1,[2,{"a":3}]]`, `{"b":1,"a":{"c":1e21}}`, `""`,
	} {
		first := minted(someSecret, plainHeader, stating(map[string]string{"copied": value}))
		read, err := tokens.Verify(secret.New(first), now)
		require.NoError(t, err, value)
		signed, err := tokens.Sign(read.Access(someID, now, time.Minute))
		require.NoError(t, err, value)
		again, err := tokens.Verify(signed, now)
		require.NoError(t, err, value)
		require.Equal(t, read.Rest, again.Rest, value)
		var written map[string]json.RawMessage
		require.NoError(t, json.Unmarshal([]byte(decoded(t, strings.Split(signed.Reveal(), ".")[1])), &written))
		require.JSONEq(t, `[`+strings.ReplaceAll(value, "1e400", "0")+`]`, `[`+strings.ReplaceAll(string(written["copied"]), "1e400", "0")+`]`)
		if value[0] != '{' && value[0] != '"' {
			require.Equal(t, value, string(written["copied"]))
		}
	}
}

func TestEveryAlgorithmSignsWhatItVerifies(t *testing.T) {
	require.Len(t, Algorithms(), 13)
	for _, name := range Algorithms() {
		t.Run(name, func(t *testing.T) {
			tokens := tokensOf(someKey(t, name), Options{})
			header, _ := parts(t, tokens, someClaims())
			require.Equal(t, `{"alg":"`+name+`","typ":"JWT"}`, header)
			token, err := tokens.Sign(someClaims())
			require.NoError(t, err)
			read, err := tokens.Verify(token, now)
			require.NoError(t, err)
			require.Equal(t, someClaims(), read)
			for _, other := range Algorithms() {
				if other != name {
					_, err := tokensOf(someKey(t, other), Options{}).Verify(token, now)
					require.ErrorIs(t, err, sessions.ErrJWTInvalid, other)
				}
			}
		})
	}
}
