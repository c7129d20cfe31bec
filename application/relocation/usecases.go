package relocation

import (
	"context"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/fault"
)

// UseCases is what the activity can do.
type UseCases interface {
	// Import stores the people of a stream. A record that cannot be stored is refused
	// by itself and does not keep the others out. People who are there already, by
	// name and address, are left as they are: after an interruption, the same stream
	// once more brings the rest. What was counted is right also beside an error.
	Import(ctx context.Context, in Import) (Imported, error)
	// Export writes everybody to the sink, by ascending id, and returns how many they were.
	// Progress, which may be nil, is told how many people have been written.
	Export(ctx context.Context, sink ports.PeopleSink, progress func(people int)) (int, error)
}

// Import is a stream of people, and who listens. The listeners may be nil.
type Import struct {
	Source ports.PeopleSource
	// DryRun judges every record and stores none.
	DryRun bool
	// Refused is told of every record that is refused, and why; the reason repeats no
	// value of the record.
	Refused func(line int, reason error)
	// Progress is told how many records have been dealt with.
	Progress func(records int)
}

// Imported counts records by what became of them.
type Imported struct {
	Added int
	// Known were there already.
	Known   int
	Refused int
}

// ErrTwice refuses a record whose name stands in the stream before.
var ErrTwice = fault.New(fault.Conflict, "record_twice", "This name is in the file already.").On("username")

// Options are the settings that this activity obeys.
type Options struct {
	// UniqueEmail refuses an address that somebody else has proved.
	UniqueEmail bool
	Usernames   accounts.UsernameRules
	// Batch is how many records share a transaction; 200 by default.
	Batch int
	// Pause is how long others who write get between two transactions; 25 ms by default.
	Pause time.Duration
}

func (o Options) withDefaults() Options {
	if o.Batch == 0 {
		o.Batch = 200
	}
	if o.Pause == 0 {
		o.Pause = 25 * time.Millisecond
	}
	return o
}

// Dependencies are the ports that this activity drives.
type Dependencies struct {
	Accounts   ports.Accounts
	Addresses  ports.Addresses
	Links      ports.Identities
	People     ports.People
	Inspection ports.Inspection
	Hashes     ports.ForeignHashes
	Transactor ports.Transactor
	Clock      ports.Clock
	Random     ports.Random
}

// Service implements UseCases.
type Service struct {
	Dependencies
	options Options
}

var _ UseCases = (*Service)(nil)

// New makes the activity.
func New(d Dependencies, options Options) *Service {
	return &Service{Dependencies: d, options: options.withDefaults()}
}
