package registration

import (
	"context"
	"errors"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/verification"
)

// VerifyEmail implements UseCases.
func (s *Service) VerifyEmail(ctx context.Context, key string) error {
	now := s.Clock.Now()
	id, err := s.Keys.Open(key, now)
	if err != nil {
		return err
	}
	return s.Transactor.InTx(ctx, func(ctx context.Context) error {
		account, err := s.verify(ctx, id)
		if err != nil {
			return err
		}
		return s.Events.Record(ctx, ports.Event{Name: ports.EventEmailVerified, Account: account, At: now})
	})
}

// verify proves the row once: a second use of the key finds it verified.
func (s *Service) verify(ctx context.Context, id accounts.AddressID) (accounts.ID, error) {
	var proved accounts.AddressSnapshot
	err := s.Addresses.Update(ctx, id, func(address *accounts.Address) error {
		if address.Verified() {
			return verification.ErrKeyInvalid
		}
		address.Verify()
		proved = address.Snapshot()
		return nil
	})
	if errors.Is(err, accounts.ErrAddressNotFound) {
		return 0, verification.ErrKeyInvalid
	}
	if err != nil {
		return 0, err
	}
	return proved.Account, s.promote(ctx, proved)
}

// promote makes the proved address the main one of an account that has none, as
// allauth does.
func (s *Service) promote(ctx context.Context, proved accounts.AddressSnapshot) error {
	rows, err := s.Addresses.Of(ctx, proved.Account)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Primary() {
			return nil
		}
	}
	err = s.Addresses.Update(ctx, proved.ID, func(address *accounts.Address) error {
		address.MakePrimary()
		return nil
	})
	if err != nil {
		return err
	}
	return s.Accounts.Update(ctx, proved.Account, func(account *accounts.Account) error {
		account.MoveTo(proved.Email)
		return nil
	})
}
