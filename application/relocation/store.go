package relocation

import (
	"context"
	"errors"

	"latchkey/domain/accounts"
	"latchkey/domain/fault"
	"latchkey/domain/identities"
	"latchkey/domain/verification"
)

// store deals with the batch in one transaction. When somebody who registers at the
// same moment comes between, a candidate fails that was judged to be good; the
// transaction is lost, and every candidate gets one of its own.
func (i *importing) store(ctx context.Context, batch []candidate) error {
	if len(batch) == 0 {
		return nil
	}
	settle := i.together
	if i.in.DryRun {
		settle = i.pretend
	}
	verdicts, err := settle(ctx, batch)
	if err != nil && fault.KindOf(err) != fault.Internal {
		verdicts, err = i.oneByOne(ctx, batch)
	}
	// What is committed counts, also when the next one failed.
	i.count(batch, verdicts)
	return err
}

func (i *importing) together(ctx context.Context, batch []candidate) (verdicts []verdict, err error) {
	err = i.Transactor.InTx(ctx, func(ctx context.Context) error {
		verdicts = verdicts[:0]
		for _, c := range batch {
			v, err := i.settle(ctx, c)
			if err != nil {
				return err
			}
			verdicts = append(verdicts, v)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return verdicts, nil
}

func (i *importing) oneByOne(ctx context.Context, batch []candidate) (verdicts []verdict, err error) {
	for _, c := range batch {
		var v verdict
		err := i.Transactor.InTx(ctx, func(ctx context.Context) (err error) {
			v, err = i.settle(ctx, c)
			return err
		})
		if fault.KindOf(err) != fault.Internal {
			v, err = verdict{refusal: err}, nil
		}
		if err != nil {
			return verdicts, err
		}
		verdicts = append(verdicts, v)
	}
	return verdicts, nil
}

// pretend writes nothing, and so needs no transaction: it would keep others from writing.
func (i *importing) pretend(ctx context.Context, batch []candidate) (verdicts []verdict, err error) {
	for _, c := range batch {
		v, err := i.judge(ctx, c)
		if err != nil {
			return verdicts, err
		}
		if v.good() {
			i.noteAdded(c)
		}
		verdicts = append(verdicts, v)
	}
	return verdicts, nil
}

// settle judges the candidate and adds it in the transaction of ctx. A fault is an
// error only where something was written already.
func (i *importing) settle(ctx context.Context, c candidate) (verdict, error) {
	v, err := i.judge(ctx, c)
	if err != nil || !v.good() {
		return v, err
	}
	return v, i.add(ctx, c)
}

func (i *importing) add(ctx context.Context, c candidate) error {
	account := accounts.Restore(c.account)
	if err := i.Accounts.Add(ctx, account); err != nil {
		return err
	}
	if c.account.Email != "" {
		address := accounts.NewAddress(account.ID(), c.account.Email, true)
		if c.verified {
			address.Verify()
		}
		if err := i.Addresses.Add(ctx, address); err != nil {
			return takenElsewhere(err)
		}
	}
	for _, key := range c.keys {
		identity := identities.New(account.ID(), identities.Profile{Key: key}, c.account.Joined)
		if err := i.Links.Add(ctx, identity); err != nil {
			return err
		}
	}
	return nil
}

// takenElsewhere tells a proof that came between as what it is to the record.
func takenElsewhere(err error) error {
	if errors.Is(err, verification.ErrVerifiedElsewhere) {
		return accounts.ErrEmailTaken.On("email")
	}
	return err
}
