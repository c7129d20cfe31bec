package secret_test

import (
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"latchkey/domain/secret"
)

const text = "hunter2-hunter2"

// hidden fails when output has the text, in clear or as fmt and encoders spell it.
func hidden(t require.TestingT, output string) {
	numbers := strings.Trim(fmt.Sprint([]byte(text)), "[]")
	for _, form := range []string{text, hex.EncodeToString([]byte(text)), base64.StdEncoding.EncodeToString([]byte(text)), numbers} {
		require.NotContains(t, strings.ToLower(output), strings.ToLower(form))
	}
}

type exported struct {
	Name   string
	Secret secret.String
}

type unexported struct {
	name   string
	secret secret.String
}

// holders are the ways in which a secret gets into what somebody prints.
func holders() map[string]any {
	s := secret.New(text)
	open := exported{"n", s}
	closed := unexported{"n", s}
	return map[string]any{
		"itself":                    s,
		"a pointer":                 &s,
		"a struct":                  open,
		"a pointer to a struct":     &open,
		"unexported field":          closed,
		"pointer, unexported field": &closed,
		"a struct in a struct":      struct{ Inner *exported }{&open},
		"a slice":                   []secret.String{s, s},
		"a slice of structs":        []unexported{closed},
		"an array":                  [1]secret.String{s},
		"a map value":               map[string]secret.String{"k": s},
		"a map key":                 map[secret.String]int{s: 1},
		"an interface":              []any{s, &s},
		"an error":                  fmt.Errorf("bad password %v", s),
		"a wrapped error":           errors.Join(fmt.Errorf("bad password %s", s)),
	}
}

func TestNoVerbShowsASecret(t *testing.T) {
	verbs := []string{"%v", "%+v", "%#v", "%s", "%+s", "%q", "%#q", "%x", "%X", "% x", "%d", "%b", "%o", "%c", "%U", "%e", "%g", "%t", "%T", "%p", "%10.3v", "%!"}
	for name, holder := range holders() {
		t.Run(name, func(t *testing.T) {
			for _, verb := range verbs {
				hidden(t, fmt.Sprintf(verb, holder))
			}
			hidden(t, fmt.Sprint(holder))
			hidden(t, fmt.Sprintln(holder))
		})
	}
}

func TestNoEncoderShowsASecret(t *testing.T) {
	for name, holder := range holders() {
		t.Run(name, func(t *testing.T) {
			// Encoders refuse some holders; what they wrote until then must not show the text either.
			var out bytes.Buffer
			_ = json.NewEncoder(&out).Encode(holder)
			_ = xml.NewEncoder(&out).Encode(holder)
			_ = gob.NewEncoder(&out).Encode(holder)
			hidden(t, out.String())
		})
	}
}

func TestNoLogShowsASecret(t *testing.T) {
	var out bytes.Buffer
	options := &slog.HandlerOptions{Level: slog.LevelDebug}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, options), slog.NewJSONHandler(&out, options)} {
		for _, holder := range holders() {
			logger := slog.New(handler).With("with", holder)
			logger.Debug(fmt.Sprint("message ", holder), "value", holder, slog.Group("group", "inner", holder))
		}
	}
	require.Contains(t, out.String(), "[secret]")
	hidden(t, out.String())
}

func TestASecretSaysThatItIsOne(t *testing.T) {
	s := secret.New(text)
	require.Equal(t, "[secret]", s.String())
	require.Equal(t, "[secret]", s.GoString())
	require.Equal(t, "[secret] [secret] [secret]", fmt.Sprintf("%v %#v %d", s, s, s))
	encoded, err := json.Marshal(exported{"n", s})
	require.NoError(t, err)
	require.JSONEq(t, `{"Name": "n", "Secret": "[secret]"}`, string(encoded))
}

func TestAnEmptySecretLooksLikeAnyOther(t *testing.T) {
	require.Equal(t, "[secret]", fmt.Sprint(secret.String{}), "whether there is a password is nobody's business")
	require.True(t, secret.String{}.Empty())
	require.True(t, secret.New("").Empty())
	require.False(t, secret.New(" ").Empty())
	require.Empty(t, secret.String{}.Reveal())
	require.True(t, secret.String{}.Equal(secret.New("")))
}

func TestRevealGivesTheTextBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		require.Equal(t, a, secret.New(a).Reveal())
		require.True(t, secret.New(a).Equal(secret.New(a)))
		require.Equal(t, a == b, secret.New(a).Equal(secret.New(b)))
	})
}
