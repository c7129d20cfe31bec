package integration

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// djangoTableState is what Django's introspection sees of one table.
type djangoTableState struct {
	Columns     map[string]any
	Constraints map[string]any
}

// djangoState is the schema and how many rows each of Django's tables has.
type djangoState struct {
	tables map[string]djangoTableState
	rows   map[string]int
}

func (s *djangoSides) state(t *testing.T) djangoState {
	t.Helper()
	return djangoState{
		tables: djangoAsk[map[string]djangoTableState](t, s.django, "schema", nil),
		rows:   djangoAsk[map[string]int](t, s.django, "counts", nil),
	}
}

// ofMissingApps are the tables of apps that this Django does not have.
var ofMissingApps = map[string]bool{"dj_rest_auth_mfa_authenticator": true, "passkeys_webauthncredential": true}

// requireUntouched: nothing of Django's changed when Latchkey came, which only added.
func requireUntouched(t *testing.T, before, after djangoState) {
	t.Helper()
	rows := maps.Clone(after.rows)
	for table := range ofMissingApps {
		require.Zero(t, rows[table])
		delete(rows, table)
	}
	require.Equal(t, before.rows, rows)
	for name, table := range before.tables {
		require.Equal(t, table.Columns, after.tables[name].Columns, name)
		for constraint, content := range table.Constraints {
			require.Equal(t, content, after.tables[name].Constraints[constraint], constraint)
		}
	}
	for name, table := range after.tables {
		_, known := before.tables[name]
		require.True(t, known || ofMissingApps[name] || strings.HasPrefix(name, "latchkey_"), name)
		for constraint := range table.Constraints {
			_, old := before.tables[name].Constraints[constraint]
			ours := !known || strings.HasPrefix(constraint, "latchkey_")
			require.True(t, old || ours, "%s: %s", name, constraint)
		}
	}
}
