package relocation

import (
	"context"
	"slices"

	"latchkey/domain/accounts"
	"latchkey/domain/fault"
	"latchkey/domain/identities"
	"latchkey/domain/verification"
)

// store deals with the batch. It is judged before the transaction begins, which then
// keeps others from writing for a shorter time. When somebody who registers at the
// same moment comes between, a candidate fails that was judged to be good; the
// transaction is lost, and every candidate gets one of its own.
func (i *importing) store(ctx context.Context, batch []candidate) error {
	verdicts, err := i.judgeAll(ctx, batch)
	if err != nil {
		return err
	}
	if !i.in.DryRun {
		err = i.addAll(ctx, batch, verdicts)
	}
	if err != nil && !fault.Failed(err) {
		verdicts, err = i.addOneByOne(ctx, batch, verdicts)
	} else if err != nil {
		return err
	}
	i.count(batch, verdicts)
	return err
}

func (i *importing) judgeAll(ctx context.Context, batch []candidate) (verdicts []verdict, err error) {
	for _, c := range batch {
		v, err := i.judge(ctx, c)
		if err != nil {
			return nil, err
		}
		if v.good() {
			i.take(c)
		}
		verdicts = append(verdicts, v)
	}
	return verdicts, nil
}

func (i *importing) addAll(ctx context.Context, batch []candidate, verdicts []verdict) error {
	if !slices.ContainsFunc(verdicts, verdict.good) {
		return nil
	}
	var added []accounts.ID
	err := i.Transactor.InTx(ctx, func(ctx context.Context) error {
		added = added[:0]
		for at, c := range batch {
			if !verdicts[at].good() {
				continue
			}
			id, err := i.add(ctx, c)
			if err != nil {
				return err
			}
			added = append(added, id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	i.given.note(added...)
	return nil
}

// addOneByOne returns the verdicts up to a failure: what is committed counts.
func (i *importing) addOneByOne(ctx context.Context, batch []candidate, verdicts []verdict) ([]verdict, error) {
	for at, c := range batch {
		if !verdicts[at].good() {
			continue
		}
		var id accounts.ID
		err := i.Transactor.InTx(ctx, func(ctx context.Context) (err error) {
			id, err = i.add(ctx, c)
			return err
		})
		if err == nil {
			i.given.note(id)
		}
		if fault.Failed(err) {
			return verdicts[:at], err
		}
		verdicts[at].refusal = err
	}
	return verdicts, nil
}

func (i *importing) add(ctx context.Context, c candidate) (accounts.ID, error) {
	account := accounts.Restore(c.account)
	if err := i.Accounts.Add(ctx, account); err != nil {
		return 0, err
	}
	if c.account.Email != "" {
		address := accounts.NewAddress(account.ID(), c.account.Email, true)
		if c.verified {
			address.Verify()
		}
		if err := i.Addresses.Add(ctx, address); err != nil {
			return 0, under("email", verification.Taken(err))
		}
	}
	for _, key := range c.keys {
		identity := identities.New(account.ID(), identities.Profile{Key: key}, c.account.Joined)
		if err := i.Links.Add(ctx, identity); err != nil {
			return 0, err
		}
	}
	return account.ID(), nil
}
