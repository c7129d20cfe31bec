package ginhttp

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
)

const (
	saysRequired = "This field is required."
	saysNull     = "This field may not be null."
	saysBlank    = "This field may not be blank."
	saysString   = "Not a valid string."
	saysNUL      = "Null characters are not allowed."
	saysD800     = "Surrogate characters are not allowed: U+D800."
	saysEmail    = "Enter a valid email address."
)

var (
	comesAsText = func(text string) *value { return &value{kind: kindText, text: text} }
	comesAsNull = &value{kind: kindNull}
	comesOdd    = &value{kind: kindOther}
	surrogated  = func(text string) *value { return &value{kind: kindText, text: text, surrogate: 0xd800} }
)

// Recorded from dj-rest-auth 7.1 on Django REST framework: which message, and in
// what order when there are several.
func TestFieldsAreCheckedAsDRFDoes(t *testing.T) {
	name := text("f", "F")
	bounded := text("f", "F").upTo(5)
	bounded.min = 3
	username := userForm[1]
	address := email("f", "F")
	for title, c := range map[string]struct {
		field    field
		came     *value
		text     string
		present  bool
		messages []string
	}{
		"missing":                      {name, nil, "", false, []string{saysRequired}},
		"missing but optional":         {name.optional(), nil, "", false, nil},
		"null":                         {name, comesAsNull, "", true, []string{saysNull}},
		"null though optional, blank":  {name.optional().blank(), comesAsNull, "", true, []string{saysNull}},
		"wrong type":                   {name, comesOdd, "", true, []string{saysString}},
		"wrong type of an address":     {address, comesOdd, "", true, []string{saysEmail}},
		"empty":                        {name, comesAsText(""), "", true, []string{saysBlank}},
		"blanks only":                  {name, comesAsText(" \t\u2003"), "", true, []string{saysBlank}},
		"empty but may be":             {name.blank(), comesAsText(""), "", true, nil},
		"blanks only but may be empty": {name.blank(), comesAsText("\u3000"), "", true, nil},
		"optional, empty from JSON":    {name.optional(), comesAsText(""), "", true, []string{saysBlank}},
		"good":                         {name, comesAsText("x"), "x", true, nil},
		"inner blanks stay":            {name, comesAsText(" a \u00a0 b "), "a \u00a0 b", true, nil},
		"longest":                      {bounded, comesAsText("äöü€𝄞"), "äöü€𝄞", true, nil},
		"too long":                     {bounded, comesAsText("äöü€𝄞x"), "", true, []string{"Ensure this field has no more than 5 characters."}},
		"shortest":                     {bounded, comesAsText("äöü"), "äöü", true, nil},
		"too short":                    {bounded, comesAsText("äö"), "", true, []string{"Ensure this field has at least 3 characters."}},
		"NUL":                          {name, comesAsText("a\x00b"), "", true, []string{saysNUL}},
		"NUL is no blank":              {name, comesAsText("\x00"), "", true, []string{saysNUL}},
		"lone surrogate":               {name, surrogated("\ufffd"), "", true, []string{saysD800}},
		"long, NUL, surrogate": {
			bounded, surrogated("abcde\x00\ufffd"), "", true,
			[]string{"Ensure this field has no more than 5 characters.", saysNUL, saysD800},
		},
		"short, NUL, surrogate": {
			bounded, surrogated("\x00\ufffd"), "", true,
			[]string{"Ensure this field has at least 3 characters.", saysNUL, saysD800},
		},
		"an address":               {address, comesAsText(" bob@example.com\n"), "bob@example.com", true, nil},
		"no address":               {address, comesAsText("bob"), "", true, []string{saysEmail}},
		"NUL in an address":        {address, comesAsText("bob\x00@example.com"), "", true, []string{saysNUL, saysEmail}},
		"surrogate in an address":  {address, surrogated("bob\ufffd@example.com"), "", true, []string{saysD800, saysEmail}},
		"surrogate in its domain":  {address, surrogated("bob@ex\ufffdample.com"), "", true, []string{saysD800, saysEmail}},
		"both in an address":       {address, surrogated("b\x00\ufffd"), "", true, []string{saysNUL, saysD800, saysEmail}},
		"a user name":              {username, comesAsText("b.o@b+_-"), "b.o@b+_-", true, nil},
		"regex before length, NUL": {username, comesAsText(strings.Repeat("x", 151) + "\x00"), "", true, []string{accounts.ErrUsernameInvalid.Message, "Ensure this field has no more than 150 characters.", saysNUL}},
	} {
		t.Run(title, func(t *testing.T) {
			in := input{values: map[string]value{}}
			if c.came != nil {
				in.values[c.field.name] = *c.came
			}
			text, present, messages := c.field.read(in, false)
			require.Equal(t, c.messages, messages)
			require.Equal(t, c.present, present)
			if len(messages) == 0 {
				require.Equal(t, c.text, text)
			}
		})
	}
}

func TestEveryBlankOfPythonIsTrimmedFromBothEnds(t *testing.T) {
	for _, blank := range "\t\n\v\f\r\x1c\x1d\x1e\x1f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000" {
		got, messages := text("f", "F").check(value{kind: kindText, text: string(blank) + "a" + string(blank) + string(blank)})
		require.Empty(t, messages)
		require.Equal(t, "a", got, "%U", blank)
	}
	for _, other := range "\x00\x1b\u180e\u200b\u200c\u200d\u2060\ufeff" {
		require.False(t, pythonSpace(other), "%U is no blank to Python", other)
	}
}

func TestABlankFieldOfAFormCountsAsAbsentWhenOptional(t *testing.T) {
	blank := input{html: true, values: map[string]value{"f": {kind: kindText}}}
	for title, c := range map[string]struct {
		field    field
		in       input
		present  bool
		messages []string
	}{
		"optional":                    {text("f", "F").optional(), blank, false, nil},
		"optional that may be blank":  {text("f", "F").optional().blank(), blank, true, nil},
		"required":                    {text("f", "F"), blank, true, []string{saysBlank}},
		"required that may be blank":  {text("f", "F").blank(), blank, true, nil},
		"optional, blanks only":       {text("f", "F").optional(), input{html: true, values: map[string]value{"f": {kind: kindText, text: " "}}}, true, []string{saysBlank}},
		"optional, a file":            {text("f", "F").optional(), input{html: true, values: map[string]value{"f": {kind: kindOther}}}, true, []string{saysString}},
		"optional, empty, from JSON":  {text("f", "F").optional(), input{values: blank.values}, true, []string{saysBlank}},
		"required, absent, no fields": {text("f", "F"), input{html: true}, false, []string{saysRequired}},
	} {
		_, present, messages := c.field.read(c.in, false)
		require.Equal(t, c.present, present, title)
		require.Equal(t, c.messages, messages, title)
	}
}

func TestAFormTellsAllRefusalsInItsOrderAndKeepsTheGoodValues(t *testing.T) {
	f := form{text("a", "A"), email("b", "B"), text("c", "C").optional(), {name: "pk", readOnly: true, required: true}}
	in := input{values: map[string]value{"b": {kind: kindText, text: "x\x00"}, "c": {kind: kindText, text: "good"}, "pk": {kind: kindText, text: "9"}}}

	good, refusals := f.read(in, false)
	require.Equal(t, values{"c": "good"}, good)
	require.Equal(t, `{"a":["This field is required."],"b":["Null characters are not allowed.","Enter a valid email address."]}`, string(compactJSON(fieldErrors(refusals))))

	_, refusals = f.read(in, true)
	require.Equal(t, `{"b":["Null characters are not allowed.","Enter a valid email address."]}`, string(compactJSON(fieldErrors(refusals))), "a partial read asks for no field")
}

func TestPointerTellsAbsentFromEmpty(t *testing.T) {
	v := values{"empty": ""}
	require.Nil(t, v.pointer("absent"))
	require.Equal(t, "", *v.pointer("empty"))
}
