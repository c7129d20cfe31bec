package selfservice_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/application/selfservice"
	"latchkey/domain/accounts"
	"latchkey/domain/fault"
)

// contributor adds fields under its name.
type contributor struct {
	name   string
	fields map[string]any
	err    error
}

func (c contributor) Name() string { return c.name }

func (c contributor) Fields(context.Context, *accounts.Account) (map[string]any, error) {
	return c.fields, c.err
}

func text(s string) *string { return &s }

func TestAProfileIsWhatIsStored(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	profile, err := w.Profile(w.ctx, ann)
	require.NoError(t, err)
	require.Equal(t, ann.Snapshot(), profile.Account)
	require.Empty(t, profile.Extra)
}

func TestContributorsAddInTheOrderOfTheirNamesAndReplaceNothing(t *testing.T) {
	given := []ports.ProfileContributor{
		contributor{name: "c", fields: map[string]any{"shared": "c", "last": 3}},
		contributor{name: "a", fields: map[string]any{"shared": "a", "first": 1}},
		contributor{name: "b"},
	}
	w := newWorld(t, nil, given...)
	ann := w.add(t, "ann")
	want := map[string]any{"shared": "a", "first": 1, "last": 3}
	profile, err := w.Profile(w.ctx, ann)
	require.NoError(t, err)
	require.Equal(t, want, profile.Extra)
	require.Equal(t, "c", given[0].Name(), "the caller's list keeps its order")
	profile, err = w.UpdateProfile(w.ctx, ann.ID(), selfservice.UpdateProfile{FirstName: text("Ann")})
	require.NoError(t, err)
	require.Equal(t, want, profile.Extra)
	require.Equal(t, "Ann", profile.Account.FirstName)
}

func TestAContributorDoesNotReachIntoAnothersFields(t *testing.T) {
	mine := map[string]any{"mine": 1}
	w := newWorld(t, nil, contributor{name: "a", fields: mine}, contributor{name: "b", fields: map[string]any{"yours": 2}})
	_, err := w.Profile(w.ctx, w.add(t, "ann"))
	require.NoError(t, err)
	require.Equal(t, map[string]any{"mine": 1}, mine)
}

func TestAContributorThatFailsFailsTheProfile(t *testing.T) {
	w := newWorld(t, nil, contributor{name: "a", err: errDown})
	profile, err := w.Profile(w.ctx, w.add(t, "ann"))
	require.ErrorIs(t, err, errDown)
	require.Zero(t, profile)
}

func TestRenaming(t *testing.T) {
	taken := "username: A user with that username already exists."
	tests := map[string]struct{ to, want string }{
		"a free name":                    {"Annie", ""},
		"its own name":                   {"Ann", ""},
		"its own name in another case":   {"ann", taken},
		"a taken name":                   {"Bob", taken},
		"a taken name in another case":   {"bOB", taken},
		"blacklisted":                    {"Admin", "username: Username can not be used. Please use other username."},
		"blacklisted in another case":    {"aDMIN", "username: Username can not be used. Please use other username."},
		"contains what is on the list":   {"Administrator", ""},
		"a longer name than a taken one": {"Bobby", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			ann := w.add(t, "Ann")
			w.add(t, "Bob")
			vetted := w.VetUsername(w.ctx, ann.ID(), test.to)
			profile, err := w.UpdateProfile(w.ctx, ann.ID(), selfservice.UpdateProfile{Username: &test.to})
			require.Equal(t, vetted, err)
			if test.want != "" {
				require.EqualError(t, err, test.want)
				require.Equal(t, accounts.Username("Ann"), w.stored(t, ann).Username())
				require.Empty(t, w.events.all)
				return
			}
			require.NoError(t, err)
			require.Equal(t, accounts.Username(test.to), profile.Account.Username, "the casing is kept")
			require.Equal(t, accounts.Username(test.to), w.stored(t, ann).Username())
		})
	}
}

func TestAnUpdateChangesOnlyWhatIsGiven(t *testing.T) {
	tests := map[string]struct {
		in          selfservice.UpdateProfile
		name        accounts.Username
		first, last string
	}{
		"nothing":    {selfservice.UpdateProfile{}, "ann", "A", "B"},
		"username":   {selfservice.UpdateProfile{Username: text("annie")}, "annie", "A", "B"},
		"first name": {selfservice.UpdateProfile{FirstName: text("X")}, "ann", "X", "B"},
		"last name":  {selfservice.UpdateProfile{LastName: text("")}, "ann", "A", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			ann := w.add(t, "ann")
			w.set(t, ann, func(s *accounts.Snapshot) { s.FirstName, s.LastName = "A", "B" })
			want := w.stored(t, ann).Snapshot()
			want.Username, want.FirstName, want.LastName = test.name, test.first, test.last
			profile, err := w.UpdateProfile(w.ctx, ann.ID(), test.in)
			require.NoError(t, err)
			require.Equal(t, want, profile.Account)
			require.Equal(t, want, w.stored(t, ann).Snapshot())
			require.Equal(t, []ports.Event{{Name: ports.EventProfileUpdated, Account: ann.ID(), At: start}}, w.events.all)
		})
	}
}

func TestOfAccountsThatRaceForANameOneGetsIt(t *testing.T) {
	w := newWorld(t, nil)
	errs := make([]error, 20)
	var wait sync.WaitGroup
	for i := range errs {
		account := w.add(t, accounts.Username(rune('a'+i)))
		wait.Go(func() {
			_, errs[i] = w.UpdateProfile(w.ctx, account.ID(), selfservice.UpdateProfile{Username: text("wanted")})
		})
	}
	wait.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			require.Equal(t, accounts.ErrUsernameTaken.On("username"), err, "under the field, however late it was noticed")
		}
	}
	require.Equal(t, 1, won)
}

// late finds nobody of a name: somebody takes it right after the look.
type late struct{ ports.Accounts }

func (late) ByUsername(context.Context, accounts.Username) ([]*accounts.Account, error) {
	return nil, nil
}

func TestANameThatIsTakenAfterTheLookIsRefusedUnderItsField(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	w.add(t, "bob")
	w.Accounts = late{w.accounts}
	_, err := w.UpdateProfile(w.ctx, ann.ID(), selfservice.UpdateProfile{Username: text("bob")})
	require.Equal(t, accounts.ErrUsernameTaken.On("username"), err)
	require.Empty(t, w.events.all)
}

func TestAnUpdateThatFailsChangesNothing(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	w.events.fail = errDown
	_, err := w.UpdateProfile(w.ctx, ann.ID(), selfservice.UpdateProfile{Username: text("annie")})
	require.ErrorIs(t, err, errDown)
	require.Equal(t, ann.Snapshot(), w.stored(t, ann).Snapshot())

	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	_, err = w.UpdateProfile(ctx, ann.ID(), selfservice.UpdateProfile{Username: text("annie")})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, fault.Internal, fault.KindOf(err))
	_, err = w.UpdateProfile(w.ctx, 404, selfservice.UpdateProfile{FirstName: text("x")})
	require.ErrorIs(t, err, accounts.ErrNotFound)
}
