package passwordhash

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/credentials"
	"latchkey/domain/secret"
)

// everything lists every algorithm, the cheap ones first so that tests are quick.
const everything = "pbkdf2_sha256:1000,pbkdf2_sha1:1000,argon2:m=64;t=1;p=1,bcrypt_sha256:4,bcrypt:4,scrypt:n=16;r=8;p=1"

// seeded is a ports.Random that repeats itself.
type seeded struct{ *rand.Rand }

func newSeeded() seeded { return seeded{rand.New(rand.NewPCG(1, 2))} }

func (s seeded) Text(n int, alphabet string) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = alphabet[s.IntN(len(alphabet))]
	}
	return string(text)
}

func newHasher(t testing.TB, setting string) *Hasher {
	t.Helper()
	var preferences []Preference
	for entry := range strings.SplitSeq(setting, ",") {
		p, err := ParsePreference(entry)
		require.NoError(t, err)
		preferences = append(preferences, p)
	}
	h, err := New(preferences, 2, newSeeded())
	require.NoError(t, err)
	return h
}

func verify(t testing.TB, h *Hasher, encoded, password string) (fits, outdated bool) {
	t.Helper()
	fits, outdated, err := h.Verify(t.Context(), secret.New(encoded), credentials.NewPassword(password))
	require.NoError(t, err)
	return fits, outdated
}

type vectors struct {
	Hashes []struct {
		Algorithm, Password, Encoded string
	} `json:"password_hashes"`
	Unusable []string `json:"unusable_password_examples"`
}

func loadVectors(t testing.TB) vectors {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var v vectors
	require.NoError(t, json.Unmarshal(text, &v))
	require.Len(t, v.Hashes, 14)
	require.Len(t, v.Unusable, 2)
	return v
}

func TestHashesMadeByDjangoFit(t *testing.T) {
	for _, v := range loadVectors(t).Hashes {
		h := newHasher(t, everything) // one that has met no dearer hash yet
		fits, outdated := verify(t, h, v.Encoded, v.Password)
		require.True(t, fits, v.Encoded)
		require.Equal(t, !strings.HasPrefix(v.Encoded, "pbkdf2_sha256$1000$"), outdated, v.Encoded)

		fits, outdated = verify(t, h, v.Encoded, v.Password+"x")
		require.False(t, fits, v.Encoded)
		require.False(t, outdated, "there is nothing to renew when the password is wrong")
	}
}

func TestTheSameSaltAndCostGiveDjangosText(t *testing.T) {
	h := newHasher(t, everything)
	for _, v := range loadVectors(t).Hashes {
		stored, err := h.decode(v.Encoded)
		require.NoError(t, err)
		switch r := stored.(type) {
		case pbkdf2Record:
			text, err := r.encode(v.Password, r.salt)
			require.NoError(t, err)
			require.Equal(t, v.Encoded, text)
		case scryptRecord:
			text, err := r.encode(v.Password, r.salt)
			require.NoError(t, err)
			require.Equal(t, v.Encoded, text)
		case argon2Record:
			require.Equal(t, v.Encoded, r.encode(v.Password, r.salt))
		case bcryptRecord: // the library salts by itself
			require.Equal(t, BcryptSHA256, r.name)
		default:
			t.Fatalf("%T", stored)
		}
	}
}

func TestNewHashesHaveDjangosShapeAndFit(t *testing.T) {
	shapes := map[string]string{
		"argon2":                   `^argon2\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{30}\$[A-Za-z0-9+/]{43}$`,
		"argon2:t=1":               `^argon2\$argon2id\$v=19\$m=19456,t=1,p=1\$`,
		"pbkdf2_sha256":            `^pbkdf2_sha256\$1000000\$[A-Za-z0-9]{22}\$[A-Za-z0-9+/]{43}=$`,
		"pbkdf2_sha1:1":            `^pbkdf2_sha1\$1\$[A-Za-z0-9]{22}\$[A-Za-z0-9+/]{27}=$`,
		"bcrypt_sha256:4":          `^bcrypt_sha256\$\$2b\$04\$[./A-Za-z0-9]{53}$`,
		"bcrypt:5":                 `^bcrypt\$\$2b\$05\$[./A-Za-z0-9]{53}$`,
		"scrypt":                   `^scrypt\$16384\$[A-Za-z0-9]{22}\$8\$5\$[A-Za-z0-9+/]{86}==$`,
		"scrypt:n=65536;r=8;p=1":   `^scrypt\$65536\$`,
		" pbkdf2_sha256:1200000\n": `^pbkdf2_sha256\$1200000\$`,
	}
	password := "pässwörd\x00 漢字🎉"
	for setting, shape := range shapes {
		h := newHasher(t, setting)
		hash, err := h.Hash(t.Context(), credentials.NewPassword(password))
		require.NoError(t, err)
		require.Regexp(t, shape, hash.Reveal())
		require.LessOrEqual(t, len(hash.Reveal()), columnWidth)

		fits, outdated := verify(t, h, hash.Reveal(), password)
		require.True(t, fits, setting)
		require.False(t, outdated, "a fresh hash by %s", setting)
		fits, _ = verify(t, h, hash.Reveal(), "pässwörd")
		require.False(t, fits, "what stands behind a NUL counts, %s", setting)
	}
}

func TestTwoHashesOfOnePasswordDiffer(t *testing.T) {
	for entry := range strings.SplitSeq(everything, ",") {
		h := newHasher(t, entry)
		one, err := h.Hash(t.Context(), credentials.NewPassword("x"))
		require.NoError(t, err)
		two, err := h.Hash(t.Context(), credentials.NewPassword("x"))
		require.NoError(t, err)
		require.NotEqual(t, one.Reveal(), two.Reveal(), entry)
	}
}

func TestBcryptCutsAt72BytesAndBcryptSHA256DoesNot(t *testing.T) {
	long := strings.Repeat("a", 72)
	for setting, cut := range map[string]bool{"bcrypt:4": true, "bcrypt_sha256:4": false} {
		h := newHasher(t, setting)
		hash, err := h.Hash(t.Context(), credentials.NewPassword(long+"one"))
		require.NoError(t, err)
		fits, _ := verify(t, h, hash.Reveal(), long+"two")
		require.Equal(t, cut, fits, setting)
		fits, _ = verify(t, h, hash.Reveal(), long[1:])
		require.False(t, fits, setting)
	}
}

func TestEveryBcryptRevisionThatComputesTheSameFits(t *testing.T) {
	h := newHasher(t, "bcrypt_sha256:4")
	hash, err := h.Hash(t.Context(), credentials.NewPassword("x"))
	require.NoError(t, err)
	for revision, good := range map[string]bool{"$2a$": true, "$2b$": true, "$2y$": true, "$2x$": false, "$2$": false} {
		fits, outdated := verify(t, h, strings.Replace(hash.Reveal(), "$2b$", revision, 1), "x")
		require.Equal(t, good, fits, revision)
		require.False(t, outdated, revision)
	}
}

func TestArgon2iFits(t *testing.T) {
	h := newHasher(t, "argon2:m=64;t=1;p=1")
	made := argon2Scheme{variant: "argon2i", memory: 64, passes: 1, lanes: 1, size: 16}
	fits, outdated := verify(t, h, made.encode("x", strings.Repeat("s", saltLength)), "x")
	require.True(t, fits)
	require.True(t, outdated, "argon2id is preferred")
}
