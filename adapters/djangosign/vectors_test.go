package djangosign

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/secret"
)

type resetVector struct {
	PK           int64    `json:"pk"`
	Password     string   `json:"password"`
	LastLogin    *string  `json:"last_login"`
	Email        string   `json:"email"`
	Rows         []string `json:"email_rows"`
	MadeAt       string   `json:"made_at_utc"`
	Seconds      int64    `json:"seconds_since_2001"`
	DjangoValue  string   `json:"django_hash_value"`
	DjangoToken  string   `json:"django_token"`
	DjangoUID    string   `json:"django_uid"`
	AllauthValue string   `json:"allauth_hash_value"`
	AllauthToken string   `json:"allauth_token"`
	AllauthUID   string   `json:"allauth_uid"`
}

type vectors struct {
	Key    string        `json:"SECRET_KEY"`
	Resets []resetVector `json:"reset_tokens"`
	UIDs   []struct {
		PK        int64  `json:"pk"`
		Base36    string `json:"base36"`
		Base64URL string `json:"base64url"`
	} `json:"uids"`
	EmailKeys []struct {
		Address int64  `json:"email_address_id"`
		Time    int64  `json:"time"`
		Key     string `json:"key"`
	} `json:"email_keys"`
	Dumps []struct {
		Object   json.RawMessage `json:"obj"`
		Salt     string          `json:"salt"`
		Compress bool            `json:"compress"`
		Time     int64           `json:"time"`
		Result   string          `json:"result"`
	} `json:"signing_dumps"`
	Hashes []struct {
		Password string `json:"password"`
		Hash     string `json:"hash"`
	} `json:"session_auth_hash"`
	Sessions []struct {
		Session    json.RawMessage `json:"session"`
		Time       int64           `json:"time"`
		Data       string          `json:"session_data"`
		Compressed bool            `json:"compressed"`
	} `json:"sessions"`
}

func loadVectors(t testing.TB) vectors {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var v vectors
	require.NoError(t, json.Unmarshal(text, &v))
	require.Len(t, v.Resets, 6)
	require.Len(t, v.UIDs, 9)
	require.Len(t, v.EmailKeys, 5)
	require.Len(t, v.Dumps, 5)
	require.Len(t, v.Hashes, 5)
	require.Len(t, v.Sessions, 6)
	return v
}

// keysOf returns the vectors' key.
func keysOf(t testing.TB, v vectors) Keys {
	t.Helper()
	return someKeys(t, v.Key)
}

func someKeys(t testing.TB, key string, fallbacks ...string) Keys {
	t.Helper()
	var more []secret.String
	for _, f := range fallbacks {
		more = append(more, secret.New(f))
	}
	keys, err := NewKeys(secret.New(key), more...)
	require.NoError(t, err)
	return keys
}

func unix(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

// tampered returns texts that differ from text in one place, and must not be accepted.
func tampered(text string) []string {
	all := []string{"", text + "0", "0" + text, text + " ", " " + text, text + "\x00", text + "=", text[1:], text[:len(text)-1], text + text}
	for i := range text {
		other := byte('A')
		if text[i] == other {
			other = 'B'
		}
		all = append(all, text[:i]+string(other)+text[i+1:], text[:i]+text[i+1:])
	}
	return all
}
