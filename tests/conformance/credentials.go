package conformance

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/credentials"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// errTold is an error that work returns.
var errTold = errors.New("work has been called")

// PasswordHasher tests an implementation of ports.PasswordHasher.
func PasswordHasher(t *testing.T, hasher ports.PasswordHasher) {
	t.Run("a password fits its hash and no other does", func(t *testing.T) { hashFits(t, hasher) })
	t.Run("two hashes of one password differ", func(t *testing.T) { hashSalted(t, hasher) })
	t.Run("what is no hash fits nothing", func(t *testing.T) { hashMalformed(t, hasher) })
	t.Run("an ended context hashes nothing", func(t *testing.T) { hashCanceled(t, hasher) })
	t.Run("a turn is good for several hashes", func(t *testing.T) { hashInTurn(t, hasher) })
}

// hashInTurn has more turns at once than there can be: a turn that waited for another would
// wait for ever.
func hashInTurn(t *testing.T, hasher ports.PasswordHasher) {
	ends := make([]error, 20)
	var all sync.WaitGroup
	for i := range ends {
		all.Go(func() {
			ends[i] = hasher.InTurn(t.Context(), func(ctx context.Context) error {
				hash, err := hasher.Hash(ctx, credentials.NewPassword("password"))
				if err != nil {
					return err
				}
				return hasher.InTurn(ctx, func(ctx context.Context) error {
					fits, _, err := hasher.Verify(ctx, hash, credentials.NewPassword("password"))
					if err == nil && fits {
						err = errTold
					}
					return err
				})
			})
		})
	}
	all.Wait()
	for _, end := range ends {
		require.Equal(t, errTold, end, "what work returns is returned")
	}
}

func hashFits(t *testing.T, hasher ports.PasswordHasher) {
	hash, err := hasher.Hash(t.Context(), credentials.NewPassword("pässword"))
	require.NoError(t, err)
	require.NotContains(t, hash.Reveal(), "pässword")
	for password, want := range map[string]bool{"pässword": true, "passwort": false, "": false, "pässword ": false, "PÄSSWORD": false} {
		fits, outdated, err := hasher.Verify(t.Context(), hash, credentials.NewPassword(password))
		require.NoError(t, err)
		require.Equal(t, want, fits, "%q", password)
		require.False(t, outdated, "it was made just now")
	}
}

func hashSalted(t *testing.T, hasher ports.PasswordHasher) {
	first, err := hasher.Hash(t.Context(), credentials.NewPassword("password"))
	require.NoError(t, err)
	second, err := hasher.Hash(t.Context(), credentials.NewPassword("password"))
	require.NoError(t, err)
	require.NotEqual(t, first.Reveal(), second.Reveal())
}

func hashMalformed(t *testing.T, hasher ports.PasswordHasher) {
	for _, text := range []string{"", "!", "!random", "password", "unknown$1$2$3", "$$$$"} {
		hash := secret.New(text)
		for _, password := range []string{"", "password", text} {
			fits, _, err := hasher.Verify(t.Context(), hash, credentials.NewPassword(password))
			require.NoError(t, err)
			require.False(t, fits)
		}
	}
}

func hashCanceled(t *testing.T, hasher ports.PasswordHasher) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := hasher.Hash(ctx, credentials.NewPassword("password"))
	require.ErrorIs(t, err, context.Canceled)
	fits, _, err := hasher.Verify(ctx, secret.String{}, credentials.NewPassword("password"))
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, fits)
	err = hasher.InTurn(ctx, func(context.Context) error { return errTold })
	require.ErrorIs(t, err, context.Canceled)
}

// SessionSeals tests an implementation of ports.SessionSeals.
func SessionSeals(t *testing.T, seals ports.SessionSeals) {
	t.Run("a sealed session opens as it was", func(t *testing.T) { sealRoundTrip(t, seals) })
	t.Run("a changed text does not open", func(t *testing.T) { sealForged(t, seals) })
	t.Run("a fingerprint fits its hash only", func(t *testing.T) { sealFingerprint(t, seals) })
}

func sealRoundTrip(t *testing.T, seals ports.SessionSeals) {
	want := aSession(7)
	sealed, err := seals.Seal(want, now)
	require.NoError(t, err)
	require.NotContains(t, sealed, want.Key.Reveal())
	opened := &sessions.WebSession{Key: want.Key, Expires: want.Expires}
	require.NoError(t, seals.Open(sealed, opened))
	sameSession(t, want, opened)
}

func sealForged(t *testing.T, seals ports.SessionSeals) {
	sealed, err := seals.Seal(aSession(7), now)
	require.NoError(t, err)
	forged := []string{"", ":", "{}", sealed[1:], "A" + sealed}
	for i := range sealed {
		other := byte('A')
		if sealed[i] == other {
			other = 'B'
		}
		forged = append(forged, sealed[:i]+string(other)+sealed[i+1:])
	}
	for _, text := range forged {
		require.ErrorIs(t, seals.Open(text, &sessions.WebSession{}), sessions.ErrSessionEnded, "%q", text)
	}
}

func sealFingerprint(t *testing.T, seals ports.SessionSeals) {
	hash := secret.New("argon2$hash")
	fingerprint := seals.Fingerprint(hash)
	require.NotContains(t, fingerprint, hash.Reveal())
	require.True(t, seals.Fits(fingerprint, hash))
	require.False(t, seals.Fits(fingerprint, secret.New("argon2$other")))
	require.False(t, seals.Fits("", hash))
}

// Mailer tests an implementation of ports.Mailer that has somewhere to send to.
func Mailer(t *testing.T, mailer ports.Mailer) {
	mail := ports.Mail{
		To: "ann@example.com", Template: ports.MailResetPassword, Username: "ann",
		Link: "https://example.com/reset/", Site: ports.Site{Name: "Example", Domain: "example.com"},
	}
	t.Run("a mail is sent", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.NoError(t, mailer.Send(ctx, mail))
	})
	t.Run("an ended context sends nothing", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, mailer.Send(ctx, mail), context.Canceled)
	})
}
