package relocation_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/application/relocation"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

func TestAPersonComesInWithEverything(t *testing.T) {
	w := newWorld(t, nil)
	ann := ports.PersonRecord{
		Username: "Ann", Email: "Ann@Example.com", EmailVerified: true, FirstName: "Änn", LastName: "O'Hara",
		Staff: true, Superuser: true, Joined: start.AddDate(-3, 0, 0), LastLogin: start.AddDate(-1, 0, 0),
		Password: secret.New("hash of Ann"), Identities: []identities.Key{key("google", "1"), key("github", "1")},
	}
	require.Equal(t, relocation.Imported{Added: 1}, w.bring(t, false, ann))
	account := w.named(t, "ann").Snapshot()
	require.Equal(t, accounts.Snapshot{
		ID: account.ID, Username: "Ann", Email: "Ann@Example.com", FirstName: "Änn", LastName: "O'Hara", PasswordHash: account.PasswordHash,
		Staff: true, Superuser: true, LastLogin: ann.LastLogin, Joined: ann.Joined,
	}, account)
	require.Equal(t, "hash of Ann", account.PasswordHash.Reveal())
	rows, err := w.addresses.Of(w.ctx, account.ID)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.True(t, rows[0].Verified() && rows[0].Primary())
	require.EqualValues(t, "ann@example.com", rows[0].Email())
	links, err := w.links.Of(w.ctx, account.ID)
	require.NoError(t, err)
	require.Len(t, links, 2)
	require.Equal(t, key("google", "1"), links[0].Key())
}

func TestWhoHasNoPasswordGetsOneThatNothingFits(t *testing.T) {
	w := newWorld(t, nil)
	w.bring(t, false, ports.PersonRecord{Username: "ann"}, ports.PersonRecord{Username: "bob"})
	ann, bob := w.named(t, "ann"), w.named(t, "bob")
	require.False(t, ann.HasPassword())
	require.Len(t, ann.PasswordHash().Reveal(), 1+accounts.UnusableLength)
	require.NotEqual(t, ann.PasswordHash().Reveal(), bob.PasswordHash().Reveal())
	require.Equal(t, start, ann.Snapshot().Joined)
	rows, err := w.addresses.Of(w.ctx, ann.ID())
	require.NoError(t, err)
	require.Empty(t, rows)
}

func TestTheSameStreamOnceMoreBringsOnlyTheRest(t *testing.T) {
	w := newWorld(t, nil)
	all := make([]ports.PersonRecord, 10)
	for i := range all {
		all[i] = person(fmt.Sprintf("person%d", i))
	}
	broken := errors.New("the cable was pulled")
	imported, err := w.try(false, &source{records: all[:5], end: broken})
	require.ErrorIs(t, err, broken)
	require.Equal(t, relocation.Imported{Added: 5}, imported)
	all[0].Username, all[0].Email = "PERSON0", "Person0@EXAMPLE.com"
	require.Equal(t, relocation.Imported{Added: 5, Known: 5}, w.bring(t, false, all...))
	require.Equal(t, relocation.Imported{Known: 10}, w.bring(t, false, all...))
	require.Equal(t, []int{3, 6, 9, 10}, w.progress)
	require.Len(t, w.everybody(t), 10)
}

func TestWhatIsRefusedDoesNotKeepTheOthersOut(t *testing.T) {
	for _, dry := range []bool{false, true} {
		w := newWorld(t, nil)
		there := person("there")
		there.Identities = []identities.Key{key("google", "taken")}
		unproved := person("unproved")
		unproved.EmailVerified = false
		w.bring(t, false, there, unproved)

		wrong := func(change func(*ports.PersonRecord)) ports.PersonRecord {
			record := person("wrong" + fmt.Sprint(len(w.refused)))
			record.Email, record.EmailVerified = "", false
			change(&record)
			return record
		}
		records := []ports.PersonRecord{
			person("one"),
			wrong(func(r *ports.PersonRecord) { r.Username = "THERE" }),                            // 2: another address
			wrong(func(r *ports.PersonRecord) { r.Username, r.Email = "w3", "There@example.com" }), // 3
			wrong(func(r *ports.PersonRecord) { r.Username = "ONE" }),                              // 4: twice in the stream
			wrong(func(r *ports.PersonRecord) { r.Username, r.Email = "w5", "ONE@example.com" }),   // 5: of line 1
			wrong(func(r *ports.PersonRecord) { r.Username, r.Identities = "w6", []identities.Key{key("google", "taken")} }),
			wrong(func(r *ports.PersonRecord) { r.Username = "malformed" }),                                       // 7
			wrong(func(r *ports.PersonRecord) { r.Username = "no name" }),                                         // 8
			wrong(func(r *ports.PersonRecord) { r.Username, r.Email = "w9", "nowhere" }),                          // 9
			wrong(func(r *ports.PersonRecord) { r.Username, r.Password = "w10", secret.New("hunter2") }),          // 10
			wrong(func(r *ports.PersonRecord) { r.Username = strings.Repeat("x", 151) }),                          // 11
			wrong(func(r *ports.PersonRecord) { r.Username, r.Email = "w12", strings.Repeat("x", 250)+"@a.com" }), // 12
			wrong(func(r *ports.PersonRecord) { r.Username, r.FirstName = "w13", "a\x00b" }),
			wrong(func(r *ports.PersonRecord) { r.Username, r.LastName = "w14", strings.Repeat("ö", 151) }),
			wrong(func(r *ports.PersonRecord) { r.Username, r.Identities = "w15", []identities.Key{key("google", "")} }),
			wrong(func(r *ports.PersonRecord) {
				r.Username, r.Identities = "w16", []identities.Key{key("a", "1"), key("a", "1")}
			}),
			wrong(func(r *ports.PersonRecord) { r.Username, r.EmailVerified = "w17", true }),
			wrong(func(r *ports.PersonRecord) {
				r.Username, r.Email, r.EmailVerified = "fine", "unproved@example.com", true
			}),
			person("two"),
		}
		imported := w.bring(t, dry, records...)
		require.Equal(t, relocation.Imported{Added: 3, Refused: 16}, imported)
		for line, want := range map[int]*fault.Fault{
			2: accounts.ErrUsernameTaken, 3: accounts.ErrEmailTaken, 4: relocation.ErrTwice, 5: accounts.ErrEmailTaken,
			6: identities.ErrConnectedElsewhere, 7: ports.ErrRecordMalformed, 8: accounts.ErrUsernameInvalid, 9: accounts.ErrEmailInvalid,
			10: credentials.ErrHashRefused, 11: ports.ErrRecordMalformed, 12: ports.ErrRecordMalformed, 13: ports.ErrRecordMalformed,
			14: ports.ErrRecordMalformed, 15: ports.ErrRecordMalformed, 16: ports.ErrRecordMalformed, 17: ports.ErrRecordMalformed,
		} {
			require.ErrorIs(t, w.refused[line], want, "dry: %v, line %d", dry, line)
			require.NotContains(t, w.refused[line].Error(), "hunter2")
		}
		want, twice := 5, "username: This name is in the file already."
		if dry {
			want, twice = 2, "username: This name is in the file already, on line 1."
		}
		require.EqualError(t, w.refused[4], twice)
		require.Len(t, w.everybody(t), want, "dry: %v", dry)
	}
}

func TestADryRunKnowsWhatTheStreamItselfTakes(t *testing.T) {
	w := newWorld(t, nil)
	one, two, three := person("one"), person("two"), person("three")
	one.Identities, two.Identities = []identities.Key{key("google", "1")}, []identities.Key{key("google", "1")}
	three.Email = "ONE@example.com"
	require.Equal(t, relocation.Imported{Added: 1, Refused: 2}, w.bring(t, true, one, two, three))
	require.ErrorIs(t, w.refused[2], identities.ErrConnectedElsewhere)
	require.ErrorIs(t, w.refused[3], accounts.ErrEmailTaken)
	require.Equal(t, relocation.Imported{Added: 1, Refused: 2}, w.bring(t, false, one, two, three))
}

func TestTheSameRecordTwiceIsNotSomebodyWhoWasThere(t *testing.T) {
	for _, dry := range []bool{false, true} {
		w := newWorld(t, nil)
		records := []ports.PersonRecord{person("one"), person("two"), person("two"), person("four"), person("ONE")}
		records[4].Email = records[0].Email
		require.Equal(t, relocation.Imported{Added: 3, Refused: 2}, w.bring(t, dry, records...))
		require.ErrorIs(t, w.refused[3], relocation.ErrTwice)
		require.ErrorIs(t, w.refused[5], relocation.ErrTwice)
	}
}

func TestALostRaceCostsOneRecordAndNotItsBatch(t *testing.T) {
	w := newWorld(t, nil)
	w.accounts.lost = "two"
	require.Equal(t, relocation.Imported{Added: 2, Refused: 1}, w.bring(t, false, person("one"), person("two"), person("three")))
	require.ErrorIs(t, w.refused[2], accounts.ErrUsernameTaken)
	require.Len(t, w.everybody(t), 2)
}

func TestAFailureEndsTheImportAndLeavesWholeBatches(t *testing.T) {
	w := newWorld(t, nil)
	w.accounts.broken = "five"
	imported, err := w.try(false, &source{records: []ports.PersonRecord{person("one"), person("two"), person("three"), person("four"), person("five")}})
	require.ErrorIs(t, err, errDisk)
	require.Equal(t, relocation.Imported{Added: 3}, imported)
	require.Len(t, w.everybody(t), 3)
}

func TestAnInterruptionEndsTheImport(t *testing.T) {
	w := newWorld(t, nil)
	for _, dry := range []bool{true, false} {
		ctx, cancel := context.WithCancel(t.Context())
		w.ctx = ctx
		records := []ports.PersonRecord{person("one"), person("two"), person("three"), person("four")}
		imported, err := w.Import(ctx, relocation.Import{Source: &source{records: records}, DryRun: dry, Progress: func(int) { cancel() }})
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, relocation.Imported{Added: 3}, imported)
	}
}

func TestSettingsHold(t *testing.T) {
	w := newWorld(t, func(o *relocation.Options) { o.UniqueEmail, o.Usernames.PreserveCasing = false, false })
	ann, bob := person("Ann"), person("bob")
	bob.Email = ann.Email
	require.Equal(t, relocation.Imported{Added: 2}, w.bring(t, false, ann, bob))
	require.EqualValues(t, "ann", w.named(t, "Ann").Username())
}

func TestWhoRegistersDuringTheImportIsNotOfTheFile(t *testing.T) {
	w := newWorld(t, nil)
	register := func(name accounts.Username, email accounts.Email) {
		require.NoError(t, w.accounts.Add(w.ctx, accounts.New(name, email, secret.New("!"), start)))
	}
	records := []ports.PersonRecord{person("one"), person("two"), person("three"), person("four"), person("five"), person("six"), person("ONE")}
	refused := map[int]error{}
	imported, err := w.Import(w.ctx, relocation.Import{
		Source:  &source{records: records},
		Refused: func(line int, reason error) { refused[line] = reason },
		Progress: func(records int) {
			if records == 3 {
				register("four", "another@example.com")
				register("Five", "five@example.com")
			}
		},
	})
	require.NoError(t, err)
	require.Equal(t, relocation.Imported{Added: 4, Known: 1, Refused: 2}, imported)
	require.ErrorIs(t, refused[4], accounts.ErrUsernameTaken)
	require.ErrorIs(t, refused[7], relocation.ErrTwice)
}

func TestANameOfAProviderThatTheTablesDoNotHoldIsRefusedByItself(t *testing.T) {
	w := newWorld(t, nil)
	w.tables.schema.ProviderLength = 30
	short, long := person("short"), person("long")
	short.Identities = []identities.Key{key(strings.Repeat("é", 30), "1")}
	long.Identities = []identities.Key{key(strings.Repeat("x", 31), "1")}
	require.Equal(t, relocation.Imported{Added: 1, Refused: 1}, w.bring(t, false, short, long))
	require.EqualError(t, w.refused[2], "identities: This must be text of at most 30 characters.")
}
