package conformance

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// AuthorizationSeals tests an implementation of ports.AuthorizationSeals.
func AuthorizationSeals(t *testing.T, seals ports.AuthorizationSeals) {
	t.Run("a sealed authorization opens as it was", func(t *testing.T) { authorizationRoundTrip(t, seals) })
	t.Run("an expired authorization opens as well", func(t *testing.T) { authorizationExpired(t, seals) })
	t.Run("a changed text does not open", func(t *testing.T) { authorizationForged(t, seals) })
	t.Run("what is derived belongs to one authorization and purpose", func(t *testing.T) { authorizationDerive(t, seals) })
	t.Run("what is derived is not in the seal", func(t *testing.T) { authorizationHides(t, seals) })
}

func anAuthorization(seed string) identities.Authorization {
	return identities.Authorization{
		ID:          seed + strings.Repeat("A", identities.AuthorizationIDLength-len(seed)),
		Provider:    "google",
		CallbackURL: "https://app.example.com/callback?a=1&b=<ü>",
		Began:       now.Truncate(time.Second),
	}
}

func seal(t *testing.T, seals ports.AuthorizationSeals, authorization identities.Authorization) secret.String {
	t.Helper()
	sealed, err := seals.Seal(authorization)
	require.NoError(t, err)
	return sealed
}

func authorizationRoundTrip(t *testing.T, seals ports.AuthorizationSeals) {
	bare := identities.Authorization{ID: "x", Began: now.Truncate(time.Second)}
	for _, want := range []identities.Authorization{anAuthorization("1"), anAuthorization("2"), bare} {
		opened, err := seals.Open(seal(t, seals, want))
		require.NoError(t, err)
		require.Equal(t, want, opened)
		require.Equal(t, seals.Derive(want, "state"), seals.Derive(opened, "state"))
	}
}

func authorizationExpired(t *testing.T, seals ports.AuthorizationSeals) {
	old := anAuthorization("1")
	old.Began = old.Began.AddDate(-10, 0, 0)
	opened, err := seals.Open(seal(t, seals, old))
	require.NoError(t, err)
	require.Equal(t, old, opened)
}

func authorizationForged(t *testing.T, seals ports.AuthorizationSeals) {
	sealed := seal(t, seals, anAuthorization("1")).Reveal()
	for _, text := range append(changedTexts(sealed), ":", "::", "{}", strings.Repeat("A", 1<<20)) {
		opened, err := seals.Open(secret.New(text))
		require.ErrorIs(t, err, identities.ErrStateRefused, "%q", text)
		require.Zero(t, opened)
	}
	_, err := seals.Open(secret.String{})
	require.ErrorIs(t, err, identities.ErrStateRefused)
}

// changedTexts returns texts that differ from text in one place.
func changedTexts(text string) []string {
	changed := []string{"", "A" + text, text + "A", text + "\n", text + "=", " " + text, text[1:], text[:len(text)-1], text + text}
	for i := range text {
		other := "A"
		if text[i] == 'A' {
			other = "B"
		}
		changed = append(changed, text[:i]+other+text[i+1:], text[:i]+"\n"+text[i:])
	}
	return changed
}

func authorizationDerive(t *testing.T, seals ports.AuthorizationSeals) {
	seen := map[string]bool{}
	for _, seed := range []string{"1", "2"} {
		for _, purpose := range []string{"state", "nonce", "verifier", "nonce1", ""} {
			derived := seals.Derive(anAuthorization(seed), purpose)
			require.Regexp(t, "^[A-Za-z0-9_-]{43}$", derived)
			require.Equal(t, derived, seals.Derive(anAuthorization(seed), purpose))
			require.False(t, seen[derived], "%s for %s", purpose, seed)
			seen[derived] = true
		}
	}
}

// Whoever sees the seal must not see the verifier.
func authorizationHides(t *testing.T, seals ports.AuthorizationSeals) {
	authorization := anAuthorization("1")
	text := seal(t, seals, authorization).Reveal()
	for _, purpose := range []string{"", "state", "verifier", "check", "signer"} {
		derived := seals.Derive(authorization, purpose)
		for _, part := range append(strings.Split(text, ":"), decodedParts(text)...) {
			require.NotContains(t, part, derived, purpose)
		}
	}
}

// Cipher tests an implementation of ports.Cipher.
func Cipher(t *testing.T, cipher ports.Cipher) {
	t.Run("what is encrypted is decrypted", func(t *testing.T) { cipherRoundTrip(t, cipher) })
	t.Run("a text tells nothing but a length", func(t *testing.T) { cipherHides(t, cipher) })
	t.Run("a text for one purpose is good for no other", func(t *testing.T) { cipherPurpose(t, cipher) })
	t.Run("a changed text is not decrypted", func(t *testing.T) { cipherForged(t, cipher) })
}

func encrypt(t *testing.T, cipher ports.Cipher, plain, purpose string) string {
	t.Helper()
	text, err := cipher.Encrypt(secret.New(plain), purpose)
	require.NoError(t, err)
	return text
}

func cipherRoundTrip(t *testing.T, cipher ports.Cipher) {
	for _, plain := range []string{"", "x", "token", "ünï\x00\xff", strings.Repeat("long", 10_000)} {
		for _, purpose := range []string{"", "token of 1", "é"} {
			got, err := cipher.Decrypt(encrypt(t, cipher, plain, purpose), purpose)
			require.NoError(t, err)
			require.Equal(t, plain, got.Reveal())
		}
	}
}

func cipherHides(t *testing.T, cipher ports.Cipher) {
	seen := map[string]bool{}
	for range 100 {
		text := encrypt(t, cipher, "hunter2-hunter2", "purpose")
		require.False(t, seen[text], "that two are equal is nobody's business")
		seen[text] = true
		require.Len(t, text, len(encrypt(t, cipher, "another-another", "purpose")))
		for _, part := range append(decodedParts(text), text) {
			require.NotContains(t, part, "hunter2")
			require.NotContains(t, part, "purpose")
		}
	}
}

func cipherPurpose(t *testing.T, cipher ports.Cipher) {
	text := encrypt(t, cipher, "hunter2", "token of 1")
	for _, purpose := range []string{"", "token of 2", "token of 11", "Token of 1", "token of 1 ", "token"} {
		unreadable(t, cipher, text, purpose)
	}
}

func cipherForged(t *testing.T, cipher ports.Cipher) {
	text := encrypt(t, cipher, "hunter2", "purpose")
	for _, changed := range append(changedTexts(text), "hunter2", ":", "é", "\x00") {
		unreadable(t, cipher, changed, "purpose")
	}
}

func unreadable(t *testing.T, cipher ports.Cipher, text, purpose string) {
	t.Helper()
	plain, err := cipher.Decrypt(text, purpose)
	require.Error(t, err, "%q", text)
	require.NotContains(t, err.Error(), "hunter2")
	require.True(t, plain.Empty())
}
