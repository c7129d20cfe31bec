package integration

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/factors"
	"latchkey/tests/kit"
)

// quirksWays are ways past the second factor.
var quirksWays = []quirk{
	{"B1", "the login without its final slash", func(t *testing.T) {
		for _, settings := range []map[string]string{nil, {
			"USE_JWT": "true", "JWT_AUTH_COOKIE": "access", "JWT_AUTH_REFRESH_COOKIE": "refresh", "JWT_TRANSPORT": "cookie",
		}} {
			s := quirkBoot(t, settings)
			s.register("ann")
			s.exec(`INSERT INTO dj_rest_auth_mfa_authenticator (user_id, type, data, created_at)
				SELECT id, 'totp', '{"secret": "JBSWY3DPEHPK3PXPGEZDGNBVGY3TQOJQ"}', '2026-01-02 03:04:05' FROM auth_user`)
			for _, path := range []string{"login", "login/"} {
				s.requireSuspended(path, "", map[string]any{"username": "ann", "password": factorPassword})
			}
		}
	}},
	{"B2", "a social login", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.register("ann")
		s.want(http.StatusOK, "facebook/connect/", ann, map[string]any{"access_token": "fb-ann"})
		s.activate(ann)
		s.requireSuspended("facebook/", "", map[string]any{"access_token": "fb-ann"})
	}},
	{"B2", "a passkey that has not verified its owner", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.enrol("ann")
		a := s.passkey(ann.credential)
		s.requireSuspended("passkeys/login/complete/", "", s.shown(map[string]any{}, a, unverified))
		status, answer := s.by(a)
		require.Equal(t, http.StatusOK, status, answer)
		require.Contains(t, answer, "key", "one that has is two factors")
	}},
	{"B3", "any number of wrong codes with one token", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.enrol("ann")
		token := s.waiting("ann")
		for range 5 {
			status, _ := s.verify(token, "000000")
			require.Equal(t, http.StatusBadRequest, status)
		}
		s.stale(token, s.code(ann, 0), "the fifth ended it")
	}},
	{"B3", "any number of wrong codes with any number of tokens, and at the deactivation", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.enrol("ann")
		for range 5 {
			s.refused(ann, "000000", "wrong")
			s.want(http.StatusBadRequest, "mfa/totp/deactivate/", ann.credential, map[string]any{"code": "000000"})
		}
		status, _ := s.verify(s.waiting("ann"), s.code(ann, 0))
		require.Equal(t, http.StatusTooManyRequests, status, "not even the right one")
		s.want(http.StatusTooManyRequests, "mfa/totp/deactivate/", ann.credential, map[string]any{"code": s.code(ann, 0)})
	}},
	{"B3", "wrong codes that the owner never hears of", onEither(func(t *testing.T, database kit.Option) {
		s := quirkBoot(t, nil, database)
		ann := s.enrol("ann")
		for !strings.Contains(s.Mailbox.Next(t, "ann@example.com").Subject, "Second Factor") {
		}
		s.exec("UPDATE auth_user SET username = 'evil.example' WHERE username = 'ann'")
		ann.name = "evil.example"
		for range 9 {
			s.refused(ann, "000000", "wrong")
		}
		s.Mailbox.None(t, "ann@example.com")
		s.refused(ann, "000000", "the last one is refused in no other words")
		letter := s.Mailbox.Next(t, "ann@example.com")
		require.Contains(t, letter.Subject, "Somebody tries codes for your account")
		for _, part := range []string{letter.Text, letter.HTML} {
			require.Contains(t, part, "change your password")
			require.NotContains(t, part, "evil.example", "a name can be anything")
			require.NotContains(t, part, "000000")
		}
		s.Clock.Advance(2 * time.Hour)
		for range 10 {
			s.refused(ann, "000000", "wrong")
		}
		s.Mailbox.None(t, "ann@example.com")
	})},
	{"B4", "a token that is good again, also after the logout", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.enrol("ann")
		token := s.waiting("ann")
		status, answer := s.verify(token, ann.codes[0])
		require.Equal(t, http.StatusOK, status)
		s.stale(token, ann.codes[1], "used")
		s.want(http.StatusOK, "logout/", credentialOf(answer), nil)
		s.stale(token, ann.codes[1], "used, before the logout")
		s.accepted(ann, ann.codes[1], "which used no code up")
	}},
	{"B4", "a token that outlives the password", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.enrol("ann")
		token := s.waiting("ann")
		s.want(http.StatusOK, "password/change/", ann.credential, map[string]any{"new_password1": "An0ther-pass-88", "new_password2": "An0ther-pass-88"})
		s.stale(token, ann.codes[0], "another password")
	}},
	{"B4", "a token that outlives the proof of the address", func(t *testing.T) {
		s := quirkBoot(t, map[string]string{"ACCOUNT_EMAIL_VERIFICATION": "optional"})
		ann := s.enrol("ann")
		strict := quirkBoot(t, map[string]string{"ACCOUNT_EMAIL_VERIFICATION": "mandatory"}, kit.WithDatabase(s.Database), kit.WithClock(s.Clock))
		strict.exec("UPDATE account_emailaddress SET verified = true")
		token := strict.waiting("ann")
		strict.exec("UPDATE account_emailaddress SET verified = false")
		status, answer := strict.verify(token, ann.codes[0])
		require.Equal(t, http.StatusBadRequest, status, answer)
		require.NotContains(t, answer, "key")
		strict.exec("UPDATE account_emailaddress SET verified = true")
		status, answer = strict.verify(token, ann.codes[0])
		require.Equal(t, http.StatusOK, status, "nothing was used up: %v", answer)
	}},
	{"B4", "a token that outlives its factor", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.enrol("ann")
		token := s.waiting("ann")
		s.want(http.StatusOK, "mfa/totp/deactivate/", ann.credential, map[string]any{"code": s.code(ann, 0)})
		s.stale(token, ann.codes[0], "off")
		_, codes := s.activate(ann.credential)
		s.stale(token, codes[0], "off and on")
	}},
	{"B4", "one token for two logins of one second", func(t *testing.T) {
		s := quirkBoot(t, nil)
		s.enrol("ann")
		require.NotEqual(t, s.waiting("ann"), s.waiting("ann"))
	}},
	{"B5", "a code that is good again after another one", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.enrol("ann")
		first := s.code(ann, 0)
		s.accepted(ann, first, "unused")
		s.accepted(ann, s.code(ann, 1), "the next")
		s.refused(ann, first, "the first again")
	}},
	{"B5", "an older step after a newer one", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.enrol("ann")
		s.Clock.Advance(factorRules.Period)
		s.accepted(ann, s.code(ann, 1), "a step ahead")
		for _, steps := range []int{-1, 0, 1} {
			s.refused(ann, s.code(ann, steps), "up to the used one")
		}
		s.Clock.Advance(factorRules.Period)
		s.accepted(ann, s.code(ann, 1), "the one after that")
	}},
	{"B6", "a used code in other digits", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.enrol("ann")
		code := s.code(ann, 0)
		for _, zero := range []rune{'０', '٠', '𝟎'} {
			moved := strings.Map(func(r rune) rune { return zero + r - '0' }, code)
			s.refused(ann, moved, "not used yet, and no ASCII digits")
			s.refused(ann, string([]rune(moved)[:1])+code[1:], "one of them")
		}
		s.accepted(ann, code, "in ASCII")
		s.refused(ann, string('０'+rune(code[0]-'0'))+code[1:], "used")
	}},
	{"B7", "one code, many at once", onEither(func(t *testing.T, database kit.Option) {
		s := quirkBoot(t, map[string]string{"RATE_LIMITS": "off"}, database)
		ann := s.enrol("ann")
		for _, code := range []any{s.code(ann, 0), ann.codes[0]} {
			tokens := make([]string, factors.MaxPending)
			for i := range tokens {
				tokens[i] = s.waiting("ann")
			}
			require.Equal(t, map[int]int{200: 1, 400: 19}, s.once("mfa/verify/", func(i int) map[string]any {
				return map[string]any{"ephemeral_token": tokens[i%len(tokens)], "code": code}
			}))
			s.refused(ann, code, "with another token")
		}
	})},
	{"B8", "the code of the activation", func(t *testing.T) {
		s := quirkBoot(t, nil)
		credential := s.register("ann")
		shared, _ := s.activate(credential)
		ann := enrolled{name: "ann", secret: shared}
		s.refused(ann, s.code(ann, -1), "it was used to set up")
		s.accepted(ann, s.code(ann, 0), "the next")
	}},
	{"B9", "an activation token that is good again, or one of many", func(t *testing.T) {
		s := quirkBoot(t, nil)
		credential := s.register("ann")
		begin := func() (map[string]any, enrolled) {
			_, begun := s.call(http.MethodGet, "mfa/totp/activate/", credential, nil)
			return begun, enrolled{name: "ann", secret: secretOf(begun)}
		}
		activate := func(begun map[string]any, p enrolled, status int) {
			s.want(status, "mfa/totp/activate/", credential, map[string]any{"activation_token": begun["activation_token"], "code": s.code(p, 0)})
		}
		older, by := begin()
		newer, ann := begin()
		activate(older, by, http.StatusBadRequest)
		activate(newer, ann, http.StatusOK)
		s.Clock.Advance(factorRules.Period)
		s.want(http.StatusOK, "mfa/totp/deactivate/", credential, map[string]any{"code": s.code(ann, 0)})
		s.Clock.Advance(factorRules.Period)
		activate(newer, ann, http.StatusBadRequest)
		_, status := s.call(http.MethodGet, "mfa/status/", credential, nil)
		require.Equal(t, false, status["mfa_enabled"])
	}},
	{"B10", "a mere token that lists the recovery codes", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.enrol("ann")
		require.NotContains(t, s.want(http.StatusForbidden, "mfa/recovery-codes/", ann.credential, nil), "codes", "they are shown once")
		readable := quirkBoot(t, map[string]string{"MFA_DJANGO_COMPATIBLE": "true", "MFA_CONFIRM_CHANGES": "true"})
		bob := readable.enrol("bob")
		readable.want(http.StatusForbidden, "mfa/recovery-codes/", bob.credential, map[string]any{})
		readable.want(http.StatusForbidden, "mfa/recovery-codes/", bob.credential, map[string]any{"password": factorPassword})
		listed := readable.want(http.StatusOK, "mfa/recovery-codes/", bob.credential, map[string]any{"code": readable.code(bob, 0)})
		require.Equal(t, bob.codes, listed["codes"])
	}},
	{"B10", "a mere token that changes factors, where a proof is asked for as PRESET=secure does", func(t *testing.T) {
		s := quirkBoot(t, map[string]string{"MFA_CONFIRM_CHANGES": "true"})
		credential := s.register("ann")
		_, begun := s.call(http.MethodGet, "mfa/totp/activate/", credential, nil)
		first := map[string]any{"activation_token": begun["activation_token"], "code": factorRules.Code(secretOf(begun), s.Clock.Now())}
		s.want(http.StatusForbidden, "mfa/totp/activate/", credential, first)
		first["password"] = factorPassword
		s.want(http.StatusOK, "mfa/totp/activate/", credential, first)
		s.want(http.StatusForbidden, "mfa/recovery-codes/regenerate/", credential, map[string]any{})
		s.want(http.StatusForbidden, "mfa/recovery-codes/regenerate/", credential, map[string]any{"password": factorPassword})
		s.want(http.StatusBadRequest, "mfa/totp/deactivate/", credential, map[string]any{"password": factorPassword})
		bob := s.register("bob")
		s.want(http.StatusOK, "login/", "", map[string]any{"username": "bob", "password": factorPassword})
		s.passkey(bob)
		s.Clock.Advance(11 * time.Minute)
		s.want(http.StatusForbidden, "passkeys/register/begin/", bob, map[string]any{})
		id := jsonText(s.list("passkeys/", bob)[0]["id"])
		status, answer := s.call(http.MethodDelete, "passkeys/"+id+"/", bob, nil)
		require.Equal(t, http.StatusForbidden, status, answer)
	}},
	{"B11", "recovery codes without a factor", func(t *testing.T) {
		s := quirkBoot(t, nil)
		credential := s.register("ann")
		s.exec(`INSERT INTO dj_rest_auth_mfa_authenticator (user_id, type, data, created_at) SELECT id, 'recovery_codes',
			'{"seed": "a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90", "used_mask": 0}', '2026-01-02 03:04:05' FROM auth_user`)
		require.Empty(t, s.want(http.StatusOK, "mfa/recovery-codes/", credential, nil)["codes"])
		answer := s.want(http.StatusOK, "login/", "", map[string]any{"username": "ann", "password": factorPassword})
		require.NotContains(t, answer, "mfa_required")
	}},
	{"B12", "a passkey without user verification, where it is required", func(t *testing.T) {
		s := quirkBoot(t, map[string]string{"PASSKEY_USER_VERIFICATION": "required"})
		credential := s.register("ann")
		a := s.passkey(credential)
		s.failed(s.by(a, unverified))
		s.want(http.StatusBadRequest, "passkeys/register/complete/", credential, s.made(credential, kit.NewAuthenticator(t, quirkOrigin), unverified))
		status, answer := s.by(a)
		require.Equal(t, http.StatusOK, status, answer)
	}},
	{"B12", "another's user handle, credential or page", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann, bob := s.register("ann"), s.register("bob")
		a, b := s.passkey(ann), s.passkey(bob)
		s.failed(s.by(a, func(c *kit.Ceremony) { c.UserHandle = b.UserHandle }))
		s.failed(s.post("passkeys/login/complete/", "", s.shown(map[string]any{"username": "bob"}, a)))
		s.failed(s.by(a, func(c *kit.Ceremony) { c.CrossOrigin = true }))
		status, answer := s.post("passkeys/login/complete/", "", s.shown(map[string]any{"username": "ann"}, a))
		require.Equal(t, http.StatusOK, status, answer)
	}},
	{"B12", "a passkey past an address that must be proved", func(t *testing.T) {
		s := quirkBoot(t, nil)
		a := s.passkey(s.register("ann"))
		strict := quirkBoot(t, map[string]string{"ACCOUNT_EMAIL_VERIFICATION": "mandatory"}, kit.WithDatabase(s.Database), kit.WithClock(s.Clock))
		status, answer := strict.by(a)
		require.Equal(t, http.StatusBadRequest, status, answer)
		strict.exec("UPDATE account_emailaddress SET verified = true")
		status, answer = strict.by(a)
		require.Equal(t, http.StatusOK, status, answer)
	}},
	{"B12", "a key that can be copied all of a sudden", func(t *testing.T) {
		s := quirkBoot(t, nil)
		a := s.passkey(s.register("ann"))
		s.failed(s.by(a, func(c *kit.Ceremony) { c.BackupEligible = true }))
		s.failed(s.by(a, func(c *kit.Ceremony) { c.BackedUp = true }))
	}},
}
