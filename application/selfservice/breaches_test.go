package selfservice_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/credentials"
	"latchkey/domain/fault"
)

// breached knows one password.
type breached string

func (b breached) Has(_ context.Context, password credentials.Password) bool {
	return password.Reveal() == string(b)
}

func TestABreachedPasswordIsRefusedAtAChange(t *testing.T) {
	w := newWorld(t, nil)
	w.Breaches = breached(newText)
	ann := w.add(t, "ann")
	caller := w.session(t, ann, "mine")
	_, err := w.ChangePassword(w.ctx, change(caller, newText))
	require.Equal(t, fault.List{credentials.ErrBreached.On("new_password2")}, fault.Of(err))
	require.True(t, w.fits(t, ann, oldText))
}
