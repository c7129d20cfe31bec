package bench

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	sizes = flag.String("accounts", "100,1000", "the sizes of the databases to compare, the smallest first")
	tries = flag.Int("tries", 100, "how often each is measured; the smallest size at most")
	ratio = flag.Float64("ratio", 0, "how much slower the look-up of a token may be on the largest than on the smallest, unless a bare statement is, too; 0 = any")
)

func TestScale(t *testing.T) {
	for _, kind := range []struct {
		name string
		fill func(t *testing.T, accounts int) *filled
	}{{"SQLite", fillSQLite}, {"PostgreSQL", fillPostgres}} {
		t.Run(kind.name, func(t *testing.T) {
			var databases []*filled
			for _, size := range strings.Split(*sizes, ",") {
				accounts, err := strconv.Atoi(size)
				require.NoError(t, err)
				began := time.Now()
				databases = append(databases, kind.fill(t, accounts))
				t.Logf("filled %d accounts in %v", accounts, time.Since(began).Round(time.Millisecond))
			}
			report(t, databases)
		})
	}
}

// report measures every act on all the databases and prints the medians. What only
// reads is measured again, when what it needs is at hand.
func report(t *testing.T, databases []*filled) {
	t.Helper()
	var text strings.Builder
	slower := map[string]float64{}
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprint(table, "median µs (ratio)\t")
	for _, database := range databases {
		_, _ = fmt.Fprintf(table, "%d\t", database.accounts)
	}
	_, _ = fmt.Fprintln(table)
	for _, act := range acts {
		row(table, act.name, measure(t, act, databases))
		if !act.reads {
			continue
		}
		medians := measure(t, act, databases)
		row(table, act.name+", again", medians)
		slower[act.name] = medians[len(medians)-1] / medians[0]
	}
	require.NoError(t, table.Flush())
	t.Log("\n" + text.String())
	if *ratio > 0 {
		assert.LessOrEqual(t, slower[tokenAct], max(*ratio, slower[floorAct]), "the look-up of a token")
	}
}

func row(table io.Writer, name string, medians []float64) {
	_, _ = fmt.Fprint(table, name, "\t")
	for _, median := range medians {
		_, _ = fmt.Fprintf(table, "%.0f (%.2f)\t", median, median/medians[0])
	}
	_, _ = fmt.Fprintln(table)
}

// measure returns the median on each database, in microseconds. They take turns, so that what else
// the machine does meanwhile falls on all of them.
func measure(t *testing.T, act act, databases []*filled) []float64 {
	t.Helper()
	rounds := min(*tries, databases[0].accounts)
	times := make([][]time.Duration, len(databases))
	for round := range rounds {
		for i, database := range databases {
			// Far apart, and each account once: 7919 is prime.
			n := int64(round)*7919%int64(database.accounts) + 1
			began := time.Now()
			err := act.do(context.Background(), database, n)
			times[i] = append(times[i], time.Since(began))
			require.NoError(t, err, act.name)
		}
	}
	medians := make([]float64, len(databases))
	for i := range times {
		slices.Sort(times[i])
		medians[i] = float64(times[i][len(times[i])/2].Nanoseconds()) / 1000
	}
	return medians
}
