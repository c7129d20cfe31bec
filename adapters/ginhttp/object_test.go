package ginhttp

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAnObjectKeepsTheOrderOfItsMembers(t *testing.T) {
	for want, o := range map[string]object{
		`{}`:                               nil,
		`{"b":1,"a":null,"c":[true]}`:      {{"b", 1}, {"a", nil}, {"c", []bool{true}}},
		`{"o":{"z":"","y":{}}}`:            {{"o", object{{"z", ""}, {"y", object{}}}}},
		`{"<&>\"\n":"<é&>\u2028"}`:         {{"<&>\"\n", "<é&>\u2028"}},
		`{"messages":[{"b":"x","a":"y"}]}`: {{"messages", []object{{{"b", "x"}, {"a", "y"}}}}},
	} {
		text, err := encodeJSON(o)
		require.NoError(t, err)
		require.Equal(t, want, string(text))
	}
}

func TestTextsAreWrittenAsTheEncoderWritesThem(t *testing.T) {
	texts := []string{"", "bob", "<&> ~'/", `"`, `\`, "\n", "\x00", "\x1f", "\x7f", "é", "\u2028", "\xff", "a\xc3"}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.SampledFrom(texts), rapid.String()).Draw(t, "text")
		require.Equal(t, string(compactJSON(escaped(text))), string(appendText(nil, text)))
	})
}

func TestAnObjectWithAValueBeyondJSONIsAnError(t *testing.T) {
	for _, value := range []any{math.NaN(), math.Inf(1), make(chan int), json.RawMessage(`{`)} {
		text, err := object{{"a", 1}, {"b", value}}.MarshalJSON()
		require.Error(t, err)
		require.Empty(t, text, "not half an object")
	}
}
