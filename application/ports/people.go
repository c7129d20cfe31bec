package ports

import (
	"context"
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/fault"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// Person is an account with what belongs to it.
type Person struct {
	Account *accounts.Account
	// EmailVerified: the account's own address was proved.
	EmailVerified bool
	Identities    []identities.Key
}

// People reads everybody, page by page.
type People interface {
	// After returns the people whose id is above after, in ascending order of id and
	// at most limit of them; fewer mean that there are no more. Identities are in
	// ascending order of their id.
	After(ctx context.Context, after accounts.ID, limit int) ([]Person, error)
}

// PersonRecord is a person as a file has it. Nobody has judged the texts yet.
type PersonRecord struct {
	// Line is where the record begins in the file, from 1 on.
	Line          int
	Username      string
	Email         string // may be empty
	EmailVerified bool
	FirstName     string
	LastName      string
	Active        bool
	Staff         bool
	Superuser     bool
	// Joined and LastLogin are zero where the file does not tell.
	Joined    time.Time
	LastLogin time.Time
	// Password is a hash; empty where there is none.
	Password   secret.String
	Identities []identities.Key
}

// ErrRecordMalformed is the refusal of a record that cannot be read. Its message
// says why and never repeats a value, which may be a secret in the wrong column.
var ErrRecordMalformed = fault.New(fault.Invalid, "record_malformed", "This record cannot be read.")

// PeopleSource is a stream of records. One goroutine uses it.
type PeopleSource interface {
	// Next returns the next record, and io.EOF behind the last one. With
	// ErrRecordMalformed the record has its Line, and the stream goes on; any other
	// error is its end.
	Next() (PersonRecord, error)
}

// PeopleSink takes a stream of records. One goroutine uses it.
type PeopleSink interface {
	// Put writes one more record. It may be kept back until Flush.
	Put(record PersonRecord) error
	// Flush writes what was kept back.
	Flush() error
}
