package djangosign

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

func TestFingerprintsAreDjangos(t *testing.T) {
	v := loadVectors(t)
	s := NewSessionSeals(keysOf(t, v))
	for _, h := range v.Hashes {
		require.Equal(t, h.Hash, s.Fingerprint(secret.New(h.Password)))
		require.True(t, s.Fits(h.Hash, secret.New(h.Password)))
		require.False(t, s.Fits(h.Hash, secret.New(h.Password+"x")))
		require.False(t, s.Fits("", secret.New(h.Password)))
		require.False(t, s.Fits(strings.ToUpper(h.Hash), secret.New(h.Password)))
	}
}

func TestFingerprintsOfAFallbackKeyFit(t *testing.T) {
	hash := secret.New("argon2$x")
	old := NewSessionSeals(someKeys(t, "old")).Fingerprint(hash)
	require.True(t, NewSessionSeals(someKeys(t, "new", "old")).Fits(old, hash))
	require.False(t, NewSessionSeals(someKeys(t, "new")).Fits(old, hash))
}

func TestSessionsAreDjangos(t *testing.T) {
	vs := loadVectors(t)
	s := NewSessionSeals(keysOf(t, vs))
	for _, v := range vs.Sessions {
		session := sessions.WebSession{Key: secret.New("k"), Expires: unix(1)}
		require.NoError(t, s.Open(v.Data, &session), v.Data)
		require.Equal(t, "k", session.Key.Reveal())
		require.Equal(t, unix(1), session.Expires)

		sealed, err := s.Seal(&session, unix(v.Time))
		require.NoError(t, err)
		require.NotEqual(t, byte('.'), sealed[0], "too short to be worth deflating")
		if !v.Compressed {
			require.Equal(t, v.Data, sealed)
		}
		payload, _, _ := s.signer.open(sealed)
		text, err := unpack(payload)
		require.NoError(t, err)
		require.JSONEq(t, string(v.Session), string(text))
	}
}

func TestLongSessionsAreDeflated(t *testing.T) {
	s := NewSessionSeals(someKeys(t, "key"))
	kept := sessions.WebSession{Values: map[string]any{"cart": strings.Repeat("apples and pears ", 100)}}
	sealed, err := s.Seal(&kept, unix(1))
	require.NoError(t, err)
	require.Equal(t, byte('.'), sealed[0])
	require.Less(t, len(sealed), 200)
	var opened sessions.WebSession
	require.NoError(t, s.Open(sealed, &opened))
	require.Equal(t, kept, opened)
}

func TestTheFieldsOfASession(t *testing.T) {
	vs := loadVectors(t)
	var session sessions.WebSession
	require.NoError(t, NewSessionSeals(keysOf(t, vs)).Open(vs.Sessions[3].Data, &session))
	require.EqualValues(t, 35, session.Account)
	require.Equal(t, sessions.BackendAllauth, session.Backend)
	require.Equal(t, strings.Repeat("ab", 32), session.Fingerprint)
	require.Equal(t, map[string]any{"account_verified_email": nil}, session.Values)
}

func TestSessionsSurviveBeingSealed(t *testing.T) {
	s := NewSessionSeals(someKeys(t, "key"))
	values := map[string]any{
		"n": json.Number("12345678901234567890"), "f": json.Number("1.50"), "list": []any{true, nil, "a"},
		"text": "é<>&\u2028\x7f\n🎉\"\\", "é": map[string]any{"x": json.Number("1")},
	}
	for _, session := range []sessions.WebSession{
		{Values: map[string]any{}},
		{Values: values},
		{Account: 7, Backend: sessions.BackendModel, Fingerprint: "ff", Values: values},
		{Fingerprint: "ff", Values: map[string]any{}}, // what a password change by token leaves
	} {
		sealed, err := s.Seal(&session, unix(1))
		require.NoError(t, err)
		var opened sessions.WebSession
		require.NoError(t, s.Open(sealed, &opened))
		require.Equal(t, session, opened)
	}
}

func TestSessionTextIsWhatPythonWrites(t *testing.T) {
	text, err := encodeSession(&sessions.WebSession{Values: map[string]any{"k": "é<>&\u2028\x7f\x01\b\f\n\t🎉\"\\/"}})
	require.NoError(t, err)
	require.Equal(t, `{"k":"\u00e9<>&\u2028\u007f\u0001\b\f\n\t\ud83c\udf89\"\\/"}`, string(text))
}

func TestValuesCannotSignAnybodyIn(t *testing.T) {
	s := NewSessionSeals(someKeys(t, "key"))
	values := map[string]any{keyAccount: "1", keyBackend: "b", keyFingerprint: "f", "kept": "x"}
	sealed, err := s.Seal(&sessions.WebSession{Values: values}, unix(1))
	require.NoError(t, err)
	opened := sessions.WebSession{Account: 9, Backend: "b", Fingerprint: "f"}
	require.NoError(t, s.Open(sealed, &opened))
	require.Equal(t, sessions.WebSession{Values: map[string]any{"kept": "x"}}, opened)
	require.Len(t, values, 4, "the caller's map is left alone")
}

func requireEnded(t *testing.T, s SessionSeals, sealed string) {
	t.Helper()
	before := sessions.WebSession{Account: 9, Backend: "b", Fingerprint: "f", Values: map[string]any{"a": "b"}}
	session := before
	require.ErrorIs(t, s.Open(sealed, &session), sessions.ErrSessionEnded, sealed)
	require.Equal(t, before, session, "a refused session changes nothing")
}

func TestSessionsThatNobodySignedHaveEnded(t *testing.T) {
	s := NewSessionSeals(someKeys(t, "key"))
	sealed, err := s.Seal(&sessions.WebSession{Account: 7, Backend: sessions.BackendModel, Fingerprint: "ff"}, unix(1_795_399_697))
	require.NoError(t, err)
	other, err := NewSessionSeals(someKeys(t, "other")).Seal(&sessions.WebSession{}, unix(1))
	require.NoError(t, err)
	emailSalt := newSigner(someKeys(t, "key"), "account").sign(pack([]byte(`{}`)), unix(1))
	for _, forged := range append(tampered(sealed), other, emailSalt, strings.Repeat("a", maxSession+1), ":", "::") {
		requireEnded(t, s, forged)
	}
}

func TestSignedNonsenseHasEnded(t *testing.T) {
	s := NewSessionSeals(someKeys(t, "key"))
	for _, text := range []string{
		``, `null`, `1`, `[]`, `"x"`, `{`, `{}{}`, `{} x`, `{"a":NaN}`,
		`{"_auth_user_id":1}`, `{"_auth_user_id":null}`, `{"_auth_user_id":"x"}`, `{"_auth_user_id":"0"}`, `{"_auth_user_id":"-1"}`, `{"_auth_user_id":"+1"}`,
		`{"_auth_user_id":"9223372036854775808"}`, `{"_auth_user_id":"1","_auth_user_backend":1}`, `{"_auth_user_id":"1","_auth_user_hash":[]}`,
	} {
		requireEnded(t, s, s.signer.sign(pack([]byte(text)), unix(1)))
	}
	for _, payload := range []string{"", ".", "e30=", "e31", "!", ".e30"} {
		requireEnded(t, s, s.signer.sign(payload, unix(1)))
	}
}

func TestASessionOfAFallbackKeyIsRead(t *testing.T) {
	sealed, err := NewSessionSeals(someKeys(t, "old")).Seal(&sessions.WebSession{Account: 7}, unix(1))
	require.NoError(t, err)
	var session sessions.WebSession
	require.NoError(t, NewSessionSeals(someKeys(t, "new", "old")).Open(sealed, &session))
	require.EqualValues(t, 7, session.Account)
}

func TestInflationIsBounded(t *testing.T) {
	var bomb bytes.Buffer
	w := zlib.NewWriter(&bomb)
	_, err := w.Write([]byte(`{"a":"` + strings.Repeat("a", 64<<20) + `"}`))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	payload := "." + base64.RawURLEncoding.EncodeToString(bomb.Bytes())
	require.Less(t, len(payload), maxSession)
	_, err = unpack(payload)
	require.ErrorIs(t, err, errSessionTooLarge)
	s := NewSessionSeals(someKeys(t, "key"))
	requireEnded(t, s, s.signer.sign(payload, unix(1)))
}

func TestWhatCouldNotBeReadAgainIsNotSealed(t *testing.T) {
	s := NewSessionSeals(someKeys(t, "key"))
	_, err := s.Seal(&sessions.WebSession{Values: map[string]any{"a": strings.Repeat("a", maxSession)}}, unix(1))
	require.ErrorIs(t, err, errSessionTooLarge)
	_, err = s.Seal(&sessions.WebSession{Values: map[string]any{"a": make(chan int)}}, unix(1))
	require.Error(t, err)
}

func TestAnyTextSurvivesASession(t *testing.T) {
	s := NewSessionSeals(someKeys(t, "key"))
	rapid.Check(t, func(t *rapid.T) {
		values := map[string]any{"k": rapid.String().Draw(t, "text")}
		sealed, err := s.Seal(&sessions.WebSession{Values: values}, unix(1))
		require.NoError(t, err)
		var session sessions.WebSession
		require.NoError(t, s.Open(sealed, &session))
		require.Equal(t, values, session.Values)
	})
}

func FuzzSessionSealsOpen(f *testing.F) {
	vs := loadVectors(f)
	s := NewSessionSeals(keysOf(f, vs))
	known := map[string]bool{}
	for _, v := range vs.Sessions {
		f.Add(v.Data)
		known[v.Data] = true
	}
	f.Fuzz(func(t *testing.T, sealed string) {
		if known[sealed] {
			require.NoError(t, s.Open(sealed, &sessions.WebSession{}))
			return
		}
		requireEnded(t, s, sealed)
	})
}

// What stands behind a good signature is still decoded with bounds: a key may leak.
func FuzzSessionPayload(f *testing.F) {
	s := NewSessionSeals(someKeys(f, "key"))
	for _, v := range loadVectors(f).Sessions {
		payload, _, _ := strings.Cut(v.Data, ":")
		f.Add(payload)
	}
	f.Fuzz(func(t *testing.T, payload string) {
		var session sessions.WebSession
		if err := s.Open(s.signer.sign(payload, unix(1)), &session); err != nil {
			require.ErrorIs(t, err, sessions.ErrSessionEnded)
			return
		}
		sealed, err := s.Seal(&session, unix(1))
		if errors.Is(err, errSessionTooLarge) {
			return // escapes are longer than what they stand for
		}
		require.NoError(t, err)
		var again sessions.WebSession
		require.NoError(t, s.Open(sealed, &again))
		require.Equal(t, session, again)
	})
}
