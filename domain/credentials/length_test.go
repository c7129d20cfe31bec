package credentials_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"latchkey/domain/credentials"
)

func TestMinLengthCountsCharacters(t *testing.T) {
	check := func(n int, text string) error {
		return credentials.MinLength(n).Check(credentials.NewPassword(text), credentials.Subject{})
	}
	require.NoError(t, check(8, "漢漢漢漢漢漢漢漢"))
	require.ErrorIs(t, check(8, "漢漢漢漢漢漢漢"), credentials.ErrTooShort)
	require.EqualError(t, check(8, "1234567"), "This password is too short. It must contain at least 8 characters.")
	require.EqualError(t, check(1, ""), "This password is too short. It must contain at least 1 character.")
	require.EqualError(t, check(12, "short"), "This password is too short. It must contain at least 12 characters.")
}

func TestMinLengthRefusesJustTheShorter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		least, length := rapid.IntRange(1, 40).Draw(t, "least"), rapid.IntRange(0, 80).Draw(t, "length")
		password := credentials.NewPassword(strings.Repeat("ü", length))
		err := credentials.MinLength(least).Check(password, credentials.Subject{})
		require.Equal(t, length < least, err != nil)
	})
}
