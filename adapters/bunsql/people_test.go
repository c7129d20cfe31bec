package bunsql

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// An export of a million people must not begin every page at the first of them.
func TestNoPageOfPeopleReadsAWholeTable(t *testing.T) {
	db := migrated(t)
	for name, query := range map[string]string{
		"people": selectPeople, "addresses": selectAddressesBetween, "identities": selectIdentitiesBetween,
	} {
		for _, step := range plan(t, db, query) {
			require.False(t, strings.HasPrefix(step, "SCAN"), "%s: %s", name, step)
		}
	}
}
