package federation_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/federation"
	"latchkey/application/ports"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// begun starts a sign-in and returns what comes back with a good code.
func (w *world) begun(t *testing.T, provider string) federation.Presented {
	t.Helper()
	begun, err := w.Begin(w.ctx, federation.Begin{Provider: provider})
	require.NoError(t, err)
	page, err := url.Parse(begun.URL)
	require.NoError(t, err)
	require.Equal(t, begun.State, page.Query().Get("state"))
	require.Equal(t, start.Add(10*time.Minute), begun.Expires)
	profile := w.known(provider, "t", "1")
	w.providers.VouchesCode(provider, "code", profile)
	return federation.Presented{
		Provider: provider, Proof: identities.Proof{Code: secret.New("code")}, State: begun.State, Sealed: begun.Sealed,
	}
}

func TestASignInThatBeganHereEndsHere(t *testing.T) {
	w := newWorld(t, nil)
	back := w.begun(t, "google")
	_, err := w.SignIn(w.ctx, back)
	require.NoError(t, err)
	_, err = w.SignIn(w.ctx, back)
	require.ErrorIs(t, err, identities.ErrStateRefused, "once")
}

func TestAnAuthorizationIsGoodForItsBrowserProviderAndTime(t *testing.T) {
	for name, change := range map[string]func(*world, *federation.Presented){
		"another browser":         func(_ *world, p *federation.Presented) { p.Sealed = secret.String{} },
		"another authorization":   func(w *world, p *federation.Presented) { p.Sealed = w.begun(t, "google").Sealed },
		"another state":           func(w *world, p *federation.Presented) { p.State = w.begun(t, "google").State },
		"another provider":        func(w *world, p *federation.Presented) { w.begun(t, "facebook"); p.Provider = "facebook" },
		"a forged seal":           func(_ *world, p *federation.Presented) { p.Sealed = secret.New(p.Sealed.Reveal() + "x") },
		"too late":                func(w *world, _ *federation.Presented) { w.clock.now = start.Add(10 * time.Minute) },
		"a state with our prefix": func(_ *world, p *federation.Presented) { p.State = "lk." },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			back := w.begun(t, "google")
			change(w, &back)
			_, err := w.SignIn(w.ctx, back)
			require.ErrorIs(t, err, identities.ErrStateRefused)
			require.ErrorIs(t, w.Connect(w.ctx, w.add(t, "carol", "", false), back), identities.ErrStateRefused)
		})
	}
	w := newWorld(t, nil)
	back := w.begun(t, "google")
	w.clock.now = start.Add(10*time.Minute - time.Second)
	_, err := w.SignIn(w.ctx, back)
	require.NoError(t, err)
}

func TestAClientsOwnStateIsItsOwnBusiness(t *testing.T) {
	w := newWorld(t, nil)
	back := w.begun(t, "google")
	back.State = "a state of the front end"
	_, err := w.SignIn(w.ctx, back)
	require.NoError(t, err)
}

func TestAuthorizationsShareNothing(t *testing.T) {
	w := newWorld(t, nil)
	seen := map[string]bool{}
	for range 50 {
		begun, err := w.Begin(w.ctx, federation.Begin{Provider: "google"})
		require.NoError(t, err)
		page, err := url.Parse(begun.URL)
		require.NoError(t, err)
		for _, text := range []string{begun.State, begun.Sealed.Reveal(), page.Query().Get("nonce"), page.Query().Get("code_challenge")} {
			require.False(t, seen[text] && text != "", text)
			seen[text] = true
		}
		require.False(t, strings.Contains(begun.Sealed.Reveal(), strings.TrimPrefix(begun.State, "lk.")), "the state alone is worth nothing, nor is the seal")
	}
}

func TestNobodyIsSentToAProviderThatThereIsNot(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.Begin(w.ctx, federation.Begin{Provider: "myspace"})
	require.ErrorIs(t, err, identities.ErrProviderUnknown)
}

func TestCodesThatBeganElsewhereAreRefusedWhereThatIsAskedFor(t *testing.T) {
	w := newWorld(t, func(o *federation.Options) { o.RequireState = true })
	back := w.begun(t, "google")
	elsewhere := back
	elsewhere.State = "a state of the front end"
	_, err := w.SignIn(w.ctx, elsewhere)
	require.ErrorIs(t, err, identities.ErrStateRefused)
	_, err = w.SignIn(w.ctx, back)
	require.NoError(t, err)
	_, err = w.SignIn(w.ctx, presented("google", "t"))
	require.NoError(t, err, "a token says itself for whom it is")
}

// unavailable providers give no answer until they are told to.
type unavailable struct {
	ports.IdentityProviders
	down bool
}

func (u *unavailable) Vouch(ctx context.Context, provider string, proof identities.Proof) (identities.Profile, error) {
	if u.down {
		return identities.Profile{}, identities.ErrProviderUnavailable
	}
	return u.IdentityProviders.Vouch(ctx, provider, proof)
}

func TestWhoIsToTryAgainMay(t *testing.T) {
	w := newWorld(t, nil)
	back := w.begun(t, "google")
	provider := &unavailable{IdentityProviders: w.providers, down: true}
	w.Providers = provider
	_, err := w.SignIn(w.ctx, back)
	require.ErrorIs(t, err, identities.ErrProviderUnavailable)
	provider.down = false
	_, err = w.SignIn(w.ctx, back)
	require.NoError(t, err)
}
