package argon_test

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"
	"pgregory.net/rapid"

	"latchkey/adapters/passwordhash/argon"
)

// The library's own keys, at every kind of cost, in memory that is full of what an
// earlier hash left there.
func TestKeysAreThoseOfTheLibrary(t *testing.T) {
	memory := make([]argon.Block, 1<<11)
	rapid.Check(t, func(t *rapid.T) {
		password, salt := rapid.SliceOf(rapid.Byte()).Draw(t, "password"), rapid.SliceOfN(rapid.Byte(), 8, 70).Draw(t, "salt")
		cost := argon.Cost{
			Memory: rapid.Uint32Range(1, 1500).Draw(t, "memory"),
			Passes: rapid.Uint32Range(1, 4).Draw(t, "passes"),
			Lanes:  rapid.Uint32Range(1, 9).Draw(t, "lanes"),
		}
		size := rapid.Uint32Range(1, 200).Draw(t, "size")
		require.Equal(t, argon2.IDKey(password, salt, cost.Passes, cost.Memory, uint8(cost.Lanes), size),
			argon.Key(memory, argon.ID, password, salt, cost, size))
		require.Equal(t, argon2.Key(password, salt, cost.Passes, cost.Memory, uint8(cost.Lanes), size),
			argon.Key(memory, argon.I, password, salt, cost, size))
	})
}

// The vectors of argon2's own test suite (phc-winner-argon2, test.c), without the
// library beside them.
func TestAKeyOfTheReferenceImplementation(t *testing.T) {
	cost := argon.Cost{Memory: 1 << 8, Passes: 2, Lanes: 1}
	key := argon.Key(make([]argon.Block, cost.Blocks()), argon.ID, []byte("password"), []byte("somesalt"), cost, 32)
	require.Equal(t, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe", hex.EncodeToString(key))
}
