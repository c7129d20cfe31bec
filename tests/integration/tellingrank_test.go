package integration

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// tellingSamples is how often each kind is asked about.
const tellingSamples = 500

// TestTheTimeDoesNotTellWhoHasAnAccount prints how well the times of two kinds can be
// told apart (Mann and Whitney's U as a normal z, 0 for not at all; one answer in three hundred
// has |z| > 3 by chance, and a machine that does other things makes more of them). It
// fails only where no chance makes it so: what decides is counted beside this file.
func TestTheTimeDoesNotTellWhoHasAnAccount(t *testing.T) {
	s := tellingBoot(t, map[string]string{"RATE_LIMITS": "off"})
	s.people(t, "sqlite", "file:"+s.Database+"?_pragma=busy_timeout(20000)")
	s.crowded(t, 2*tellingSamples)
	all := make([]map[string][]time.Duration, len(tellingFlows))
	var asking sync.WaitGroup
	for i, flow := range tellingFlows {
		asking.Go(func() { all[i] = s.timed(t, flow) }) // most of the time is waited
	}
	asking.Wait()
	for i, flow := range tellingFlows {
		t.Run(flow.name, func(t *testing.T) {
			times := all[i]
			require.Len(t, times, len(flow.ranked))
			unknown := times[flow.ranked[0]]
			for _, kind := range flow.ranked[1:] {
				known := times[kind]
				z, ratio := tellingRank(unknown, known), float64(processMedian(known))/float64(processMedian(unknown))
				t.Logf("%-8s %6v, %s %6v, z %+.1f, p %.2g, ratio %.3f", flow.ranked[0], processMedian(unknown), kind, processMedian(known), z, math.Erfc(math.Abs(z)/math.Sqrt2), ratio)
				gross := math.Abs(z) > 15 && (ratio > 1.5 || ratio < 1/1.5)
				require.False(t, gross, "%s takes another time than %s", kind, flow.ranked[0])
			}
		})
	}
}

// timed asks about the kinds in another order each time.
func (s *tellingService) timed(t *testing.T, flow tellingFlow) map[string][]time.Duration {
	t.Helper()
	times := map[string][]time.Duration{}
	order := slices.Clone(flow.ranked)
	for range tellingSamples {
		rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, kind := range order {
			answer := flow.ask(s, t, kind)
			require.Equal(t, flow.status, answer.status, answer.body)
			times[kind] = append(times[kind], answer.took)
		}
	}
	return times
}

// tellingRank is Mann and Whitney's U of the first sample, as a standard normal. Ties are
// too few among nanoseconds to be corrected for; each has the mean of its ranks.
func tellingRank(first, second []time.Duration) float64 {
	type ranked struct {
		took  time.Duration
		first bool
	}
	var all []ranked
	for _, took := range first {
		all = append(all, ranked{took, true})
	}
	for _, took := range second {
		all = append(all, ranked{took, false})
	}
	slices.SortFunc(all, func(a, b ranked) int { return cmp.Compare(a.took, b.took) })
	sum := 0.0
	for from := 0; from < len(all); {
		to := from
		for to < len(all) && all[to].took == all[from].took {
			to++
		}
		for _, one := range all[from:to] {
			if one.first {
				sum += float64(from+1+to) / 2
			}
		}
		from = to
	}
	n, m := float64(len(first)), float64(len(second))
	return (sum - n*(n+1)/2 - n*m/2) / math.Sqrt(n*m*(n+m+1)/12)
}

func TestTheRankTestTellsWhatCanBeTold(t *testing.T) {
	var low, high, mixed []time.Duration
	for i := range 500 {
		low, high, mixed = append(low, time.Duration(i)), append(high, time.Duration(500+i)), append(mixed, time.Duration(2*i))
	}
	require.InDelta(t, -27.4, tellingRank(low, high), 0.1)
	require.InDelta(t, 27.4, tellingRank(high, low), 0.1)
	require.InDelta(t, 0, tellingRank(low, low), 0.001, "ties")
	require.Less(t, tellingRank(low, mixed), -10.0)
}
