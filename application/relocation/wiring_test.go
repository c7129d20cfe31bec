package relocation_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/inmemory"
	"latchkey/adapters/system"
	"latchkey/application/ports"
	"latchkey/application/relocation"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

var start = time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC)

// world is the activity on storage in memory.
type world struct {
	*relocation.Service
	ctx       context.Context
	accounts  *racedAccounts
	addresses *inmemory.Addresses
	links     *inmemory.Identities
	tables    *tables
	refused   map[int]error
	progress  []int
}

func newWorld(t *testing.T, change func(*relocation.Options)) *world {
	t.Helper()
	options := relocation.Options{UniqueEmail: true, Usernames: accounts.UsernameRules{PreserveCasing: true}, Batch: 3, Pause: time.Nanosecond}
	if change != nil {
		change(&options)
	}
	store := inmemory.NewStore()
	store.SharedEmail = !options.UniqueEmail
	w := &world{
		ctx: t.Context(), accounts: &racedAccounts{Accounts: inmemory.NewAccounts(store)},
		addresses: inmemory.NewAddresses(store), links: inmemory.NewIdentities(store),
		tables: &tables{},
	}
	w.Service = relocation.New(relocation.Dependencies{
		Accounts: w.accounts, Addresses: w.addresses, Links: w.links, People: inmemory.NewPeople(store), Inspection: w.tables,
		Hashes: hashes{}, Transactor: inmemory.NewTransactor(store), Clock: clock{}, Random: system.NewRandom(),
	}, options)
	return w
}

// bring imports the records, numbered from line 1 on.
func (w *world) bring(t *testing.T, dry bool, records ...ports.PersonRecord) relocation.Imported {
	t.Helper()
	imported, err := w.try(dry, &source{records: records})
	require.NoError(t, err)
	return imported
}

func (w *world) try(dry bool, from ports.PeopleSource) (relocation.Imported, error) {
	w.refused, w.progress = map[int]error{}, nil
	return w.Import(w.ctx, relocation.Import{
		Source: from, DryRun: dry,
		Refused:  func(line int, reason error) { w.refused[line] = reason },
		Progress: func(records int) { w.progress = append(w.progress, records) },
	})
}

func (w *world) named(t *testing.T, name accounts.Username) *accounts.Account {
	t.Helper()
	found, err := w.accounts.ByUsername(w.ctx, name)
	require.NoError(t, err)
	require.Len(t, found, 1, name)
	return found[0]
}

func (w *world) everybody(t *testing.T) []ports.PersonRecord {
	t.Helper()
	var out sink
	_, err := w.Export(w.ctx, &out, nil)
	require.NoError(t, err)
	require.True(t, out.flushed)
	return out.records
}

// person is a record with a proved address.
func person(name string) ports.PersonRecord {
	return ports.PersonRecord{Username: name, Email: name + "@example.com", EmailVerified: true, Active: true, Password: secret.New("hash of " + name)}
}

// source is records that are there already. A record without a name is malformed.
type source struct {
	records []ports.PersonRecord
	at      int
	end     error
}

func (s *source) Next() (ports.PersonRecord, error) {
	if s.at == len(s.records) {
		if s.end != nil {
			return ports.PersonRecord{}, s.end
		}
		return ports.PersonRecord{}, io.EOF
	}
	record := s.records[s.at]
	s.at++
	record.Line = s.at
	if record.Username == "malformed" {
		return ports.PersonRecord{Line: s.at}, ports.ErrRecordMalformed
	}
	return record, nil
}

type sink struct {
	records []ports.PersonRecord
	flushed bool
	fail    error
}

func (s *sink) Put(record ports.PersonRecord) error {
	s.records = append(s.records, record)
	return s.fail
}

func (s *sink) Flush() error { s.flushed = true; return nil }

// hashes adopts what says that it is a hash.
type hashes struct{}

func (hashes) Adopt(hash secret.String) (secret.String, error) {
	if text := hash.Reveal(); strings.HasPrefix(text, "hash of ") || strings.HasPrefix(text, "!") {
		return hash, nil
	}
	return secret.String{}, credentials.ErrHashRefused
}

// tables are those of a schema, and nothing else can be asked of them.
type tables struct {
	ports.Inspection
	schema ports.Schema
}

func (t *tables) Schema(context.Context) (ports.Schema, error) { return t.schema, nil }

type clock struct{}

func (clock) Now() time.Time { return start }

// racedAccounts lets somebody take a name at the last moment, or the disk fill up.
type racedAccounts struct {
	*inmemory.Accounts
	lost, broken accounts.Username
}

var errDisk = errors.New("the disk is full")

func (r *racedAccounts) Add(ctx context.Context, account *accounts.Account) error {
	switch account.Username() {
	case r.lost:
		return accounts.ErrUsernameTaken
	case r.broken:
		return errDisk
	}
	return r.Accounts.Add(ctx, account)
}

func key(provider, subject string) identities.Key {
	return identities.Key{Provider: provider, Subject: subject}
}
