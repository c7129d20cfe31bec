package relocation_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/identities"
)

func TestAnExportFillsAnEmptyDatabaseWithTheSamePeople(t *testing.T) {
	from, to := newWorld(t, nil), newWorld(t, nil)
	ann := person("Ann")
	ann.FirstName, ann.LastName, ann.Active, ann.Staff, ann.Superuser = "Änn", "O'Hara", false, true, true
	ann.Joined, ann.LastLogin = start.AddDate(-2, 0, 0), start
	ann.Identities = []identities.Key{key("google", "1"), key("github", "1")}
	records := []ports.PersonRecord{ann, {Username: "bob"}}
	for i := range 5 { // more than two pages
		records = append(records, person(fmt.Sprintf("person%d", i)))
	}
	from.bring(t, false, records...)
	exported := from.everybody(t)
	require.Len(t, exported, 7)
	require.Equal(t, "Ann", exported[0].Username)
	require.Equal(t, "person4", exported[6].Username)

	to.bring(t, false, exported...)
	again := to.everybody(t)
	for i := range exported {
		require.Equal(t, exported[i].Password.Reveal(), again[i].Password.Reveal())
		again[i].Password = exported[i].Password
	}
	require.Equal(t, exported, again)
}

func TestASinkThatFailsEndsTheExport(t *testing.T) {
	w := newWorld(t, nil)
	w.bring(t, false, person("one"), person("two"))
	out := &sink{fail: errDisk}
	exported, err := w.Export(w.ctx, out, nil)
	require.ErrorIs(t, err, errDisk)
	require.Zero(t, exported)
	require.Len(t, out.records, 1)
	require.False(t, out.flushed)
}

func TestAnExportOfNobodyIsEmptyAndWhole(t *testing.T) {
	var out sink
	var told []int
	exported, err := newWorld(t, nil).Export(t.Context(), &out, func(people int) { told = append(told, people) })
	require.NoError(t, err)
	require.Zero(t, exported)
	require.True(t, out.flushed)
	require.Equal(t, []int{0}, told)
}
