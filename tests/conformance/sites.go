package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Sites tests an implementation of ports.Sites.
func Sites(t *testing.T, open Open) {
	t.Run("the deployment has a name and a domain", func(t *testing.T) {
		site, err := open(t).Sites.Current(t.Context())
		require.NoError(t, err)
		require.NotEmpty(t, site.Name)
		require.NotEmpty(t, site.Domain)
	})
}
