package integration

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

func TestSocialAProviderThatIsDownIsToldAsSuch(t *testing.T) {
	socialLeavesNothing(t, func(t *testing.T) {
		d := socialDownBoot(t)
		d.requireAllUp(t)
		accounts, identities := d.count(t, "auth_user"), d.count(t, "socialaccount_socialaccount")
		require.Equal(t, accounts, identities)
		for name, how := range d.badDays() {
			t.Run(name, func(t *testing.T) {
				for _, targets := range d.rounds() {
					for what, outcome := range d.try(t, socialTooOld, targets, how) {
						d.requireDown(t, what, outcome, what == "facebook" && (name == "500" || name == "too many requests"))
					}
				}
				d.requireRows(t, accounts, identities)
			})
		}
		require.Zero(t, d.strayed.Load(), "what goes to a provider went elsewhere")
		d.requireAllUp(t)
		d.requireRows(t, accounts, identities)
	})
}

func (d *socialDown) requireAllUp(t *testing.T) {
	t.Helper()
	for _, targets := range d.rounds() {
		d.requireUp(t, socialTooOld, targets, nil)
	}
}

func (d *socialDown) requireUnreachable(t *testing.T, how kit.Misbehaviour) {
	t.Helper()
	for what, outcome := range d.try(t, socialTooOld, d.byDocument(), how) {
		d.requireDown(t, what, outcome, false)
	}
}

func TestSocialADiscoveryDocumentThatIsNotThereIsToldAsSuch(t *testing.T) {
	for name := range (&socialDown{}).badDays() {
		t.Run(name, func(t *testing.T) {
			socialLeavesNothing(t, func(t *testing.T) {
				d := socialDownBoot(t)
				how := d.badDays()[name]
				d.requireUnreachable(t, how)
				d.requireRows(t, 0, 0)
				d.requireUp(t, socialOld, d.byDocument(), nil)
				d.requireUp(t, socialOld, d.byDocument(), how) // a document that is known is used on
				d.requireUnreachable(t, how)                   // but not for ever
				require.Zero(t, d.strayed.Load())
			})
		})
	}
}

func TestSocialWhoTriesAgainAsToldGetsThrough(t *testing.T) {
	d := socialDownBoot(t)
	for _, how := range []kit.Misbehaviour{kit.HangUp, kit.Hang} {
		request := d.corpCode(t)
		d.provider.Misbehave("/oidc/token", 1000, how)
		d.requireDown(t, "the code", d.ask(request), false)
		d.provider.Behave()
		taken := d.ask(request)
		require.Equal(t, http.StatusOK, taken.status, taken.text)
		replayed := d.ask(request)
		require.Equal(t, http.StatusBadRequest, replayed.status)
		require.Equal(t, oidcStateRefused, replayed.text)
	}
	d.requireRows(t, 1, 1)
}

func TestSocialKeysThatAProviderGaveUpAreGivenUpHere(t *testing.T) {
	s := socialBoot(t, socialTimeout("1s"))
	for _, at := range []kit.ProviderName{kit.Google, kit.Corp} {
		post := func(token string) accessAnswer {
			return s.post(t, string(at)+"/", map[string]string{"id_token": token})
		}
		old := s.provider.IDToken(at, map[string]any{"exp": s.Clock.Now().Add(2 * time.Hour).Unix()})
		require.Equal(t, http.StatusOK, post(old).status)
		s.Clock.Advance(2 * time.Minute) // a name of a key is looked up once a minute
		s.provider.RotateKeys()
		fresh := s.provider.IDToken(at, nil)
		answer := post(fresh)
		require.Equal(t, http.StatusOK, answer.status, answer.text)
		s.requireRefused(t, post(old))
		s.Clock.Advance(2 * time.Minute)
		s.requireRefused(t, post(old))
		require.Equal(t, http.StatusOK, post(fresh).status)
	}
}

// TestSocialKnownKeysOutliveAProvidersBadDay: what was fetched is used on for a while.
func TestSocialKnownKeysOutliveAProvidersBadDay(t *testing.T) {
	s := socialBoot(t, socialTimeout("1s"))
	for _, at := range []kit.ProviderName{kit.Google, kit.Corp} {
		body := func() map[string]string { return map[string]string{"id_token": s.provider.IDToken(at, nil)} }
		require.Equal(t, http.StatusOK, s.post(t, string(at)+"/", body()).status)
		s.Clock.Advance(2 * time.Hour)
		s.provider.Misbehave("/", 1000, kit.HangUp)
		answer := s.post(t, string(at)+"/", body())
		require.Equal(t, http.StatusOK, answer.status, answer.text)
		s.provider.Behave()
	}
}
