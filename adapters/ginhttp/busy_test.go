package ginhttp

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/application/ports"
	"latchkey/application/recovery"
	"latchkey/application/registration"
	"latchkey/application/selfservice"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/sessions"
)

// crowd is every activity that hashes passwords, and has no turn for anybody.
type crowd struct {
	origins []string
}

func (c *crowd) refuse(ctx context.Context) error {
	c.origins = append(c.origins, ports.Origin(ctx))
	return credentials.ErrHasherBusy.After(2500 * time.Millisecond)
}

type (
	busyAuthentication struct {
		authenticationFake
		*crowd
	}
	busyRegistration struct {
		registrationFake
		*crowd
	}
	busyRecovery struct {
		recoveryFake
		*crowd
	}
	busySelfService struct {
		selfServiceFake
		*crowd
	}
)

func (b *busyAuthentication) SignIn(ctx context.Context, _ authentication.SignIn) (authentication.Grant, error) {
	return authentication.Grant{}, b.refuse(ctx)
}

func (b *busyRegistration) Register(ctx context.Context, _ registration.Register) (registration.Registered, error) {
	return registration.Registered{}, b.refuse(ctx)
}

func (b *busyRecovery) ConfirmReset(ctx context.Context, _ recovery.ConfirmReset) error {
	return b.refuse(ctx)
}

func (b *busySelfService) VetOldPassword(ctx context.Context, _ *accounts.Account, old credentials.Password) error {
	if old.Reveal() == "vetted" {
		return nil
	}
	return b.refuse(ctx)
}

func (b *busySelfService) ChangePassword(ctx context.Context, _ selfservice.ChangePassword) (*sessions.WebSession, error) {
	return nil, b.refuse(ctx)
}

// The hasher shares its turns out by where a request comes from: of IPv6 the half that
// one client can have all of.
func TestAPasswordThatFindsNoTurnIsAnsweredAtOnceAndTellsWhenToComeBack(t *testing.T) {
	full := &crowd{}
	w := newWorld()
	api := w.api(t, func(o *Options) { o.OldPassword = true })
	api.Authentication = &busyAuthentication{crowd: full}
	api.Registration = &busyRegistration{crowd: full}
	api.Recovery = &busyRecovery{crowd: full}
	api.SelfService = &busySelfService{crowd: full}
	const signedIn, passwords = "Token " + goodToken, `"new_password1":"a long one","new_password2":"a long one"}`
	for _, request := range []sent{
		postJSON(loginPath, bobsLogin),
		postJSON("/dj-rest-auth/registration/", `{"username":"ann","email":"a@example.com","password1":"a long one","password2":"a long one"}`),
		postJSON("/dj-rest-auth/password/reset/confirm/", `{"uid":"1","token":"t",`+passwords),
		postJSON(changePath, `{"old_password":"x",`+passwords, "Authorization", signedIn),
		postJSON(changePath, `{"old_password":"vetted",`+passwords, "Authorization", signedIn),
	} {
		full.origins = nil
		request.remote = "[2001:db8:1:2:3:4:5:6]:1234"
		got := request.to(api)
		requireAnswer(t, got, 503, `{"detail":"Too many passwords are waiting to be checked at the moment. Try again later."}`)
		require.Equal(t, "3", got.Header().Get("Retry-After"), request.path)
		require.Equal(t, []string{"2001:db8:1:2::/64"}, full.origins, request.path)
		require.Empty(t, got.Header().Values("Set-Cookie"), request.path)
	}
}
