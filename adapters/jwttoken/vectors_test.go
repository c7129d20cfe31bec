package jwttoken

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

type vectorClaims struct {
	Kind    string `json:"token_type"`
	Expires int64  `json:"exp"`
	Issued  int64  `json:"iat"`
	ID      string `json:"jti"`
	User    string `json:"user_id"`
}

func (v vectorClaims) claims() sessions.Claims {
	return sessions.Claims{
		Kind: sessions.TokenKind(v.Kind), ID: v.ID, Rest: map[string]any{"user_id": v.User},
		IssuedAt: time.Unix(v.Issued, 0).UTC(), Expires: time.Unix(v.Expires, 0).UTC(),
	}
}

func TestTokensAreThoseOfSimplejwt(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var vectors struct {
		Key  string `json:"SECRET_KEY"`
		JWTs []struct {
			Time          int64        `json:"time"`
			RefreshClaims vectorClaims `json:"refresh_claims"`
			Refresh       string       `json:"refresh"`
			AccessClaims  vectorClaims `json:"access_claims"`
			Access        string       `json:"access"`
		} `json:"jwt"`
	}
	require.NoError(t, json.Unmarshal(text, &vectors))
	require.Len(t, vectors.JWTs, 5)
	tokens := tokensOf(sharedKeyOf(t, "HS256", vectors.Key), Options{})
	same := func(at int64, claims sessions.Claims, token string) {
		signed, err := tokens.Sign(claims)
		require.NoError(t, err)
		require.Equal(t, token, signed.Reveal())
		read, err := tokens.Verify(secret.New(token), time.Unix(at, 0))
		require.NoError(t, err)
		require.Equal(t, claims, read)
	}
	for _, v := range vectors.JWTs {
		same(v.Time, v.RefreshClaims.claims(), v.Refresh)
		same(v.Time, v.AccessClaims.claims(), v.Access)
	}
}

// The example of RFC 7515, appendix A.1, has line breaks in its JSON and the
// members in another order; its end has long passed.
func TestTheTokenOfRFC7515IsRead(t *testing.T) {
	const key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
	const token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	tokens := tokensOf(sharedKeyOf(t, "HS256", decoded(t, key)), Options{})
	_, err := tokens.Verify(secret.New(token), now)
	require.ErrorIs(t, err, sessions.ErrJWTExpired)
	_, err = tokens.Verify(secret.New(token), time.Unix(1300819379, 0))
	require.ErrorIs(t, err, sessions.ErrJWTNoID)
}
