package credentials_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/credentials"
)

func TestAPasswordIsNotPrinted(t *testing.T) {
	password := credentials.NewPassword("correct horse")
	require.Equal(t, "correct horse", password.Reveal())
	holder := struct{ P *credentials.Password }{&password}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		require.NotContains(t, fmt.Sprintf(verb, password), "correct")
		require.NotContains(t, fmt.Sprintf(verb, &password), "correct")
		require.NotContains(t, fmt.Sprintf(verb, holder), "correct")
		require.NotContains(t, fmt.Sprintf(verb, password), fmt.Sprintf("%x", "correct"))
	}
}

func TestPasswordsAreEqualByText(t *testing.T) {
	password := credentials.NewPassword("correct horse")
	require.True(t, password.Equal(credentials.NewPassword("correct horse")))
	require.False(t, password.Equal(credentials.NewPassword("correct hors")))
	require.False(t, password.Equal(credentials.Password{}))
	require.True(t, credentials.Password{}.Equal(credentials.NewPassword("")))
}
