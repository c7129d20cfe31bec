package credentials

import "latchkey/domain/accounts"

// SubjectOf returns what a password of the account must not resemble.
func SubjectOf(account *accounts.Account) Subject {
	s := account.Snapshot()
	return Subject{
		Username:  string(s.Username),
		FirstName: s.FirstName,
		LastName:  s.LastName,
		Email:     string(s.Email),
	}
}
