package relocation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/fault"
)

// importing is one Import on its way.
type importing struct {
	*Service
	in       Import
	imported Imported
	// taken has what candidates take that are to be added and that the storage does
	// not know of yet: those of one batch, in a dry run of all.
	taken seen
	// given are the ids that this import gave.
	given spans
	// providerLength is how many characters of a provider's name the tables hold.
	providerLength int
}

// Import implements UseCases.
func (s *Service) Import(ctx context.Context, in Import) (Imported, error) {
	schema, err := s.Inspection.Schema(ctx)
	if err != nil {
		return Imported{}, err
	}
	i := &importing{Service: s, in: in, taken: newSeen(), providerLength: cmp.Or(schema.ProviderLength, providerMaxLength)}
	for {
		batch, end := i.read()
		before := i.imported.Added
		if err := i.store(ctx, batch); err != nil {
			return i.imported, err
		}
		if in.Progress != nil {
			in.Progress(i.imported.Added + i.imported.Known + i.imported.Refused)
		}
		if errors.Is(end, io.EOF) {
			return i.imported, nil
		}
		if end != nil {
			return i.imported, end
		}
		if err := i.rest(ctx, i.imported.Added > before); err != nil {
			return i.imported, err
		}
	}
}

// rest lets others write who waited while we wrote.
func (i *importing) rest(ctx context.Context, wrote bool) error {
	if i.in.DryRun || !wrote {
		return ctx.Err()
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(i.options.Pause):
		return nil
	}
}

// read returns the good ones among the next records, and an error at the end of the stream.
func (i *importing) read() (batch []candidate, end error) {
	if !i.in.DryRun {
		i.taken = newSeen()
	}
	now := i.Clock.Now()
	for range i.options.Batch {
		record, err := i.in.Source.Next()
		if errors.Is(err, ports.ErrRecordMalformed) {
			i.refuse(record.Line, err)
			continue
		}
		if err != nil {
			return batch, err
		}
		vetted, err := i.vet(record, now)
		if err == nil {
			err = i.once(vetted)
		}
		switch {
		case err == nil:
			batch = append(batch, vetted)
		case fault.Failed(err):
			return batch, err
		default:
			i.refuse(record.Line, err)
		}
	}
	return batch, nil
}

// once refuses a name that stood in the stream before, where only we know of it.
func (i *importing) once(c candidate) error {
	first, twice := i.taken.note("name", c.account.Username.Folded(), c.line)
	if twice {
		return ErrTwice.Saying(fmt.Sprintf("This name is in the file already, on line %d.", first))
	}
	return nil
}

func (i *importing) refuse(line int, reason error) {
	i.imported.Refused++
	if i.in.Refused != nil {
		i.in.Refused(line, reason)
	}
}

// count counts what became of a batch.
func (i *importing) count(batch []candidate, verdicts []verdict) {
	for at, v := range verdicts {
		switch {
		case v.refusal != nil:
			i.refuse(batch[at].line, v.refusal)
		case v.known:
			i.imported.Known++
		default:
			i.imported.Added++
		}
	}
}
