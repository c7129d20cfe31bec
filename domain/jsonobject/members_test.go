package jsonobject_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"latchkey/domain/jsonobject"
)

// texts are objects, and what only looks like one.
var texts = []string{
	`{}`, ` { } `, `{"a":"b"}`, "\t{\r\n\"a\" : 1 , \"b\":[1, {\"c\":\"]}\"}] }\n", `{"a":1}`, `{"a":-1.5e3,"b":true,"c":false,"d":null}`,
	`{"a":{"a":{}},"b":[[],[]],"c":""}`, `{"a":"\"","b\"":"\\","c\\":"\\\""}`, `{"\u0061":"\u00e9\ud83c\udf89\ud800"}`, `{"é":"🎉"}`,
	"{\"a\":1,\"b\" : \"c\"\t,\n\"d\":20\r}  ", `{"a":1 2}`, `{"a":1.}`, `{"a":1e}`, `{"a":1a}`, `{"a":"b" "c"}`, `{"a":"b",,"c":1}`, `{"a":"b"`, `{"a":1`, `{"a":"b",`,
	`{"a`, `{"a"`, `{"a":`, `{"a":"`, `{"a":0}`, `{"a":00}`, `{"a":-1}`, `{,}`, `{"a":"b"}x`, `x{"a":"b"}`, "{\"a\":\"\x7f\"}", "{\"a\":\"\x1f\"}",
	`{"a":1,"a":2}`, `{"":""}`, `{"a":[]}`, `{"a":"{"}`, `{"a":[true ,false],"b":0 }`,
	``, ` `, `null`, `[]`, `"a"`, `1`, `{`, `}`, `{"a"}`, `{"a":}`, `{a:1}`, `{"a":1,}`, `{"a":1}}`, `{"a":1} {}`, `{"a":01}`, `{"a":"\x"}`,
	"{\"a\":\"\xff\"}", "{\"\xff\":1}", "{\"a\":\"\n\"}", `{"a":"` + "\x00" + `"}`, `{"a":` + strings.Repeat("[", 11000) + strings.Repeat("]", 11000) + `}`,
}

// sameAsJSON compares with what encoding/json makes of the text.
func sameAsJSON(t *testing.T, text string) {
	t.Helper()
	var want map[string]json.RawMessage
	good := json.Unmarshal([]byte(text), &want) == nil && want != nil && utf8.ValidString(text)
	got := map[string]json.RawMessage{}
	require.Equal(t, good, jsonobject.Each([]byte(text), func(name, value []byte) { got[string(name)] = value }), text)
	if !good {
		require.Empty(t, got, text)
		return
	}
	require.Equal(t, want, got, text)
	for _, value := range got {
		requireText(t, value)
	}
}

func requireText(t *testing.T, value json.RawMessage) {
	t.Helper()
	var want any
	require.NoError(t, json.Unmarshal(value, &want))
	text, ok := jsonobject.Text(value)
	said, isText := want.(string)
	require.Equal(t, isText, ok)
	require.Equal(t, said, text)
}

func TestMembersAreThoseOfEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, text := range texts {
		sameAsJSON(t, text)
	}
}

func TestMembersComeInTheirOrder(t *testing.T) {
	t.Parallel()
	var names []string
	require.True(t, jsonobject.Each([]byte(`{"b":1,"a":2,"b":3}`), func(name, value []byte) {
		names = append(names, string(name)+string(value))
	}))
	require.Equal(t, []string{"b1", "a2", "b3"}, names)
}

func TestNoValueIsNoText(t *testing.T) {
	t.Parallel()
	_, ok := jsonobject.Text(nil)
	require.False(t, ok)
}

func TestTakingApartAllocatesNothing(t *testing.T) {
	text := []byte(`{"token_type":"access","exp":1795399697,"user_id":"7"}`)
	count := 0
	require.Zero(t, testing.AllocsPerRun(100, func() {
		jsonobject.Each(text, func(_, _ []byte) { count++ })
	}))
	require.NotZero(t, count)
}

func FuzzMembers(f *testing.F) {
	for _, text := range texts {
		f.Add(text)
	}
	f.Fuzz(sameAsJSON)
}

func BenchmarkEach(b *testing.B) {
	text := []byte(`{"token":"` + strings.Repeat("x", 250) + `"}`)
	for b.Loop() {
		jsonobject.Each(text, func(_, _ []byte) {})
	}
}
