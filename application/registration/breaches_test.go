package registration_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/registration"
	"latchkey/domain/credentials"
)

// breaches knows every password, and keeps those that it was asked for.
type breaches struct{ asked []string }

func (b *breaches) Has(_ context.Context, password credentials.Password) bool {
	b.asked = append(b.asked, password.Reveal())
	return true
}

func TestABreachedPasswordIsRefusedAndAWeakOneIsNotAskedFor(t *testing.T) {
	w := newWorld(t, nil)
	known := &breaches{}
	w.Breaches = known
	strong := in("Ann", "ann@example.com")
	_, err := w.Register(w.ctx, strong)
	require.Equal(t, []string{"password1: " + credentials.ErrBreached.Message}, told(err))
	require.Equal(t, []string{strong.Password.Reveal()}, known.asked)
	weak := in("Ann", "ann@example.com")
	short := credentials.NewPassword("123")
	weak.Password, weak.Repeat = &short, &short
	_, err = w.Register(w.ctx, weak)
	require.ErrorIs(t, err, credentials.ErrTooShort)
	require.NotErrorIs(t, err, credentials.ErrBreached)
	require.Len(t, known.asked, 1, "nobody else needs to hear of a password that is refused anyway")
}

func TestMailsForOneAddressAreRefusedWhetherAnybodyWaitsOrNot(t *testing.T) {
	w := newWorld(t, resendOnce)
	_, err := w.Register(w.ctx, in("Ann", "ann@example.com"))
	require.NoError(t, err)
	for _, name := range []string{"ann", "nobody"} {
		require.NoError(t, w.ResendEmail(w.ctx, name+"@example.com"))
		require.ErrorIs(t, w.ResendEmail(w.ctx, name+"@EXAMPLE.com"), registration.ErrTooManyRequests)
	}
}

func resendOnce(o *registration.Options) {
	o.ResentMails = []credentials.Limit{{Count: 1, Per: time.Hour}}
}
