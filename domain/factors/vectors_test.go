package factors_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/factors"
	"latchkey/domain/secret"
)

// vectors were made by dj_rest_auth.mfa.
type vectors struct {
	TOTP []struct {
		Secret         string
		Digits, Period int
		Time           int64
		Code           string
	} `json:"totp"`
	URLs []struct {
		Secret, Email, Username, Issuer string
		Digits, Period                  int
		URL                             string
	} `json:"totp_url"`
	Recovery []struct {
		Seed  string
		Codes []string
	} `json:"recovery_codes"`
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors-mfa.json")
	require.NoError(t, err)
	var all vectors
	require.NoError(t, json.Unmarshal(text, &all))
	require.NotEmpty(t, all.TOTP)
	require.NotEmpty(t, all.URLs)
	require.NotEmpty(t, all.Recovery)
	return all
}

func TestCodesAreThoseOfUpstream(t *testing.T) {
	for _, v := range readVectors(t).TOTP {
		rules := factors.Rules{Digits: v.Digits, Period: time.Duration(v.Period) * time.Second}
		require.Equal(t, v.Code, rules.Code(secret.New(v.Secret), time.Unix(v.Time, 0)))
	}
}

func TestURLsAreThoseOfUpstream(t *testing.T) {
	for _, v := range readVectors(t).URLs {
		rules := factors.Rules{Digits: v.Digits, Period: time.Duration(v.Period) * time.Second}
		account := accounts.Restore(accounts.Snapshot{Username: accounts.Username(v.Username), Email: accounts.Email(v.Email)})
		require.Equal(t, v.URL, rules.URL(v.Issuer, account, secret.New(v.Secret)).Reveal())
	}
}

func TestSeededRecoveryCodesAreThoseOfUpstream(t *testing.T) {
	for _, v := range readVectors(t).Recovery {
		seeded := factors.SeededRecovery(secret.New(v.Seed), noon)
		require.Equal(t, v.Codes, seeded.Unused(factors.Rules{Codes: len(v.Codes)}))
	}
}
