package ginhttp

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func fieldOf(t *testing.T, in input, name string) value {
	t.Helper()
	came, present := in.field(name)
	require.True(t, present)
	return came
}

func jsonField(t *testing.T, literal string) value {
	t.Helper()
	in, err := parseJSON([]byte(`{"f":` + literal + `}`))
	require.NoError(t, err, literal)
	require.False(t, in.html)
	return fieldOf(t, in, "f")
}

// Two passwords that differ in a lone surrogate alone would otherwise be one.
func TestLoneSurrogatesAreFound(t *testing.T) {
	for literal, want := range map[string]rune{
		`"\ud800"`:                         0xd800,
		`"\uDBFF"`:                         0xdbff,
		`"\udc00"`:                         0xdc00,
		`"\uDfFf"`:                         0xdfff,
		`"a\ud800b"`:                       0xd800,
		`"\ud800\n"`:                       0xd800,
		`"\ud800u0041"`:                    0xd800,
		`"\ud800\u0041"`:                   0xd800,
		`"\ud800\ud800\udc00"`:             0xd800,
		`"\ud800\udc00\udc01"`:             0xdc01,
		`"\udc00\ud800"`:                   0xdc00,
		`"\ud83d\ude00\udbff"`:             0xdbff,
		`"\u0041\ud801"`:                   0xd801,
		`"\\\ud800"`:                       0xd800,
		`"\\\\\ud800"`:                     0xd800,
		`"\"\ud800"`:                       0xd800,
		`"\/\b\f\n\r\t\ud800"`:             0xd800,
		`"\ud800\\udc00"`:                  0xd800,
		`"😀\ud800"`:                        0xd800,
		`"\\ud800"`:                        0,
		`"\\\\ud800"`:                      0,
		`"\ud800\udc00"`:                   0,
		`"\uDBFF\uDFFF"`:                   0,
		`"\ud83d\ude00\ud83d\ude00"`:       0,
		`"\ud7ff\ue000"`:                   0,
		`"\u0000"`:                         0,
		`"` + "\U0010ffff" + `"`:           0,
		`"\ufffd"`:                         0,
		`"ud800"`:                          0,
		`""`:                               0,
		`"\\"`:                             0,
		`"\\\\"`:                           0,
		`"\ud83d\ude00\\\\\"\\ud800 x\\"`:  0,
		`"\ud83d\ude00\\\\\"\\\ud900 x\\"`: 0xd900,
	} {
		got := jsonField(t, literal)
		require.Equal(t, kindText, got.kind, literal)
		require.Equal(t, want, got.surrogate, literal)
	}
	require.Equal(t, "\U0001f600", jsonField(t, `"\ud83d\ude00"`).text)
}

func TestNumbersReadAsPythonWritesThem(t *testing.T) {
	many := strings.Repeat("7", maxDigits)
	for literal, want := range map[string]string{
		"0":                      "0",
		"-0":                     "0",
		"12":                     "12",
		"-7":                     "-7",
		"9007199254740993":       "9007199254740993",
		"123456789012345678901":  "123456789012345678901",
		"-123456789012345678901": "-123456789012345678901",
		many:                     many,
		"-" + many:               "-" + many,
		"1.5":                    "1.5",
		"1.50":                   "1.5",
		"1000.0":                 "1000.0",
		"1e3":                    "1000.0",
		"1E3":                    "1000.0",
		"1e15":                   "1000000000000000.0",
		"1e16":                   "1e+16",
		"1.5e16":                 "1.5e+16",
		"9999999999999998.0":     "9999999999999998.0",
		"1e22":                   "1e+22",
		"1e100":                  "1e+100",
		"0.0001":                 "0.0001",
		"1e-5":                   "1e-05",
		"0.00012345":             "0.00012345",
		"0.000012345":            "1.2345e-05",
		"1e-400":                 "0.0",
		"0.0":                    "0.0",
		"-0.0":                   "-0.0",
		"-0e0":                   "-0.0",
		"0.1":                    "0.1",
		"1E400":                  "inf",
		"-1E400":                 "-inf",
		"5e-324":                 "5e-324",
		"1.7976931348623157e308": "1.7976931348623157e+308",
		"0.30000000000000004":    "0.30000000000000004",
	} {
		got := jsonField(t, literal)
		require.Equal(t, value{kind: kindText, text: want}, got, "%.30s", literal)
	}
}

// Python refuses them too. Cutting them short would make one password of many.
func TestEndlessIntegersAreRefused(t *testing.T) {
	for _, literal := range []string{strings.Repeat("7", maxDigits+1), "-" + strings.Repeat("7", maxDigits+1), strings.Repeat("9", maxBody-10)} {
		begun := time.Now()
		_, err := parseJSON([]byte(`{"f":` + literal + `}`))
		requireMalformed(t, err)
		require.Less(t, time.Since(begun), 5*time.Second)
	}
}

func requireMalformed(t *testing.T, err error) {
	t.Helper()
	var refused refusal
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusBadRequest, refused.status)
	require.True(t, strings.HasPrefix(refused.detail, "JSON parse error - "), refused.detail)
}

func TestKindsOfJSONValues(t *testing.T) {
	for literal, want := range map[string]valueKind{
		"null": kindNull, "true": kindOther, "false": kindOther, "[]": kindOther, `["x"]`: kindOther, "{}": kindOther,
		`"x"`: kindText, `""`: kindText, "1": kindText,
	} {
		require.Equal(t, want, jsonField(t, literal).kind, literal)
	}
}

func TestOfARepeatedKeyTheLastValueCounts(t *testing.T) {
	in, err := parseJSON([]byte(`{"f":"first","F":"other","f":null,"f":"last"}`))
	require.NoError(t, err)
	require.Equal(t, "last", fieldOf(t, in, "f").text)
	require.Equal(t, "other", fieldOf(t, in, "F").text, "keys are compared with case")

	in, err = parseJSON([]byte(`{"f":"a","\u0066":"b"}`))
	require.NoError(t, err)
	require.Equal(t, "b", fieldOf(t, in, "f").text, "an escaped key is the same key")
}

// Whoever sends them pays less than we do for reading them.
func TestFieldsThatNobodyAsksForAreNotRead(t *testing.T) {
	body := []byte(`{"f":"wanted"` + strings.Repeat(`,"g":12345678901234567890,"h":"\\n"`, 1000) + `}`)
	require.Less(t, testing.AllocsPerRun(10, func() {
		in, err := parseJSON(body)
		require.NoError(t, err)
		require.Equal(t, "wanted", fieldOf(t, in, "f").text)
	}), 50.0)
}

func TestMalformedJSONIsRefused(t *testing.T) {
	for title, body := range map[string]string{
		"empty object, then junk": `{}x`, "two objects": `{}{}`, "a comma behind": `{},`, "a blank that JSON does not know behind": "{}\u00a0",
		"byte order mark": "\ufeff{}", "latin-1": "{\"f\":\"\xe4\"}", "overlong": "{\"f\":\"\xc0\x80\"}", "surrogate in UTF-8": "{\"f\":\"\xed\xa0\x80\"}",
		"UTF-16": "{\x00}\x00", "blanks only": "  ", "open": `{"f":`, "single quotes": `{'f':1}`, "NaN": `{"f":NaN}`, "Infinity": `{"f":-Infinity}`,
		"trailing comma": `{"f":1,}`, "no key": `{:1}`, "number as key": `{1:1}`, "comment": `{}//`, "hex": `{"f":0x1}`, "leading zero": `{"f":01}`,
		"control in a text": "{\"f\":\"a\nb\"}", "bad escape": `{"f":"\x"}`, "cut escape": `{"f":"\u12"}`, "rubbish": "\x00\x01",
		"deep array": strings.Repeat("[", 100_000), "deep object": strings.Repeat(`{"f":`, 100_000),
		"deep but closed": `{"f":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`,
	} {
		t.Run(title, func(t *testing.T) {
			_, err := parseJSON([]byte(body))
			requireMalformed(t, err)
		})
	}
}

func TestAnotherValueThanAnObjectIsNamedInPythonsWords(t *testing.T) {
	for body, want := range map[string]string{
		"null": "No data provided",
		"[]":   "Invalid data. Expected a dictionary, but got list.",
		`"{}"`: "Invalid data. Expected a dictionary, but got str.",
		"true": "Invalid data. Expected a dictionary, but got bool.",
		"1":    "Invalid data. Expected a dictionary, but got int.",
		"-1":   "Invalid data. Expected a dictionary, but got int.",
		"1.0":  "Invalid data. Expected a dictionary, but got float.",
		"1e1":  "Invalid data. Expected a dictionary, but got float.",
	} {
		_, err := parseJSON([]byte(" " + body + "\n"))
		require.EqualError(t, err, want)
		var direct refusal
		require.False(t, errors.As(err, &direct), "it belongs to the input: non_field_errors")
	}
	w := newWorld()
	requireAnswer(t, postJSON("/dj-rest-auth/login/", "[1]").to(w.api(t)), 400, `{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}`)
	require.Empty(t, w.signIns)
}
