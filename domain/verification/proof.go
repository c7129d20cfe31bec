package verification

import (
	"errors"
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
)

// ResetState is what a password reset token is bound to. A change of any part
// voids every token made before: that is what makes a token good for one use.
type ResetState struct {
	Account      accounts.ID
	PasswordHash secret.String
	LastLogin    time.Time // zero: never
	Email        accounts.Email
	// Addresses are all e-mail rows of the account.
	Addresses []accounts.Email
}

// StateOf gathers what a reset token of the account is bound to.
func StateOf(account *accounts.Account, addresses []*accounts.Address) ResetState {
	state := ResetState{
		Account:      account.ID(),
		PasswordHash: account.PasswordHash(),
		LastLogin:    account.LastLogin(),
		Email:        account.Email(),
	}
	for _, a := range addresses {
		state.Addresses = append(state.Addresses, a.Email())
	}
	return state
}

// Expired reports whether a proof made at made is older than life. A proof from
// the future is not expired: clocks of two servers differ, and only the holder of the key can
// have made it.
func Expired(made, now time.Time, life time.Duration) bool { return now.Sub(made) > life }

// The refusals of this package. They do not say why a proof is bad: the reason
// would tell a stranger which accounts exist and in which state.
var (
	ErrUIDInvalid   = fault.New(fault.Invalid, "uid_invalid", "Invalid value").On("uid")
	ErrTokenInvalid = fault.New(fault.Invalid, "token_invalid", "Invalid value").On("token")
	ErrKeyInvalid   = fault.New(fault.NotFound, "key_invalid", "Not found.")
	// ErrVerifiedElsewhere: another account proved to control the address in the meantime.
	ErrVerifiedElsewhere = fault.New(fault.Conflict, "verified_elsewhere", "This e-mail address is already verified by another account.")
)

// Taken tells ErrVerifiedElsewhere as what it is to somebody who wants the address for
// their own account: accounts.ErrEmailTaken. Other errors stay as they are.
func Taken(err error) error {
	if errors.Is(err, ErrVerifiedElsewhere) {
		return accounts.ErrEmailTaken
	}
	return err
}
