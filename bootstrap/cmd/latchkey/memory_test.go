package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheMemoryLimitGrowsWithWhatIsInUse(t *testing.T) {
	t.Parallel()
	const hashes = 38 << 20
	require.EqualValues(t, roomy+hashes*5/2, memoryLimit(0, hashes))
	require.EqualValues(t, roomy+hashes*5/2, memoryLimit(hashes+4<<20, hashes), "hashes are no reason for more")
	require.EqualValues(t, 2*(300<<20)+hashes*5/2, memoryLimit(hashes+300<<20, hashes), "many clients are")
	require.Positive(t, inUse())
}
