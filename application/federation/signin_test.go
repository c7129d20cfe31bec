package federation_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/federation"
	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/factors"
	"latchkey/domain/fault"
	"latchkey/domain/identities"
	"latchkey/domain/passkeys"
	"latchkey/domain/secret"
)

func TestANewIdentityGetsAnAccount(t *testing.T) {
	w := newWorld(t, nil)
	w.known("facebook", "t", "1", told("Zoe@Example.com"))
	account, err := w.SignIn(w.ctx, presented("facebook", "t"))
	require.NoError(t, err)

	s := w.stored(t, account.ID())
	require.Equal(t, accounts.Username("zoe"), s.Username)
	require.Equal(t, accounts.Email("zoe@example.com"), s.Email)
	require.Equal(t, []string{"Zoë", "Ünal"}, []string{s.FirstName, s.LastName})
	require.False(t, account.HasPassword())
	require.True(t, s.Active)
	require.False(t, s.Staff || s.Superuser)
	require.Equal(t, []string{"facebook:1"}, w.linked(t, account.ID()))
	require.Equal(t, []string{ports.EventRegistered, ports.EventIdentityConnected}, w.events.names)

	rows, err := w.addresses.Of(w.ctx, account.ID())
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, []bool{false, true}, []bool{rows[0].Verified(), rows[0].Primary()})
	mails, err := w.outbox.Claim(w.ctx, start, time.Minute, 10)
	require.NoError(t, err)
	require.Len(t, mails, 1, "the address is to be proved")
}

func TestAnAddressThatTheProviderVerifiedNeedsNoMail(t *testing.T) {
	w := newWorld(t, nil)
	w.known("google", "t", "1", verified("zoe@example.com"), identities.Email{Address: "second@example.com"})
	account, err := w.SignIn(w.ctx, presented("google", "t"))
	require.NoError(t, err)
	rows, err := w.addresses.Of(w.ctx, account.ID())
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.True(t, rows[0].Verified())
	require.False(t, rows[1].Verified())
	mails, err := w.outbox.Claim(w.ctx, start, time.Minute, 10)
	require.NoError(t, err)
	require.Empty(t, mails)
}

func TestTheSameIdentityIsTheSameAccount(t *testing.T) {
	w := newWorld(t, nil)
	w.known("google", "t", "1")
	first, err := w.SignIn(w.ctx, presented("google", "t"))
	require.NoError(t, err)
	w.clock.now = start.Add(time.Hour)
	changed := w.known("google", "u", "1", verified("moved@example.com"))
	second, err := w.SignIn(w.ctx, presented("google", "u"))
	require.NoError(t, err)
	require.Equal(t, first.ID(), second.ID())
	require.Empty(t, w.stored(t, first.ID()).Email, "what the provider tells later changes nothing")
	identity, err := w.links.ByKey(w.ctx, changed.Key)
	require.NoError(t, err)
	require.Equal(t, start.Add(time.Hour), identity.Snapshot().LastLogin)
	require.Equal(t, start, identity.Snapshot().Joined)
}

func TestAnotherProvidersSubjectIsSomebodyElse(t *testing.T) {
	w := newWorld(t, nil)
	w.known("google", "t", "1")
	w.known("facebook", "t", "1")
	google, err := w.SignIn(w.ctx, presented("google", "t"))
	require.NoError(t, err)
	facebook, err := w.SignIn(w.ctx, presented("facebook", "t"))
	require.NoError(t, err)
	require.NotEqual(t, google.ID(), facebook.ID())
	require.Equal(t, accounts.Username("zoe"), google.Username())
	require.Regexp(t, `^zoe\d+$`, string(facebook.Username()))
}

func TestNamesAtTheProviderAreTakenWhereTheyMayBe(t *testing.T) {
	for wish, want := range map[string]string{
		"Hubert-1": "^Hubert-1$", "taken": "^zoe$", "TAKEN": "^zoe$", "root": "^zoe$", "two words": "^zoe$", "": "^zoe$",
	} {
		w := newWorld(t, nil)
		w.add(t, "taken", "", false)
		profile := w.known("google", "t", "1")
		profile.Username = wish
		w.providers.Vouches("google", "t", profile)
		account, err := w.SignIn(w.ctx, presented("google", "t"))
		require.NoError(t, err)
		require.Regexp(t, want, string(account.Username()), wish)
	}
}

func TestATakenAddressIsRefused(t *testing.T) {
	for name, proved := range map[string]bool{"proved": true, "claimed": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.add(t, "alice", "alice@example.com", proved)
			w.known("google", "t", "1", verified("ALICE@example.com"))
			_, err := w.SignIn(w.ctx, presented("google", "t"))
			require.ErrorIs(t, err, accounts.ErrEmailTaken)
			_, err = w.links.ByKey(w.ctx, identities.Key{Provider: "google", Subject: "1"})
			require.ErrorIs(t, err, identities.ErrNotFound)
		})
	}
}

func TestAVerifiedAddressSignsInItsAccountWhereThatIsAllowed(t *testing.T) {
	w := newWorld(t, trusting)
	alice := w.add(t, "alice", "alice@example.com", true)
	w.known("google", "t", "1", verified("alice@example.com"))
	account, err := w.SignIn(w.ctx, presented("google", "t"))
	require.NoError(t, err)
	require.Equal(t, alice.ID(), account.ID())
	require.True(t, account.HasPassword())
	require.Empty(t, w.gate.expelled)
	require.Equal(t, []string{"google:1"}, w.linked(t, alice.ID()))
}

func TestASquatterLosesTheAccountToTheOwnerOfTheAddress(t *testing.T) {
	w := newWorld(t, trusting)
	squatter := w.add(t, "squatter", "victim@example.com", false)
	w.known("facebook", "planted", "666")
	require.NoError(t, w.Connect(w.ctx, squatter, presented("facebook", "planted")))
	for i := range 2 {
		require.NoError(t, w.passkeys.Add(w.ctx, passkeys.New(squatter.ID(), "planted", passkeys.Attested{CredentialID: []byte{byte(i)}}, start)))
	}

	w.known("google", "t", "1", verified("victim@example.com"))
	account, err := w.SignIn(w.ctx, presented("google", "t"))
	require.NoError(t, err)
	require.Equal(t, squatter.ID(), account.ID())
	require.False(t, account.HasPassword(), "the squatter's password is gone")
	require.Equal(t, w.stored(t, account.ID()).PasswordHash.Reveal(), account.PasswordHash().Reveal())
	require.Equal(t, []accounts.ID{squatter.ID()}, w.gate.expelled)
	require.Equal(t, []string{"google:1"}, w.linked(t, account.ID()), "and so is the way in that was planted")
	planted, err := w.passkeys.Of(w.ctx, account.ID())
	require.NoError(t, err)
	require.Empty(t, planted, "and so are the others")
	rows, err := w.addresses.Of(w.ctx, account.ID())
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.True(t, rows[0].Verified())
	require.Contains(t, w.events.names, ports.EventReclaimed)
}

// Whoever reads somebody's mails can have a provider verify the address.
func TestAVerifiedAddressIsNoWayPastASecondFactor(t *testing.T) {
	w := newWorld(t, trusting)
	alice := w.add(t, "alice", "alice@example.com", false)
	require.NoError(t, w.factors.Update(w.ctx, alice.ID(), func(f *factors.Factors) error {
		*f = *factors.Restore(factors.Snapshot{Account: alice.ID(), TOTP: &factors.TOTP{Secret: secret.New("JBSWY3DPEHPK3PXP"), Created: start}})
		return nil
	}))
	w.known("google", "t", "1", verified("alice@example.com"))
	_, err := w.SignIn(w.ctx, presented("google", "t"))
	require.ErrorIs(t, err, accounts.ErrEmailTaken)
	require.Empty(t, w.gate.expelled)
	require.True(t, w.stored(t, alice.ID()).PasswordHash.Equal(alice.PasswordHash()), "nothing has changed")
	demanded, err := w.factors.Of(w.ctx, alice.ID())
	require.NoError(t, err)
	require.True(t, demanded.Enabled())
}

func TestPoliciesHoldForThoseWhoComeByAProvider(t *testing.T) {
	w := newWorld(t, nil)
	w.policy.refuses = true
	w.known("google", "t", "1", verified("zoe@example.com"))
	_, err := w.SignIn(w.ctx, presented("google", "t"))
	require.ErrorIs(t, err, errClosed)
	require.Equal(t, []accounts.Email{"zoe@example.com"}, w.policy.asked)

	w.policy.refuses = false
	_, err = w.SignIn(w.ctx, presented("google", "t"))
	require.NoError(t, err)
	w.policy.refuses = true
	_, err = w.SignIn(w.ctx, presented("google", "t"))
	require.NoError(t, err, "who has an account does not register")
}

func TestWhereAddressesMustBeProvedNobodyIsMadeWithoutOne(t *testing.T) {
	w := newWorld(t, func(o *federation.Options) { o.MandatoryVerification = true })
	w.known("google", "t", "1")
	_, err := w.SignIn(w.ctx, presented("google", "t"))
	require.ErrorIs(t, err, identities.ErrAddressMissing)
	require.Empty(t, w.events.names)
}

func TestTokensAreKeptOnlyWhenAsked(t *testing.T) {
	for _, keep := range []bool{false, true} {
		w := newWorld(t, func(o *federation.Options) { o.StoreTokens = keep })
		profile := w.known("google", "t", "1")
		_, err := w.SignIn(w.ctx, presented("google", "t"))
		require.NoError(t, err)
		identity, err := w.links.ByKey(w.ctx, profile.Key)
		require.NoError(t, err)
		kept, err := w.tokens.Of(w.ctx, identity.ID())
		if !keep {
			require.ErrorIs(t, err, identities.ErrNotFound)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, "t", kept.Access.Reveal())
	}
}

// once has the provider vouch for a proof that is good for one use.
func (w *world) once(provider, token, subject string, emails ...identities.Email) {
	profile := w.known(provider, token, subject, emails...)
	profile.Once = identities.Once{ID: "once " + token, Life: time.Hour}
	w.providers.Vouches(provider, token, profile)
}

func TestAProofForOneUseIsGoodOnce(t *testing.T) {
	w := newWorld(t, nil)
	w.once("google", "t", "1")
	account, err := w.SignIn(w.ctx, presented("google", "t"))
	require.NoError(t, err)
	for _, later := range []time.Duration{0, time.Minute, time.Hour, time.Hour + time.Minute} {
		w.clock.now = start.Add(later)
		_, err = w.SignIn(w.ctx, presented("google", "t"))
		require.ErrorIs(t, err, identities.ErrProofRefused)
		require.ErrorIs(t, w.Connect(w.ctx, account, presented("google", "t")), identities.ErrProofRefused)
	}
}

func TestOfManyWhoReplayAProofOneGetsIn(t *testing.T) {
	w := newWorld(t, nil)
	w.once("google", "t", "1")
	errs := make([]error, 20)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() { _, errs[i] = w.SignIn(w.ctx, presented("google", "t")) })
	}
	group.Wait()
	in := 0
	for _, err := range errs {
		if err == nil {
			in++
			continue
		}
		require.ErrorIs(t, err, identities.ErrProofRefused)
	}
	require.Equal(t, 1, in)
}

func TestManyFirstLoginsOfOneIdentityMakeOneAccount(t *testing.T) {
	w := newWorld(t, nil)
	w.known("google", "t", "1", verified("zoe@example.com"))
	ids := make([]accounts.ID, 20)
	errs := make([]error, 20)
	var group sync.WaitGroup
	for i := range ids {
		group.Go(func() {
			account, err := w.SignIn(w.ctx, presented("google", "t"))
			if errs[i] = err; err == nil {
				ids[i] = account.ID()
			}
		})
	}
	group.Wait()
	for i := range ids {
		require.NoError(t, errs[i])
		require.Equal(t, ids[0], ids[i])
	}
	owners, err := w.accounts.ByEmail(w.ctx, "zoe@example.com")
	require.NoError(t, err)
	require.Len(t, owners, 1)
}

func TestWhatTheProviderRefusesIsRefused(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.SignIn(w.ctx, presented("google", "nobody's"))
	require.ErrorIs(t, err, identities.ErrProofRefused)
	_, err = w.SignIn(w.ctx, presented("myspace", "t"))
	require.ErrorIs(t, err, identities.ErrProviderUnknown)
	_, err = w.SignIn(w.ctx, federation.Presented{Provider: "google", Proof: identities.Proof{Code: secret.New("x")}})
	require.ErrorIs(t, err, identities.ErrCodeRefused)
}

func TestARefusalLeavesNothingBehind(t *testing.T) {
	refusal := fault.New(fault.Forbidden, "blocked", "Blocked.")
	t.Run("of a known identity", func(t *testing.T) {
		w := newWorld(t, nil)
		profile := w.known("google", "t", "1")
		account, err := w.SignIn(w.ctx, presented("google", "t"))
		require.NoError(t, err)
		w.gate.refusal, w.clock.now = refusal, start.Add(time.Hour)
		_, err = w.SignIn(w.ctx, presented("google", "t"))
		require.ErrorIs(t, err, refusal)
		identity, err := w.links.ByKey(w.ctx, profile.Key)
		require.NoError(t, err)
		require.Equal(t, start, identity.Snapshot().LastLogin)
		require.Equal(t, []string{"google:1"}, w.linked(t, account.ID()))
	})
	t.Run("of one that would join", func(t *testing.T) {
		w := newWorld(t, trusting)
		alice := w.add(t, "alice", "alice@example.com", true)
		w.known("google", "t", "1", verified("alice@example.com"))
		w.gate.refusal = refusal
		_, err := w.SignIn(w.ctx, presented("google", "t"))
		require.ErrorIs(t, err, refusal)
		require.Empty(t, w.linked(t, alice.ID()))
	})
	t.Run("of one that would reclaim", func(t *testing.T) {
		w := newWorld(t, trusting)
		squatter := w.add(t, "squatter", "victim@example.com", false)
		w.known("google", "t", "1", verified("victim@example.com"))
		w.gate.reclaims = refusal
		_, err := w.SignIn(w.ctx, presented("google", "t"))
		require.ErrorIs(t, err, refusal)
		require.True(t, accounts.Restore(w.stored(t, squatter.ID())).HasPassword())
		require.Empty(t, w.gate.expelled)
	})
}
