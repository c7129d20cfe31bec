package aesseal

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/secret"
)

// stored was made by another implementation of HKDF and AES-GCM, with the nonce
// 000102030405060708090a0b.
const stored = "lk1:AAECAwQFBgcICQoLRJDjhE09ss1jRhXWxAKyVNkGzZrWbB-DoTTgCAK6r1xDMCAyYg"

func someCipher(t testing.TB, keys ...string) *Cipher {
	t.Helper()
	var all []secret.String
	for _, key := range keys {
		all = append(all, secret.New(key))
	}
	c, err := New(all...)
	require.NoError(t, err)
	return c
}

func encrypted(t testing.TB, c *Cipher, plain, purpose string) string {
	t.Helper()
	text, err := c.Encrypt(secret.New(plain), purpose)
	require.NoError(t, err)
	return text
}

func TestEmptyKeysAreRefused(t *testing.T) {
	for _, keys := range [][]secret.String{nil, {secret.String{}}, {secret.New("a"), secret.New("")}} {
		_, err := New(keys...)
		require.Error(t, err)
	}
}

// A change of the form would make everything unreadable that is stored.
func TestStoredTextsStayReadable(t *testing.T) {
	plain, err := someCipher(t, "key").Decrypt(stored, "purpose")
	require.NoError(t, err)
	require.Equal(t, "a token of a provider", plain.Reveal())
}

func TestFallbacksDecryptButDoNotEncrypt(t *testing.T) {
	before, after := someCipher(t, "old"), someCipher(t, "new", "older", "old")
	plain, err := after.Decrypt(encrypted(t, before, "hunter2", "p"), "p")
	require.NoError(t, err)
	require.Equal(t, "hunter2", plain.Reveal())
	text := encrypted(t, after, "hunter2", "p")
	_, err = before.Decrypt(text, "p")
	require.ErrorIs(t, err, errUnreadable)
	_, err = someCipher(t, "new").Decrypt(text, "p")
	require.NoError(t, err)
}

func TestTextsThatNobodyEncryptedAreRefused(t *testing.T) {
	c := someCipher(t, "key")
	text := encrypted(t, c, "hunter2", "purpose")
	for _, forged := range []string{
		"", "lk1:", "lk1", "hunter2", strings.TrimPrefix(text, version), "lk2:" + strings.TrimPrefix(text, version),
		strings.ToUpper(text), text + "\n", text + "=", text[:20] + "\r\n" + text[20:], text[:40], encrypted(t, someCipher(t, "other"), "hunter2", "purpose"),
	} {
		plain, err := c.Decrypt(forged, "purpose")
		require.Equal(t, errUnreadable, err, "%q", forged)
		require.True(t, plain.Empty())
	}
}

// 35 bytes leave two bits of the last character unused.
func TestUnusedBitsAreNotIgnored(t *testing.T) {
	c := someCipher(t, "key")
	text := encrypted(t, c, "hunter2", "purpose")
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	accepted := 0
	for _, last := range digits {
		if _, err := c.Decrypt(text[:len(text)-1]+string(last), "purpose"); err == nil {
			accepted++
		}
	}
	require.Equal(t, 1, accepted)
}

func FuzzDecrypt(f *testing.F) {
	c := someCipher(f, "key", "fallback")
	f.Add(stored)
	f.Add("lk1:")
	f.Add("lk1:" + strings.Repeat("A", 38))
	f.Fuzz(func(t *testing.T, text string) {
		plain, err := c.Decrypt(text, "purpose")
		if err != nil {
			require.Equal(t, errUnreadable, err)
			return
		}
		require.Equal(t, stored, text, "the one good text that the fuzzer knows")
		require.Equal(t, "a token of a provider", plain.Reveal())
	})
}
