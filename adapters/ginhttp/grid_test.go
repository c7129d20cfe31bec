package ginhttp

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
)

func TestAnAnswerThatMustNotTellLeavesOnTheGrid(t *testing.T) {
	for took, want := range map[time.Duration]time.Duration{
		0: gridStep, 17 * time.Microsecond: gridStep, gridStep - 1: gridStep, gridStep + 1: 2 * gridStep, 31 * time.Millisecond: 35 * time.Millisecond,
	} {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			steps := beginGrid()
			defer steps.end()
			time.Sleep(took)
			steps.wait(t.Context())
			require.Equal(t, want, time.Since(begun), took)
		})
	}
}

func TestWhoHasGoneIsNotKeptWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		steps := beginGrid()
		defer steps.end()
		ctx, cancel := context.WithTimeout(t.Context(), time.Microsecond)
		defer cancel()
		steps.wait(ctx)
		require.Equal(t, time.Microsecond, time.Since(begun))
	})
}

func TestWhatLeavesOnTheGrid(t *testing.T) {
	for name, c := range map[string]struct {
		path, body string
		change     func(*world)
		want       time.Duration
	}{
		"a refused login":           {"login/", `{"username":"a","password":"b"}`, func(w *world) { w.err = authentication.ErrCredentialsWrong }, gridStep},
		"a login":                   {"login/", `{"username":"a","password":"b"}`, func(*world) {}, 0},
		"a malformed login":         {"login/", `{`, func(*world) {}, 0},
		"a reset":                   {"password/reset/", `{"email":"a@example.com"}`, func(*world) {}, gridStep},
		"another confirmation mail": {"registration/resend-email/", `{"email":"a@example.com"}`, func(*world) {}, gridStep},
		"a registration that waits": {"registration/", `{"username":"a","email":"a@example.com","password1":"b","password2":"b"}`, func(w *world) { w.registered.Pending = true }, gridStep},
		"a registration":            {"registration/", `{"username":"a","email":"a@example.com","password1":"b","password2":"b"}`, func(*world) {}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				c.change(w)
				api := w.api(t)
				begun := time.Now()
				postJSON("/dj-rest-auth/"+c.path, c.body).to(api)
				require.Equal(t, c.want, time.Since(begun))
			})
		})
	}
}
