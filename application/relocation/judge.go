package relocation

import (
	"context"
	"errors"

	"latchkey/domain/accounts"
	"latchkey/domain/fault"
	"latchkey/domain/identities"
)

// verdict is what becomes of a candidate: it is good unless one of the two is set.
type verdict struct {
	known   bool
	refusal error
}

func (v verdict) good() bool { return !v.known && v.refusal == nil }

// judge compares the candidate with everybody who is stored. A fault is a verdict
// and no error.
func (i *importing) judge(ctx context.Context, c candidate) (v verdict, err error) {
	v.known, err = i.compare(ctx, c)
	if err != nil && !fault.Failed(err) {
		v.refusal, err = err, nil
	}
	return v, err
}

func (i *importing) compare(ctx context.Context, c candidate) (known bool, err error) {
	known, err = i.judgeName(ctx, c.account)
	if known || err != nil {
		return known, err
	}
	if err := i.judgeEmail(ctx, c.account.Email); err != nil {
		return false, err
	}
	for _, key := range c.keys {
		if err := i.judgeKey(ctx, key); err != nil {
			return false, err
		}
	}
	return false, nil
}

// judgeName takes somebody of the same name and address for the same person, unless
// this import brought them: then the name stands in the stream twice.
func (i *importing) judgeName(ctx context.Context, account accounts.Snapshot) (known bool, err error) {
	namesakes, err := i.Accounts.ByUsername(ctx, account.Username)
	if err != nil {
		return false, err
	}
	for _, namesake := range namesakes {
		if i.given.has(namesake.ID()) {
			return false, ErrTwice
		}
		if namesake.Email().Lower() == account.Email.Lower() {
			return true, nil
		}
	}
	if len(namesakes) > 0 {
		return false, accounts.ErrUsernameTaken.On("username")
	}
	return false, nil
}

// judgeEmail ignores unproved claims: they keep nobody from their own address.
func (i *importing) judgeEmail(ctx context.Context, email accounts.Email) error {
	if email == "" || !i.options.UniqueEmail {
		return nil
	}
	rows, err := i.Addresses.ByEmail(ctx, email)
	if err != nil {
		return err
	}
	taken := i.taken.has("email", string(email.Lower()))
	for _, row := range rows {
		taken = taken || row.Verified()
	}
	if taken {
		return accounts.ErrEmailTaken.On("email")
	}
	return nil
}

func (i *importing) judgeKey(ctx context.Context, key identities.Key) error {
	_, err := i.Links.ByKey(ctx, key)
	free := errors.Is(err, identities.ErrNotFound)
	if err != nil && !free {
		return err
	}
	if free && !i.taken.has("identity", seenKey(key)) {
		return nil
	}
	return identities.ErrConnectedElsewhere.On("identities")
}

// take remembers what the storage does not know yet, or in a dry run never will.
func (i *importing) take(c candidate) {
	if c.verified {
		i.taken.note("email", string(c.account.Email.Lower()), c.line)
	}
	for _, key := range c.keys {
		i.taken.note("identity", seenKey(key), c.line)
	}
}

func seenKey(key identities.Key) string { return key.Provider + ":" + key.Subject }
