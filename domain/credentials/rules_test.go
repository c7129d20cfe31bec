package credentials_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/credentials"
	"latchkey/domain/fault"
)

// djangoRules are the rules of a deployment that configures none.
func djangoRules(t *testing.T) []credentials.Rule {
	t.Helper()
	rules, err := credentials.ParseRules([]string{"similarity", "length:8", "common", "numeric"})
	require.NoError(t, err)
	return rules
}

func messages(list fault.List) []string {
	var texts []string
	for _, f := range list {
		texts = append(texts, f.Message)
	}
	return texts
}

const (
	tooShort  = "This password is too short. It must contain at least 8 characters."
	tooCommon = "This password is too common."
	numeric   = "This password is entirely numeric."
)

func TestCheckTellsEveryRefusalInTheOrderOfTheRules(t *testing.T) {
	// Recorded from dj-rest-auth 7.1: registration checks without an account first.
	for password, want := range map[string][]string{
		"short1":           {tooShort, tooCommon},
		"1234567":          {tooShort, tooCommon, numeric},
		"12345678":         {tooCommon, numeric},
		"1":                {tooShort, tooCommon, numeric},
		"a":                {tooShort, tooCommon},
		"Password1":        {tooCommon},
		"newbie":           {tooShort},
		"newbie12":         nil,
		"Str0ng-pass-77":   nil,
		"pässwörd-ünïcode": nil,
	} {
		got := credentials.Check(djangoRules(t), credentials.NewPassword(password), credentials.Subject{})
		require.Equal(t, want, messages(got), password)
		for _, refusal := range got {
			require.Equal(t, fault.Invalid, refusal.Kind)
			require.Empty(t, refusal.Field)
		}
	}
}

func TestCheckPutsSimilarityFirst(t *testing.T) {
	subject := credentials.Subject{Username: "alice", Email: "alice@example.com"}
	got := credentials.Check(djangoRules(t), credentials.NewPassword("alice"), subject)
	require.Equal(t, []string{"The password is too similar to the username.", tooShort, tooCommon}, messages(got))
	require.ErrorIs(t, got, credentials.ErrTooSimilar)
	require.ErrorIs(t, got, credentials.ErrTooShort)
	require.ErrorIs(t, got, credentials.ErrTooCommon)
	require.NotErrorIs(t, got, credentials.ErrEntirelyNumeric)
}

func TestCheckWithoutRulesAllowsEverything(t *testing.T) {
	require.Empty(t, credentials.Check(nil, credentials.NewPassword("1"), credentials.Subject{}))
}

// custom is a rule of somebody who embeds the service.
type custom struct{ err error }

func (custom) Name() string                                            { return "custom" }
func (c custom) Check(credentials.Password, credentials.Subject) error { return c.err }

func TestCheckTellsWhatCustomRulesSay(t *testing.T) {
	first := fault.New(fault.Invalid, "no_dog", "Not your dog.")
	second := fault.New(fault.Invalid, "no_cat", "Not your cat.")
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"nothing":     {nil, nil},
		"one fault":   {first, []string{"Not your dog."}},
		"wrapped":     {fmt.Errorf("pets: %w", second), []string{"Not your cat."}},
		"two faults":  {fault.List{first, second}, []string{"Not your dog.", "Not your cat."}},
		"a breakdown": {errors.New("dial tcp 10.0.0.7: refused"), []string{"This password can not be used."}},
	} {
		t.Run(name, func(t *testing.T) {
			rules := []credentials.Rule{custom{c.err}}
			got := credentials.Check(rules, credentials.NewPassword("Str0ng-pass-77"), credentials.Subject{})
			require.Equal(t, c.want, messages(got))
		})
	}
}

func TestParseRulesKeepsTheOrder(t *testing.T) {
	for _, c := range []struct{ given, want []string }{
		{[]string{"similarity", "length:8", "common", "numeric"}, []string{"similarity", "length", "common", "numeric"}},
		{[]string{"numeric", " length ", "similarity"}, []string{"numeric", "length", "similarity"}},
		{[]string{"none"}, nil},
		{[]string{" none "}, nil},
	} {
		rules, err := credentials.ParseRules(c.given)
		require.NoError(t, err)
		var names []string
		for _, r := range rules {
			names = append(names, r.Name())
		}
		require.Equal(t, c.want, names)
	}
}

func TestParseRulesSaysWhatToWrite(t *testing.T) {
	for want, given := range map[string][]string{
		"no password rule is named; write none if no rule is meant":                                     {},
		`there is no password rule "pwned"; write similarity, length:8, common, numeric or none`:        {"common", "pwned"},
		`there is no password rule ""; write similarity, length:8, common, numeric or none`:             {""},
		`there is no password rule "Common"; write similarity, length:8, common, numeric or none`:       {"Common"},
		"the password rule common is named twice; name it once":                                         {"common", "numeric", "common"},
		"the password rule length is named twice; name it once":                                         {"length:8", "length:9"},
		"the password rule none stands alone; remove it or the other rules":                             {"none", "common"},
		`the password rule common takes no parameter; write common instead of "common:5"`:               {"common:5"},
		`the password rule numeric takes no parameter; write numeric instead of "numeric:"`:             {"numeric:"},
		`"" is no length for the password rule length; write a number from 1 to 128, as in length:8`:    {"length:"},
		`"0" is no length for the password rule length; write a number from 1 to 128, as in length:8`:   {"length:0"},
		`"129" is no length for the password rule length; write a number from 1 to 128, as in length:8`: {"length:129"},
		`"8:9" is no length for the password rule length; write a number from 1 to 128, as in length:8`: {"length:8:9"},
		`"ten" is no length for the password rule length; write a number from 1 to 128, as in length:8`: {"length:ten"},
		`"1e1" is no length for the password rule length; write a number from 1 to 128, as in length:8`: {"length:1e1"},
		`"-10" is no length for the password rule length; write a number from 1 to 128, as in length:8`: {"length:-10"},
	} {
		rules, err := credentials.ParseRules(given)
		require.EqualError(t, err, want)
		require.Nil(t, rules)
	}
}
