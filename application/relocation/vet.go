package relocation

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/fault"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// How many characters the columns hold. PostgreSQL refuses longer text, which would
// be a failure in the middle of a batch.
const (
	nameMaxLength  = 150
	emailMaxLength = 254
	// Of an older allauth fewer, which the storage knows.
	providerMaxLength = 200
)

// candidate is a record that is good by itself.
type candidate struct {
	line     int
	account  accounts.Snapshot
	verified bool
	keys     []identities.Key
}

// vet judges what can be judged without looking at anybody else.
func (i *importing) vet(record ports.PersonRecord, now time.Time) (candidate, error) {
	name, err := i.vetUsername(record.Username)
	if err != nil {
		return candidate{}, err
	}
	if err := vetEmail(record); err != nil {
		return candidate{}, err
	}
	if err := vetNames(record); err != nil {
		return candidate{}, err
	}
	if err := vetKeys(record.Identities, i.providerLength); err != nil {
		return candidate{}, err
	}
	hash, err := i.vetPassword(record.Password)
	if err != nil {
		return candidate{}, err
	}
	if record.Joined.IsZero() {
		record.Joined = now
	}
	return candidate{line: record.Line, verified: record.EmailVerified, keys: record.Identities, account: accounts.Snapshot{
		Username: name, Email: accounts.Email(record.Email), FirstName: record.FirstName, LastName: record.LastName,
		PasswordHash: hash, Active: record.Active, Staff: record.Staff, Superuser: record.Superuser,
		LastLogin: record.LastLogin, Joined: record.Joined,
	}}, nil
}

func (s *Service) vetUsername(text string) (accounts.Username, error) {
	name, err := accounts.ParseUsername(text)
	if err != nil {
		return "", under("username", err)
	}
	return s.options.Usernames.Normalize(name), fits("username", text, accounts.UsernameMaxLength)
}

func vetEmail(record ports.PersonRecord) error {
	if record.Email == "" {
		if record.EmailVerified {
			return ports.ErrRecordMalformed.On("email_verified").Saying("There is no e-mail address to be verified.")
		}
		return nil
	}
	if _, err := accounts.ParseEmail(record.Email); err != nil {
		return under("email", err)
	}
	return fits("email", record.Email, emailMaxLength)
}

func vetNames(record ports.PersonRecord) error {
	if err := fits("first_name", record.FirstName, nameMaxLength); err != nil {
		return err
	}
	return fits("last_name", record.LastName, nameMaxLength)
}

func vetKeys(keys []identities.Key, providerLength int) error {
	for at, key := range keys {
		if key.Provider == "" || key.Subject == "" {
			return ports.ErrRecordMalformed.On("identities").Saying("An identity is a provider and a subject, with a colon between them.")
		}
		if slices.Contains(keys[:at], key) {
			return ports.ErrRecordMalformed.On("identities").Saying("An identity stands here twice.")
		}
		if err := fits("identities", key.Provider, providerLength); err != nil {
			return err
		}
		if err := fits("identities", key.Subject, identities.SubjectMaxLength); err != nil {
			return err
		}
	}
	return nil
}

// vetPassword gives somebody without a hash one that no password fits.
func (s *Service) vetPassword(hash secret.String) (secret.String, error) {
	if hash.Empty() {
		return accounts.Unusable(s.Random.Text(accounts.UnusableLength, accounts.UnusableAlphabet)), nil
	}
	adopted, err := s.Hashes.Adopt(hash)
	return adopted, under("password", err)
}

// under puts a refusal under the field of the record that it is about.
func under(field string, err error) error {
	if refusals := fault.Of(err); len(refusals) > 0 {
		return refusals[0].On(field)
	}
	return err
}

// fits refuses text that the column does not hold; NUL is none to any database.
func fits(field, text string, length int) error {
	if utf8.RuneCountInString(text) > length || strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
		return ports.ErrRecordMalformed.On(field).Saying(fmt.Sprintf("This must be text of at most %d characters.", length))
	}
	return nil
}
