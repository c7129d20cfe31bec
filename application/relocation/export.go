package relocation

import (
	"context"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

// Export implements UseCases. Pages follow each other by id, so that somebody who
// registers or changes meanwhile moves nobody else in or out of the stream.
func (s *Service) Export(ctx context.Context, sink ports.PeopleSink, progress func(people int)) (int, error) {
	exported, last := 0, accounts.ID(0)
	for {
		page, err := s.People.After(ctx, last, s.options.Batch)
		if err != nil {
			return exported, err
		}
		for _, person := range page {
			if err := sink.Put(recordOf(person)); err != nil {
				return exported, err
			}
			exported++
			last = person.Account.ID()
		}
		if progress != nil {
			progress(exported)
		}
		if len(page) < s.options.Batch {
			return exported, sink.Flush()
		}
	}
}

func recordOf(person ports.Person) ports.PersonRecord {
	account := person.Account.Snapshot()
	return ports.PersonRecord{
		Username:      string(account.Username),
		Email:         string(account.Email),
		EmailVerified: person.EmailVerified,
		FirstName:     account.FirstName,
		LastName:      account.LastName,
		Active:        account.Active,
		Staff:         account.Staff,
		Superuser:     account.Superuser,
		Joined:        account.Joined,
		LastLogin:     account.LastLogin,
		Password:      account.PasswordHash,
		Identities:    person.Identities,
	}
}
