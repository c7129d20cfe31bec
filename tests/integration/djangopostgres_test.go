package integration

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/tests/postgres"
)

func djangoPostgres(t *testing.T) djangoDatabase {
	t.Helper()
	djangoSpeaksPostgres(t)
	address := postgres.Empty(t)
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	return djangoDatabase{url: address, django: map[string]string{
		"ENGINE": "django.db.backends.postgresql", "NAME": strings.TrimPrefix(parsed.Path, "/"),
		"USER": parsed.User.Username(), "HOST": parsed.Query().Get("host"),
	}}
}
