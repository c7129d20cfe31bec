package credentials_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"latchkey/domain/credentials"
)

func similarTo(password string, subject credentials.Subject) string {
	err := credentials.Dissimilar().Check(credentials.NewPassword(password), subject)
	if err == nil {
		return ""
	}
	name, _ := strings.CutPrefix(err.Error(), "The password is too similar to the ")
	return name
}

func TestDissimilarAnswersAsRecorded(t *testing.T) {
	// Recorded from dj-rest-auth 7.1.
	newbie := credentials.Subject{Username: "newbie", Email: "newbie@example.com"}
	for password, want := range map[string]string{
		"newbie12":           "username.",
		"NEWBIE-99":          "username.",
		"eibwen":             "username.", // the order of the letters does not count
		"newbienewbienewbie": "",
		"newbie@example.com": "email address.",
		"example1":           "email address.", // a part of the address
		"example.com":        "email address.",
		"Str0ng-pass-77":     "",
	} {
		require.Equal(t, want, similarTo(password, newbie), password)
	}
}

func TestDissimilarLooksAtEveryAttributeInOrder(t *testing.T) {
	same := credentials.Subject{Username: "montgomery", FirstName: "montgomery", LastName: "montgomery", Email: "montgomery@example.com"}
	require.Equal(t, "username.", similarTo("montgomery1", same))
	same.Username = "other"
	require.Equal(t, "first name.", similarTo("montgomery1", same))
	same.FirstName = ""
	require.Equal(t, "last name.", similarTo("montgomery1", same))
	same.LastName = "Smith"
	require.Equal(t, "email address.", similarTo("montgomery1", same))
	require.Empty(t, similarTo("montgomery1", credentials.Subject{}))
}

func TestDissimilarKnowsDjangosEdges(t *testing.T) {
	for _, c := range []struct {
		why, password, username, want string
	}{
		{"seven tenths are too many", "abcdefg890", "abcdefgxyz", "username."},
		{"less than seven tenths are fine", "abcdef7890", "abcdefwxyz", ""},
		{"a letter counts as often as both have it", "aaaaaaaaaa", "abbbbbbbbb", ""},
		{"words are taken apart at what is no letter, digit or underscore", "gomery12", "mont-gomery", "username."},
		{"an underscore belongs to the word", "gomery", "mont_gomery_x", ""},
		{"letters of every script are letters", "ДОМ77", "дом-x", "username."},
		{"characters count, not bytes", "漢漢漢漢漢漢漢abc", "漢漢漢漢漢漢漢xyz", "username."},
		{"a value of separators alone is compared as a whole", "--", "--", "username."},
		{"a long password hides a short name", strings.Repeat("x1-", 50), "x1", ""},
	} {
		t.Run(c.why, func(t *testing.T) {
			require.Equal(t, c.want, similarTo(c.password, credentials.Subject{Username: c.username}))
		})
	}
}

func TestDissimilarRefusesEveryAttributeItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringN(1, 30, -1).Draw(t, "name")
		require.NotEmpty(t, similarTo(name, credentials.Subject{LastName: name}))
		require.NotEmpty(t, similarTo(strings.ToUpper(name), credentials.Subject{LastName: strings.ToUpper(name)}))
	})
}

// The work must not be the product of the two lengths: both are a stranger's choice.
func BenchmarkDissimilarWithALongPassword(b *testing.B) {
	password := credentials.NewPassword(strings.Repeat("x1-", 100_000))
	subject := credentials.Subject{Username: strings.Repeat("x1-", 50), Email: strings.Repeat("a.", 150) + "@example.com"}
	for b.Loop() {
		_ = credentials.Dissimilar().Check(password, subject)
	}
}
