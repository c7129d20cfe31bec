package integration

import (
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/bootstrap"
	"latchkey/tests/kit"
	"latchkey/tests/postgres"
)

// The work that a passkey login makes, and what is done with the ids that it is told, is the
// same whoever has the name: its time tells no more than its answer.
func TestTheWorkOfAPasskeyDoesNotTellWhoHasOne(t *testing.T) {
	tap, tapped := tellingTapped(t, postgres.Empty(t))
	quiet := kit.WithFx(bootstrap.Decorate(func(o ports.Outbox) ports.Outbox { return tellingOutbox{o} }))
	s := quirkBoot(t, map[string]string{"RATE_LIMITS": "off"}, kit.WithDatabase(tapped), quiet)
	for _, name := range []string{"ann", "ian"} {
		s.passkey(s.register(name))
	}
	s.register("bob")
	eve := s.register("eve")
	s.exec("UPDATE auth_user SET is_active = false WHERE username = 'ian'")
	var first []string
	for _, name := range []string{"ann", "ian", "bob", "nobody"} {
		tap.take()
		ids := s.allowed(map[string]any{"username": name})
		begun := tap.take()
		id, err := base64.RawURLEncoding.DecodeString(ids[0])
		require.NoError(t, err)
		forger := kit.NewAuthenticator(t, quirkOrigin)
		forger.ID = id
		shown := s.shown(map[string]any{"username": name}, forger)
		tap.take()
		s.failed(s.post("passkeys/login/complete/", "", shown))
		completed := tap.take()
		made := s.made(eve, forger)
		tap.take()
		s.want(http.StatusBadRequest, "passkeys/register/complete/", eve, made)
		work := append(append(begun, completed...), tap.take()...)
		if first == nil {
			first = work
		}
		require.NotEmpty(t, work)
		require.Equal(t, first, work, name)
	}
}
