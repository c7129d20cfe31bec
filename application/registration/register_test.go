package registration_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/application/registration"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
	"latchkey/domain/verification"
)

// told returns the refusals as "field: message", in their order.
func told(err error) []string {
	var texts []string
	for _, refusal := range fault.Of(err) {
		texts = append(texts, refusal.Error())
	}
	return texts
}

func TestRegisterMakesAnAccountAndItsMainAddress(t *testing.T) {
	w := newWorld(t, nil)
	done, err := w.Register(w.ctx, in("Ann", "Ann@Example.COM"))
	require.NoError(t, err)
	require.False(t, done.Pending)
	stored, err := w.accounts.ByID(w.ctx, done.Account.ID())
	require.NoError(t, err)
	require.Equal(t, accounts.Username("ann"), stored.Username())
	require.Equal(t, accounts.Email("ann@example.com"), stored.Email())
	require.True(t, stored.Active())
	require.Equal(t, start, stored.Snapshot().Joined)
	require.False(t, stored.Snapshot().Staff || stored.Snapshot().Superuser)
	fits, _, err := w.hasher.Verify(w.ctx, stored.PasswordHash(), credentials.NewPassword(goodText))
	require.NoError(t, err)
	require.True(t, fits)
	rows := w.rows(t, "ann@example.com")
	require.Len(t, rows, 1)
	require.True(t, rows[0].Primary())
	require.False(t, rows[0].Verified())
	require.Equal(t, []ports.Event{{Name: ports.EventRegistered, Account: stored.ID(), At: start}}, w.events.all)
}

func TestTheCasingOfANameIsKeptWhereTheSettingSaysSo(t *testing.T) {
	w := newWorld(t, func(o *registration.Options) { o.Usernames.PreserveCasing = true })
	done, err := w.Register(w.ctx, in("Ann", ""))
	require.NoError(t, err)
	require.Equal(t, accounts.Username("Ann"), done.Account.Username())
	require.Empty(t, done.Account.Email())
	require.Empty(t, w.deliver(t), "without an address there is nobody to write to")
}

func TestVetTellsAllRefusalsInTheOrderOfTheFields(t *testing.T) {
	w := newWorld(t, nil)
	w.add(t, "ann", "ann@example.com", true)
	weak := credentials.NewPassword("1234567")
	bad := in("ANN", "ANN@example.com")
	bad.Password = &weak
	want := []string{
		"username: A user with that username already exists.",
		"email: User is already registered with this e-mail address.",
		"password1: This password is too short. It must contain at least 8 characters.",
		"password1: This password is too common.",
		"password1: This password is entirely numeric.",
	}
	refusals, err := w.Vet(w.ctx, bad)
	require.NoError(t, err)
	require.Equal(t, want, told(refusals))
	_, err = w.Register(w.ctx, bad)
	require.Equal(t, want, told(err))
	require.Zero(t, w.hasher.work.Load())
}

func TestVetDoesNotLookAtFieldsThatAreNotThere(t *testing.T) {
	w := newWorld(t, nil)
	refusals, err := w.Vet(w.ctx, registration.Register{})
	require.NoError(t, err)
	require.Empty(t, refusals)
}

func TestNamesAndAddressesThatAreRefused(t *testing.T) {
	tests := map[string]struct{ username, email, want string }{
		"taken":                       {"ann", "", "username: A user with that username already exists."},
		"taken in another case":       {"aNN", "", "username: A user with that username already exists."},
		"blacklisted in another case": {"aDMIN", "", "username: Username can not be used. Please use other username."},
		"with a blank":                {"a b", "", "username: " + accounts.ErrUsernameInvalid.Message},
		"with a control character":    {"a\x00b", "", "username: " + accounts.ErrUsernameInvalid.Message},
		"no address":                  {"bob", "bob", "email: Enter a valid email address."},
		"with a line break":           {"bob", "bob@example.com\nBcc: all@example.com", "email: Enter a valid email address."},
		"verified by somebody else":   {"bob", "ANN@Example.com", "email: User is already registered with this e-mail address."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.add(t, "Ann", "ann@example.com", true)
			_, err := w.Register(w.ctx, in(test.username, test.email))
			require.Equal(t, []string{test.want}, told(err))
			require.Empty(t, w.deliver(t))
			require.Empty(t, w.events.all)
		})
	}
}

func TestAClaimThatNobodyProvedBlocksNobody(t *testing.T) {
	w := newWorld(t, nil)
	w.add(t, "squatter", "ann@example.com", false)
	done, err := w.Register(w.ctx, in("ann", "ann@example.com"))
	require.NoError(t, err)
	require.Len(t, w.rows(t, done.Account.Email()), 2)
}

// once is a table of allauth before 0.58: every address is in it once, proved or not.
type once struct{ ports.Addresses }

func (o once) Add(ctx context.Context, address *accounts.Address) error {
	same, err := o.ByEmail(ctx, address.Email())
	if err != nil || len(same) > 0 {
		return errors.Join(err, verification.ErrVerifiedElsewhere)
	}
	return o.Addresses.Add(ctx, address)
}

func TestWhereTheTableHoldsAnAddressOnceAClaimIsToldAsATakenAddress(t *testing.T) {
	w := newWorld(t, nil)
	w.Addresses = once{w.addresses}
	w.add(t, "squatter", "ann@example.com", false)
	_, err := w.Register(w.ctx, in("ann", "ann@example.com"))
	require.Equal(t, []string{"email: User is already registered with this e-mail address."}, told(err))
	made, err := w.accounts.ByUsername(w.ctx, "ann")
	require.NoError(t, err)
	require.Empty(t, made)
}

func TestWhereAddressesMayBeSharedAVerifiedOneBlocksNobody(t *testing.T) {
	for _, prevent := range []bool{false, true} {
		w := newWorld(t, func(o *registration.Options) {
			o.UniqueEmail, o.PreventEnumeration, o.Verification = false, prevent, registration.VerificationMandatory
		})
		w.add(t, "ann", "both@example.com", true)
		done, err := w.Register(w.ctx, in("bob", "both@example.com"))
		require.NoError(t, err)
		require.NotNil(t, done.Account)
	}
}

func TestWhatOnlyTheWholeInputTellsComesAfterTheFields(t *testing.T) {
	refusal := fault.New(fault.Forbidden, "closed", "Closed today.")
	w := newWorld(t, nil, policy{refusal})
	other := credentials.NewPassword("another good one")
	similar := credentials.NewPassword("ann@example.com1")

	all := in("ann", "ann@example.com")
	all.Password, all.Repeat = &similar, &other
	_, err := w.Register(w.ctx, all)
	require.Equal(t, []string{"The two password fields didn't match."}, told(err))
	require.ErrorIs(t, err, registration.ErrPasswordsDiffer)

	all.Repeat = &similar
	_, err = w.Register(w.ctx, all)
	require.Equal(t, []string{"The password is too similar to the email address."}, told(err))

	all.Password, all.Repeat = &other, nil
	_, err = w.Register(w.ctx, all)
	require.Equal(t, refusal, err, "the repetition is not compared where it is not asked for")
	require.Zero(t, w.hasher.work.Load())
	require.Empty(t, w.named(t, "ann"))
}

func TestAPasswordIsComparedWithTheNameToo(t *testing.T) {
	w := newWorld(t, nil)
	similar := credentials.NewPassword("wilhelmina7")
	bad := in("wilhelmina", "")
	bad.Password, bad.Repeat = &similar, &similar
	refusals, err := w.Vet(w.ctx, bad)
	require.NoError(t, err)
	require.Empty(t, refusals, "single fields know nothing of each other")
	_, err = w.Register(w.ctx, bad)
	require.Equal(t, []string{"The password is too similar to the username."}, told(err))
}

// policy answers with err.
type policy struct{ err error }

func (policy) Name() string { return "policy" }

func (p policy) MayRegister(_ context.Context, username accounts.Username, email accounts.Email) error {
	if username != "ann" || email != "ann@example.com" {
		return errors.New("asked about something else than what is stored")
	}
	return p.err
}

func TestPoliciesAreAskedAboutWhatWillBeStored(t *testing.T) {
	w := newWorld(t, nil, policy{nil}, policy{nil})
	_, err := w.Register(w.ctx, in("ANN", "Ann@EXAMPLE.com"))
	require.NoError(t, err)
}

func TestAMadeUpNameIsTheAddressOrOneBesideTakenOnes(t *testing.T) {
	w := newWorld(t, nil)
	for i := range 30 {
		done, err := w.Register(w.ctx, in("", fmt.Sprintf("Ann@%d.example.com", i)))
		require.NoError(t, err)
		name := string(done.Account.Username())
		if i == 0 {
			require.Equal(t, "ann", name)
		} else {
			require.Regexp(t, "^ann[0-9]{2,}$", name)
		}
	}
}

func TestAMadeUpNameObeysTheRules(t *testing.T) {
	tests := map[string]struct{ email, want string }{
		"blacklisted":   {"admin@example.com", "^admin[0-9]{2}$"},
		"too short":     {"a@example.com", "^a[0-9]{4}$"},
		"nothing left":  {`"!"@example.com`, "^user[0-9]{2}$"},
		"without email": {"", "^user[0-9]{2}$"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(o *registration.Options) { o.Usernames.MinLength = 5 })
			done, err := w.Register(w.ctx, in("", test.email))
			require.NoError(t, err)
			require.Regexp(t, test.want, string(done.Account.Username()))
		})
	}
}

func TestMakingUpNamesEnds(t *testing.T) {
	w := newWorld(t, nil)
	w.Random = same{}
	for i := range 21 {
		_, err := w.Register(w.ctx, in("", fmt.Sprintf("ann@%d.example.com", i)))
		if i < 20 {
			require.NoError(t, err)
		} else {
			require.ErrorIs(t, err, accounts.ErrUsernameTaken)
		}
	}
}

// same is a generator that has run dry.
type same struct{}

func (same) Text(n int, alphabet string) string { return strings.Repeat(alphabet[:1], n) }

func TestOfRegistrationsThatRaceForANameOneWins(t *testing.T) {
	for _, email := range []string{"", "ann@example.com"} {
		w := newWorld(t, nil)
		errs := make([]error, 20)
		var racers, wait sync.WaitGroup
		racers.Add(len(errs))
		w.Hasher = together{w.hasher, &racers}
		for i := range errs {
			wait.Go(func() { _, errs[i] = w.Register(w.ctx, in([]string{"ann", "ANN"}[i%2], email)) })
		}
		wait.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			require.Equal(t, []string{"username: A user with that username already exists."}, told(err))
		}
		require.Equal(t, 1, won)
		require.Len(t, w.named(t, "ann"), 1)
		require.Len(t, w.events.all, 1)
		if email != "" {
			require.Len(t, w.rows(t, "ann@example.com"), 1)
			require.Len(t, w.deliver(t), 1)
		}
	}
}

// together is a hasher that lets nobody go on before all racers are there: each
// has passed every check that comes before the transaction.
type together struct {
	ports.PasswordHasher
	racers *sync.WaitGroup
}

func (h together) Hash(ctx context.Context, password credentials.Password) (secret.String, error) {
	h.racers.Done()
	h.racers.Wait()
	return h.PasswordHasher.Hash(ctx, password)
}

func TestARegistrationThatFailsLeavesNothing(t *testing.T) {
	breaks := map[string]func(*world){
		"outbox": func(w *world) { w.outbox.fail = errDown },
		"events": func(w *world) { w.events.fail = errDown },
		"hasher": func(w *world) { w.hasher.fail = errDown },
	}
	for name, breakIt := range breaks {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			breakIt(w)
			done, err := w.Register(w.ctx, in("ann", "ann@example.com"))
			require.ErrorIs(t, err, errDown)
			require.Equal(t, fault.Internal, fault.KindOf(err))
			require.Nil(t, done.Account)
			require.Empty(t, w.named(t, "ann"))
			require.Empty(t, w.rows(t, "ann@example.com"))
			require.Empty(t, w.events.all)
			require.Empty(t, w.deliver(t))
		})
	}
}

func TestAFailureOfTheStorageIsNoRefusal(t *testing.T) {
	w := newWorld(t, nil)
	ctx, cancel := context.WithTimeout(w.ctx, -time.Second)
	defer cancel()
	for _, one := range []registration.Register{in("ann", ""), in("", "ann@example.com")} {
		_, err := w.Register(ctx, one)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, fault.Internal, fault.KindOf(err))
	}
}
