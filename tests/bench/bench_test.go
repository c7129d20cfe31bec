package bench

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBench measures what requests cost beside their floors and prints the tables of
// the README.
func TestBench(t *testing.T) {
	onLinux(t)
	e := chosenEffort()
	var out strings.Builder
	heading(&out, e)
	show := func() {
		if *measuring {
			_, _ = fmt.Fprintln(os.Stdout, out.String())
		}
		out.Reset()
	}
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			require.NotEmpty(t, k.make(t).url) // skips here what is not installed
			fmt.Fprintf(&out, "\n**%s**\n\n", k.name)
			reportReads(&out, k, compare(t, k, e))
			reportWrites(&out, k, measureWrites(t, k, e))
			measureCrowds(t, &out, k, e)
			show()
		})
	}
}

// measureCrowds asks one service by few and by many, and lets it hash meanwhile.
func measureCrowds(t *testing.T, out *strings.Builder, k kind, e effort) {
	t.Helper()
	d := k.make(t)
	d.people(t)
	s := serve(t, d)
	all := []read{{name: "user", request: s.who.byToken(), service: s, query: accountColumns + ` JOIN authtoken_token AS t ON t.user_id = u.id WHERE t.key = $1`, arg: s.who.Key}}
	floor := beside(t, d, all)
	var rows []crowd
	sizes := *crowds
	if !*measuring {
		sizes = "2"
	}
	for _, text := range strings.Split(sizes, ",") {
		clients, err := strconv.Atoi(text)
		require.NoError(t, err)
		several := e
		several.clients = clients
		turn := takeTurns(t, all[0], floor, floorPath(0), several)
		rows = append(rows, crowd{clients, turn, s.megabytes(t)})
	}
	reportCrowds(out, rows)
	idle := 1000
	if !*measuring {
		idle = 10
	}
	// A fresh one: what the crowds have left behind would hide what is added.
	reportHashes(out, k, measureHashed(t, s, e), measureStorm(t, s, e), measureIdle(t, serve(t, d), idle))
}

// crowd is a round of a number of clients, and the memory of the service after it.
type crowd struct {
	clients int
	pair
	megabytes float64
}
