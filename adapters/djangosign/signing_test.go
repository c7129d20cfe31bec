package djangosign

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/verification"
)

func TestEmptyKeysAreRefused(t *testing.T) {
	_, err := NewKeys(secret.String{})
	require.Error(t, err)
	_, err = NewKeys(secret.New("a"), secret.New(""))
	require.Error(t, err)
}

func TestSignedTextsAreDjangos(t *testing.T) {
	v := loadVectors(t)
	for _, d := range v.Dumps {
		s := newSigner(keysOf(t, v), d.Salt)
		payload, made, ok := s.open(d.Result)
		require.True(t, ok, d.Result)
		require.Equal(t, unix(d.Time), made)
		text, err := unpack(payload)
		require.NoError(t, err)
		require.JSONEq(t, string(d.Object), string(text))

		require.Equal(t, d.Result, s.sign(payload, unix(d.Time)))
		if d.Result[0] != '.' {
			require.Equal(t, d.Result, s.sign(pack(ascii(compact(t, d.Object))), unix(d.Time)))
		}
		_, _, ok = newSigner(keysOf(t, v), d.Salt+"x").open(d.Result)
		require.False(t, ok, "another salt is another purpose")
	}
}

func compact(t *testing.T, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, json.Compact(&out, text))
	return out.Bytes()
}

func TestBase62(t *testing.T) {
	for n, text := range map[int64]string{0: "0", 9: "9", 10: "A", 35: "Z", 36: "a", 61: "z", 62: "10", 1700000000: "1r31eq", maxTime: base62(maxTime)} {
		require.Equal(t, text, base62(n))
		back, ok := parseBase62(text)
		require.True(t, ok)
		require.Equal(t, n, back)
	}
	for _, text := range []string{"", "00", "01", "-1", "+1", " 1", "1 ", "_", "é", base62(maxTime + 1), "zzzzzzzzzzzzzzzzzzzzzzzzzz"} {
		_, ok := parseBase62(text)
		require.False(t, ok, text)
	}
	require.Equal(t, "0", base62(-5))
}

const threeDays = 72 * time.Hour

func TestEmailKeysAreDjangos(t *testing.T) {
	v := loadVectors(t)
	k := NewEmailKeys(keysOf(t, v), threeDays)
	for _, e := range v.EmailKeys {
		require.Equal(t, e.Key, k.Make(accounts.AddressID(e.Address), unix(e.Time)))
		id, err := k.Open(e.Key, unix(e.Time))
		require.NoError(t, err)
		require.Equal(t, accounts.AddressID(e.Address), id)
	}
}

func TestEmailKeysExpire(t *testing.T) {
	k := NewEmailKeys(someKeys(t, "key"), threeDays)
	now := unix(1_795_399_697)
	key := k.Make(7, now)
	for at, good := range map[time.Time]bool{
		now.Add(-24 * time.Hour):             true, // another server's clock
		now.Add(threeDays):                   true,
		now.Add(threeDays + time.Nanosecond): false,
		now.Add(1000 * threeDays):            false,
	} {
		_, err := k.Open(key, at)
		require.Equal(t, good, err == nil, at)
	}
}

func TestEmailKeysThatNobodySignedAreRefused(t *testing.T) {
	keys := someKeys(t, "key")
	k, now := NewEmailKeys(keys, threeDays), unix(1_795_399_697)
	forged := tampered(k.Make(1234, now))
	forged = append(forged, ":", "::", ":::", "MQ::", NewEmailKeys(someKeys(t, "other"), threeDays).Make(1234, now))
	for _, payload := range []string{"", "MA", "LTE", "MQ==", "MR", "MQ:", ".MQ", "KzE", "IjEi", "MS4w", "OTIyMzM3MjAzNjg1NDc3NTgwOA"} {
		forged = append(forged, k.signer.sign(payload, now)) // signed, but no id: "", 0, -1, …
	}
	for _, key := range forged {
		id, err := k.Open(key, now)
		require.ErrorIs(t, err, verification.ErrKeyInvalid, key)
		require.Zero(t, id)
	}
}

func TestFallbacksCheckButDoNotSign(t *testing.T) {
	now := unix(1_795_399_697)
	before, after := NewEmailKeys(someKeys(t, "old"), threeDays), NewEmailKeys(someKeys(t, "new", "older", "old"), threeDays)
	id, err := after.Open(before.Make(5, now), now)
	require.NoError(t, err)
	require.Equal(t, accounts.AddressID(5), id)
	require.Equal(t, NewEmailKeys(someKeys(t, "new"), threeDays).Make(5, now), after.Make(5, now))
	_, err = before.Open(after.Make(5, now), now)
	require.ErrorIs(t, err, verification.ErrKeyInvalid)
}

func FuzzEmailKeysOpen(f *testing.F) {
	k, now := NewEmailKeys(someKeys(f, "key"), threeDays), unix(1_795_399_697)
	f.Add(k.Make(7, now))
	f.Add(k.signer.sign("MA", now))
	f.Add("MQ:1xVJTd:I9SAAA7-C71T-UlEsyi0B7wh3zNRd10BKtycGbmysm0")
	f.Add("::")
	f.Fuzz(func(t *testing.T, key string) {
		id, err := k.Open(key, now)
		if err != nil {
			require.ErrorIs(t, err, verification.ErrKeyInvalid)
			return
		}
		require.Equal(t, k.Make(7, now), key, "the one good key that the fuzzer knows")
		require.Equal(t, accounts.AddressID(7), id)
	})
}
