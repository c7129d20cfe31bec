package federation

import (
	"context"
	"errors"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/fault"
	"latchkey/domain/identities"
)

// errMeanwhile says that what was decided outside the transaction no longer holds in
// it. Nobody is told but whoever loses every time.
var errMeanwhile = fault.New(fault.Unavailable, "try_again", "Somebody else did the same at this moment. Try again.").After(time.Second)

// attempts is how often a decision is made again. Each time somebody else has
// finished, so that more than a few means that something is wrong.
const attempts = 5

// SignIn implements UseCases.
func (s *Service) SignIn(ctx context.Context, in Presented) (*accounts.Account, error) {
	profile, err := s.vouched(ctx, in)
	if err != nil {
		return nil, err
	}
	for range attempts {
		account, err := s.enter(ctx, profile)
		if !lostRace(err) {
			return account, err
		}
	}
	return nil, errMeanwhile
}

// lostRace holds when another request linked the identity first: two first logins
// of one identity make one account.
func lostRace(err error) bool {
	return errors.Is(err, errMeanwhile) || errors.Is(err, identities.ErrConnectedElsewhere)
}

// vouched returns who the provider says that somebody is.
func (s *Service) vouched(ctx context.Context, in Presented) (identities.Profile, error) {
	proof, used, err := s.resume(ctx, in)
	if err != nil {
		return identities.Profile{}, err
	}
	profile, err := s.Providers.Vouch(ctx, in.Provider, proof)
	if errors.Is(err, identities.ErrProviderUnavailable) && used != "" {
		// Who tries again as told must get through. That is no replay: nobody was let in,
		// and whether the code is still good is the provider's to say.
		if forgotten := s.Limits.Forget(ctx, used); forgotten != nil {
			return identities.Profile{}, forgotten
		}
	}
	return profile, err
}

// enter decides, asks the policies, which may take their time, and carries the
// decision out if it still is the same inside the transaction.
func (s *Service) enter(ctx context.Context, profile identities.Profile) (*accounts.Account, error) {
	decided, err := s.decide(ctx, profile)
	if err != nil {
		return nil, err
	}
	if err := s.mayCarryOut(ctx, decided, profile); err != nil {
		return nil, err
	}
	var account *accounts.Account
	err = s.Transactor.InTx(ctx, func(ctx context.Context) error {
		now := s.Clock.Now()
		if err := s.burn(ctx, profile.Once, now); err != nil {
			return err
		}
		again, err := s.decide(ctx, profile)
		if err != nil {
			return err
		}
		if !again.same(decided) {
			return errMeanwhile
		}
		account, err = s.carryOut(ctx, again, profile, now)
		return err
	})
	return account, err
}

// decision is what an identity and the accounts at hand come to.
type decision struct {
	// identity is nil when no account has it yet; then linking says what happens.
	identity *identities.Identity
	linking  identities.Linking
	account  *accounts.Account // nil for a new one
}

// same reports whether two decisions speak of the same account and do the same.
func (d decision) same(other decision) bool {
	return d.linking == other.linking && (d.account == nil) == (other.account == nil) &&
		(d.account == nil || d.account.ID() == other.account.ID())
}

func (s *Service) decide(ctx context.Context, profile identities.Profile) (decision, error) {
	known, err := s.Links.ByKey(ctx, profile.Key)
	if err == nil {
		return s.ownerOf(ctx, known)
	}
	if !errors.Is(err, identities.ErrNotFound) {
		return decision{}, err
	}
	if s.options.Linking.Blind(profile.Main()) {
		return decision{linking: identities.LinkNew}, nil // without a look: its time would tell
	}
	claimants, err := s.claimants(ctx, profile.Main().Address)
	if err != nil {
		return decision{}, err
	}
	linking, account, err := s.options.Linking.Judge(profile.Main(), claimants)
	if err == nil && linking == identities.LinkReclaim {
		err = s.unguarded(ctx, account.ID())
	}
	if err != nil {
		return decision{}, s.refusedUnlessLinked(ctx, profile.Key, err)
	}
	return decision{linking: linking, account: account}, nil
}

// refusedUnlessLinked looks once more before an address is called somebody else's:
// between the two looks another request of the same person may have made the account.
func (s *Service) refusedUnlessLinked(ctx context.Context, key identities.Key, refusal error) error {
	_, err := s.Links.ByKey(ctx, key)
	switch {
	case err == nil:
		return errMeanwhile
	case errors.Is(err, identities.ErrNotFound):
		return refusal
	}
	return err
}

func (s *Service) ownerOf(ctx context.Context, identity *identities.Identity) (decision, error) {
	account, err := s.Accounts.ByID(ctx, identity.Account())
	if errors.Is(err, accounts.ErrNotFound) {
		err = identities.ErrProofRefused // a row that its account's deletion left behind
	}
	return decision{identity: identity, account: account}, err
}

// claimants returns the accounts that have the address, proved or not: a claim is
// enough to make a second account with the address ambiguous.
func (s *Service) claimants(ctx context.Context, email accounts.Email) ([]identities.Claimant, error) {
	if email == "" {
		return nil, nil
	}
	found, err := s.Accounts.ByEmail(ctx, email)
	if err != nil {
		return nil, err
	}
	claimants := make([]identities.Claimant, len(found))
	for i, account := range found {
		rows, err := s.Addresses.Of(ctx, account.ID())
		if err != nil {
			return nil, err
		}
		claimants[i] = identities.Claimant{Account: account, Addresses: rows}
	}
	return claimants, nil
}

// mayCarryOut asks everything that can refuse before anything is written: what a
// refusal follows must not have been done.
func (s *Service) mayCarryOut(ctx context.Context, d decision, profile identities.Profile) error {
	switch {
	case d.identity == nil && d.linking == identities.LinkNew:
		return s.mayEnrol(ctx, profile)
	case d.identity == nil && d.linking == identities.LinkReclaim:
		return s.Gate.MayReclaim(ctx, d.account)
	}
	return s.Gate.MayEnter(ctx, d.account)
}

func (s *Service) mayEnrol(ctx context.Context, profile identities.Profile) error {
	if s.options.MandatoryVerification && profile.Main().Address == "" {
		return identities.ErrAddressMissing
	}
	return s.Registrar.MayEnrol(ctx, profile)
}

// carryOut makes the account and the link that the decision speaks of.
func (s *Service) carryOut(ctx context.Context, d decision, profile identities.Profile, now time.Time) (*accounts.Account, error) {
	if d.identity != nil {
		return d.account, s.used(ctx, d.identity, profile, now)
	}
	account := d.account
	var err error
	switch d.linking {
	case identities.LinkNew:
		account, err = s.Registrar.Enrol(ctx, profile, now)
	case identities.LinkReclaim:
		account, err = s.reclaim(ctx, d, profile, now)
	}
	if errors.Is(err, accounts.ErrEmailTaken) && !s.options.Linking.Blind(profile.Main()) {
		return nil, errMeanwhile // by the same person's other request perhaps: the next decision tells
	}
	if err != nil {
		return nil, err
	}
	return account, s.link(ctx, account.ID(), profile, now)
}

// link stores the identity as the account's.
func (s *Service) link(ctx context.Context, account accounts.ID, profile identities.Profile, now time.Time) error {
	identity := identities.New(account, profile, now)
	if err := s.Links.Add(ctx, identity); err != nil {
		return err
	}
	if err := s.keepToken(ctx, identity.ID(), profile.Token); err != nil {
		return err
	}
	return s.Events.Record(ctx, ports.Event{Name: ports.EventIdentityConnected, Account: account, At: now})
}

// used remembers that the identity was presented again.
func (s *Service) used(ctx context.Context, identity *identities.Identity, profile identities.Profile, now time.Time) error {
	err := s.Links.Update(ctx, identity.ID(), func(stored *identities.Identity) error {
		stored.Used(profile, now)
		return nil
	})
	if errors.Is(err, identities.ErrNotFound) {
		return errMeanwhile // disconnected a moment ago
	}
	if err != nil {
		return err
	}
	return s.keepToken(ctx, identity.ID(), profile.Token)
}

func (s *Service) keepToken(ctx context.Context, identity identities.ID, token identities.Token) error {
	if !s.options.StoreTokens || token.Access.Empty() {
		return nil
	}
	return s.Tokens.Keep(ctx, identity, token)
}
