package djangosign

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/verification"
)

func (v resetVector) state(t *testing.T) verification.ResetState {
	t.Helper()
	state := verification.ResetState{
		Account:      accounts.ID(v.PK),
		PasswordHash: secret.New(v.Password),
		Email:        accounts.Email(v.Email),
	}
	if v.LastLogin != nil {
		at, err := time.Parse(time.RFC3339Nano, *v.LastLogin)
		require.NoError(t, err)
		state.LastLogin = at.In(time.FixedZone("elsewhere", 7200))
	}
	for _, row := range v.Rows {
		state.Addresses = append(state.Addresses, accounts.Email(row))
	}
	return state
}

func TestResetTokensAreDjangos(t *testing.T) {
	all := loadVectors(t)
	for _, v := range all.Resets {
		now, err := time.Parse("2006-01-02T15:04:05", v.MadeAt)
		require.NoError(t, err)
		for style, want := range map[Style]struct{ value, uid, token string }{
			Plain:   {v.DjangoValue, v.DjangoUID, v.DjangoToken},
			Allauth: {v.AllauthValue, v.AllauthUID, v.AllauthToken},
		} {
			r := NewResetTokens(keysOf(t, all), style, threeDays)
			require.Equal(t, want.value, r.value(v.state(t), v.Seconds))
			uid, token := r.Make(v.state(t), now)
			require.Equal(t, want.uid, uid)
			require.Equal(t, want.token, token)
			require.NoError(t, r.Check(v.state(t), token, now))
			id, err := r.ParseUID(uid)
			require.NoError(t, err)
			require.EqualValues(t, v.PK, id)
		}
	}
}

func someState() verification.ResetState {
	return verification.ResetState{
		Account: 12, PasswordHash: secret.New("argon2$x"), LastLogin: unix(1_700_000_000),
		Email: "A@example.com", Addresses: []accounts.Email{"a@example.com", "b@example.com"},
	}
}

func TestAnyChangeOfTheAccountVoidsItsTokens(t *testing.T) {
	changes := map[string]func(*verification.ResetState){
		"account":     func(s *verification.ResetState) { s.Account = 13 },
		"password":    func(s *verification.ResetState) { s.PasswordHash = secret.New("argon2$y") },
		"login":       func(s *verification.ResetState) { s.LastLogin = s.LastLogin.Add(time.Second) },
		"no login":    func(s *verification.ResetState) { s.LastLogin = time.Time{} },
		"email":       func(s *verification.ResetState) { s.Email = "c@example.com" },
		"new row":     func(s *verification.ResetState) { s.Addresses = append(s.Addresses, "c@example.com") },
		"row removed": func(s *verification.ResetState) { s.Addresses = s.Addresses[:1] },
	}
	r, now := NewResetTokens(someKeys(t, "key"), Allauth, threeDays), unix(1_795_399_697)
	_, token := r.Make(someState(), now)
	for name, change := range changes {
		state := someState()
		change(&state)
		require.ErrorIs(t, r.Check(state, token, now), verification.ErrTokenInvalid, name)
	}
	shuffled := someState()
	shuffled.Addresses = []accounts.Email{"b@example.com", "a@example.com", "b@example.com"}
	require.NoError(t, r.Check(shuffled, token, now), "the order of the rows says nothing")
}

func TestResetTokensExpire(t *testing.T) {
	r, made := NewResetTokens(someKeys(t, "key"), Allauth, threeDays), unix(1_795_399_697).Add(999*time.Millisecond)
	_, token := r.Make(someState(), made)
	for after, good := range map[time.Duration]bool{
		-1000 * threeDays:       true,
		0:                       true,
		threeDays:               true,
		threeDays + time.Second: false,
		100 * threeDays:         false,
	} {
		require.Equal(t, good, r.Check(someState(), token, made.Add(after)) == nil, after)
	}
}

func TestTokensThatNobodyMadeAreRefused(t *testing.T) {
	r, now := NewResetTokens(someKeys(t, "key"), Allauth, threeDays), unix(1_795_399_697)
	_, token := r.Make(someState(), now)
	stamp, digest, _ := strings.Cut(token, "-")
	forged := append(tampered(token),
		"-", "--", stamp, digest, "-"+digest, stamp+"-", stamp+"--"+digest, token+"-", "0"+token, "+"+token, "-"+token,
		strings.ToUpper(stamp)+"-"+digest, stamp+"-"+strings.ToUpper(digest), "1y2p0ij32e8e7-"+digest, "zzzzzzzzzzzzzzzz-"+digest)
	for _, style := range []ResetTokens{NewResetTokens(someKeys(t, "other"), Allauth, threeDays), NewResetTokens(someKeys(t, "key"), Plain, threeDays)} {
		_, other := style.Make(someState(), now)
		forged = append(forged, other)
	}
	for _, f := range forged {
		require.ErrorIs(t, r.Check(someState(), f, now), verification.ErrTokenInvalid, f)
	}
}

func TestResetTokensOfAFallbackKeyAreGood(t *testing.T) {
	now := unix(1_795_399_697)
	_, token := NewResetTokens(someKeys(t, "old"), Allauth, threeDays).Make(someState(), now)
	require.NoError(t, NewResetTokens(someKeys(t, "new", "old"), Allauth, threeDays).Check(someState(), token, now))
	require.Error(t, NewResetTokens(someKeys(t, "new"), Allauth, threeDays).Check(someState(), token, now))
}

func TestUIDsAreDjangos(t *testing.T) {
	for _, v := range loadVectors(t).UIDs {
		require.Equal(t, v.Base36, Allauth.uid(accounts.ID(v.PK)))
		require.Equal(t, v.Base64URL, Plain.uid(accounts.ID(v.PK)))
		for _, uid := range []string{v.Base36, strings.ToUpper(v.Base36)} {
			id, err := Allauth.parseUID(uid)
			require.NoError(t, err, uid)
			require.EqualValues(t, v.PK, id)
		}
		for _, uid := range []string{v.Base64URL, v.Base64URL + strings.Repeat("=", -len(v.Base64URL)&3)} {
			id, err := Plain.parseUID(uid)
			require.NoError(t, err, uid)
			require.EqualValues(t, v.PK, id)
		}
	}
}

func TestUIDsThatPythonReads(t *testing.T) {
	plain := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	good := map[string]accounts.ID{
		"z": 35, "Z": 35, "0x1": 33*36 + 1, "000z": 35, "+z": 35, " z ": 35, "\tz\n": 35, "1_0": 36, "+1_0": 36, "0000000000001": 1, "1y2p0ij32e8e7": 1<<63 - 1,
	}
	for uid, want := range good {
		id, err := Allauth.parseUID(uid)
		require.NoError(t, err, uid)
		require.Equal(t, want, id, uid)
	}
	for uid, want := range map[string]accounts.ID{plain("007"): 7, plain(" +1_0 "): 10, "MQ=": 1, "MR": 1} {
		id, err := Plain.parseUID(uid)
		require.NoError(t, err, uid)
		require.Equal(t, want, id, uid)
	}
	bad := []string{"", " ", "+", "_", "_1", "1_", "1__0", "+_1", "+ 1", "++1", "-1", "-0", "0", "1-", "é", "1.0", "1 1",
		"00000000000001", "1y2p0ij32e8e8", "zzzzzzzzzzzzz", strings.Repeat(" ", 13) + "1", strings.Repeat("1", 10_000)}
	for _, uid := range bad {
		id, err := Allauth.parseUID(uid)
		require.ErrorIs(t, err, verification.ErrUIDInvalid, uid)
		require.Zero(t, id)
		id, err = Plain.parseUID(plain(uid))
		if uid != "00000000000001" && uid != strings.Repeat(" ", 13)+"1" { // Django's own uids may be longer
			require.ErrorIs(t, err, verification.ErrUIDInvalid, uid)
			require.Zero(t, id)
		}
	}
	for _, uid := range []string{"M", "MQ!", "=", "a+b/", strings.Repeat("MDAw", 17), plain("9223372036854775808"), plain("a")} {
		_, err := Plain.parseUID(uid)
		require.ErrorIs(t, err, verification.ErrUIDInvalid, uid)
	}
}

func TestEveryIDSurvivesItsUID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := accounts.ID(rapid.Int64Min(1).Draw(t, "id"))
		for _, style := range []Style{Allauth, Plain} {
			back, err := style.parseUID(style.uid(id))
			require.NoError(t, err)
			require.Equal(t, id, back)
		}
	})
}

func FuzzParseUID(f *testing.F) {
	for _, seed := range []string{"1", "zik0zj", "+1_0", " z ", "MQ", "MTI5NQ==", "-1", "é", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, uid string) {
		for _, style := range []Style{Allauth, Plain} {
			id, err := style.parseUID(uid)
			if err != nil {
				require.ErrorIs(t, err, verification.ErrUIDInvalid)
				require.Zero(t, id)
				continue
			}
			require.Positive(t, id)
			back, err := style.parseUID(style.uid(id))
			require.NoError(t, err)
			require.Equal(t, id, back)
		}
	})
}

func FuzzCheckResetToken(f *testing.F) {
	r, now := NewResetTokens(someKeys(f, "key"), Allauth, threeDays), unix(1_795_399_697)
	_, token := r.Make(someState(), now)
	f.Add(token)
	f.Add("dih480-31f983ff2ffaa93aabde1490f281449a")
	f.Add("-1-0")
	f.Fuzz(func(t *testing.T, given string) {
		err := r.Check(someState(), given, now)
		if given == token {
			require.NoError(t, err)
			return
		}
		require.ErrorIs(t, err, verification.ErrTokenInvalid)
	})
}
