package authentication

import (
	"context"
	"errors"
	"strconv"
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
)

// Whoever can make an account refuse passwords can lock its owner out, for as long as he
// likes. OWASP's answer ("Slow Down Online Guessing Attacks with Device Cookies") is to
// count devices that somebody signed in from before by themselves. The API that
// clients know has no room for another cookie, so that here the network stands for the device: the /64, or the IPv4
// address. It is coarser. Who guesses from the owner's own network shares the count with
// him there and can lock it, and has as many tries more as one count allows; a copied cookie
// would give that, too. And an owner who is somewhere new while he is being guessed at has to
// wait, or to set a new password by the link that he is mailed: that makes his network known.
//
// Only an account's count is passed by in this way, which is never told. A count that is told, and
// that does not hold at some networks for accounts that exist, would tell those who share one who does.

// known is how long a network is remembered after a sign-in, and how often: once.
var known = credentials.Limit{Count: 1, Per: 90 * 24 * time.Hour}

func knownKey(account accounts.ID, network string) string {
	return "known:" + strconv.FormatInt(int64(account), 10) + ":" + network
}

// attemptAccount counts one try at an account, at a network that is known by itself
// when the count of all is used up. It does the same for nobody's account.
func (s *Service) attemptAccount(ctx context.Context, counted *count, network string) error {
	refused := s.attempt(ctx, counted.key, s.accountLimits()...)
	if !errors.Is(refused, ErrTooManyAttempts) {
		return refused
	}
	times, err := s.Known.Count(ctx, knownKey(counted.account, network), known, s.Clock.Now())
	if err != nil {
		return err
	}
	if times == 0 {
		return refused
	}
	counted.key += ":from:" + network
	return s.attempt(ctx, counted.key, s.accountLimits()...)
}

// Recognise remembers, in the transaction of ctx, that the owner of the account is at
// the network.
func (s *Service) Recognise(ctx context.Context, account accounts.ID, network string, now time.Time) error {
	strange, err := s.strange(ctx, account, network, now)
	if err != nil || !strange {
		return err
	}
	_, err = s.Known.Take(ctx, knownKey(account, network), now, known)
	return err
}

// strange reports whether there is a network to remember.
func (s *Service) strange(ctx context.Context, account accounts.ID, network string, now time.Time) (bool, error) {
	if network == "" || s.options.FailedLogins.Unlimited() {
		return false, nil
	}
	times, err := s.Known.Count(ctx, knownKey(account, network), known, now)
	return times == 0, err
}
