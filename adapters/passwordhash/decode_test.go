package passwordhash

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/credentials"
)

var malformed = []string{
	"",
	"!",
	"!COIF93qFdeYTjw2lupxKKu44k3S9WJA6wpjjHaw9",
	"!pbkdf2_sha256$1$s$hlaZvx+fQUB7nsOXctgpvyJ4ixMmVOdSfNbS+6nH3wk=",
	"plain",
	"$",
	"$$$$$$$$",
	"md5$salt$5f4dcc3b5aa765d61d8327deb882cf99",
	"PBKDF2_SHA256$1$s$hlaZvx+fQUB7nsOXctgpvyJ4ixMmVOdSfNbS+6nH3wk=",
	"pbkdf2_sha256",
	"pbkdf2_sha256$1$s",
	"pbkdf2_sha256$1$s$",
	"pbkdf2_sha256$0$s$hlaZvx+fQUB7nsOXctgpvyJ4ixMmVOdSfNbS+6nH3wk=",
	"pbkdf2_sha256$-1$s$hlaZvx+fQUB7nsOXctgpvyJ4ixMmVOdSfNbS+6nH3wk=",
	"pbkdf2_sha256$01$s$hlaZvx+fQUB7nsOXctgpvyJ4ixMmVOdSfNbS+6nH3wk=",
	"pbkdf2_sha256$1_0$s$hlaZvx+fQUB7nsOXctgpvyJ4ixMmVOdSfNbS+6nH3wk=",
	"pbkdf2_sha256$10000001$s$hlaZvx+fQUB7nsOXctgpvyJ4ixMmVOdSfNbS+6nH3wk=",
	"pbkdf2_sha256$999999999999$s$hlaZvx+fQUB7nsOXctgpvyJ4ixMmVOdSfNbS+6nH3wk=",
	"pbkdf2_sha256$1$$hlaZvx+fQUB7nsOXctgpvyJ4ixMmVOdSfNbS+6nH3wk=",
	"pbkdf2_sha256$1$s$hlaZvx+fQUB7nsOXctgpvyJ4ixMmVOdSfNbS+6nH3wk",
	"pbkdf2_sha256$1$s$hlaZvx+fQUB7nsOXctgpvyJ4ixMmVOdSfNbS+6nH3wl=", // stray bits
	"pbkdf2_sha256$1$s$hlaZvx+fQUB7nsOXctgpvyJ4ixMmVOdSfNbS+6nH3wk=\n",
	"pbkdf2_sha256$1$s$hlaZvx+fQUB7nsOXctgpvyJ4ixMmVOdSfNbS+6nH3wk=$",
	"pbkdf2_sha256$1$s$hlaZ",
	"pbkdf2_sha1$1$s$hlaZvx+fQUB7nsOXctgpvyJ4ixMmVOdSfNbS+6nH3wk=",
	"pbkdf2_sha256$1$" + strings.Repeat("s", 300) + "$hlaZvx+fQUB7nsOXctgpvyJ4ixMmVOdSfNbS+6nH3wk=",
	"bcrypt_sha256$$2b$12$tooshort",
	"bcrypt_sha256$$2b$03$abcdefghijklmnopqrstuupboQdRrxC4PF.dMvyTMoP9KGk9augEq",
	"bcrypt_sha256$$2b$17$abcdefghijklmnopqrstuupboQdRrxC4PF.dMvyTMoP9KGk9augEq",
	"bcrypt_sha256$$2b$99$abcdefghijklmnopqrstuupboQdRrxC4PF.dMvyTMoP9KGk9augEq",
	"bcrypt_sha256$$2x$04$abcdefghijklmnopqrstuupboQdRrxC4PF.dMvyTMoP9KGk9augEq",
	"bcrypt_sha256$2b$04$abcdefghijklmnopqrstuupboQdRrxC4PF.dMvyTMoP9KGk9augEq",
	"bcrypt$$2b$04$abcdefghijklmnopqrstuupboQdRrxC4PF.dMvyTMoP9KGk9augEq!",
	"argon2$argon2d$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdHNhbHQxMg$sjNml7aRWyxwu2iNwT3qXQ",
	"argon2$argon2id$v=16$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdHNhbHQxMg$sjNml7aRWyxwu2iNwT3qXQ",
	"argon2$argon2id$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdHNhbHQxMg$sjNml7aRWyxwu2iNwT3qXQ",
	"argon2$argon2id$v=19$m=1048577,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdHNhbHQxMg$sjNml7aRWyxwu2iNwT3qXQ",
	"argon2$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdHNhbHQxMg$sjNml7aRWyxwu2iNwT3qXQ",
	"argon2$argon2id$v=19$m=64,t=99999999,p=1$c2FsdHNhbHRzYWx0c2FsdHNhbHQxMg$sjNml7aRWyxwu2iNwT3qXQ",
	"argon2$argon2id$v=19$m=64,t=1,p=0$c2FsdHNhbHRzYWx0c2FsdHNhbHQxMg$sjNml7aRWyxwu2iNwT3qXQ",
	"argon2$argon2id$v=19$m=64,t=1,p=9$c2FsdHNhbHRzYWx0c2FsdHNhbHQxMg$sjNml7aRWyxwu2iNwT3qXQ", // less than 8 KiB a lane
	"argon2$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdHNhbHQxMg$c2Fs",                   // a short key fits by chance
	"argon2$argon2id$v=19$m=64,t=1,p=1$c2Fs$sjNml7aRWyxwu2iNwT3qXQ",
	"argon2$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdHNhbHQxMg$sjNml7aRWyxwu2iNwT3qXQ==",
	"scrypt$16384$s$8$5$",
	"scrypt$16383$saltsaltsaltsaltsalt12$8$5$WFSM9TYdmMQhVYlbdWVKL7gr5abT3s9ZdPBwb/zgYaagRjjK4tdZOnK2b5CfTkag5ewFoxVwEwRlKz3BTrmZcw==",
	"scrypt$1$saltsaltsaltsaltsalt12$8$5$WFSM9TYdmMQhVYlbdWVKL7gr5abT3s9ZdPBwb/zgYaagRjjK4tdZOnK2b5CfTkag5ewFoxVwEwRlKz3BTrmZcw==",
	"scrypt$16777216$saltsaltsaltsaltsalt12$8$5$WFSM9TYdmMQhVYlbdWVKL7gr5abT3s9ZdPBwb/zgYaagRjjK4tdZOnK2b5CfTkag5ewFoxVwEwRlKz3BTrmZcw==",
	"scrypt$16384$saltsaltsaltsaltsalt12$0$5$WFSM9TYdmMQhVYlbdWVKL7gr5abT3s9ZdPBwb/zgYaagRjjK4tdZOnK2b5CfTkag5ewFoxVwEwRlKz3BTrmZcw==",
	"scrypt$16384$saltsaltsaltsaltsalt12$8$1024$WFSM9TYdmMQhVYlbdWVKL7gr5abT3s9ZdPBwb/zgYaagRjjK4tdZOnK2b5CfTkag5ewFoxVwEwRlKz3BTrmZcw==",
	"scrypt$16384$saltsaltsaltsaltsalt12$8$5$WFSM9TYdmMQhVYlbdWVKL7gr5abT3s9ZdPBwb/zgYaagRjjK4tdZOnK2b5CfTkag5ewFoxVwEwRlKz3BTrmZcw",
}

func TestMalformedHashesFitNothing(t *testing.T) {
	h := newHasher(t, everything)
	for _, text := range append(malformed, loadVectors(t).Unusable...) {
		for _, password := range []string{"", "Str0ng-pass-77", text} {
			fits, outdated := verify(t, h, text, password)
			require.False(t, fits, text)
			require.False(t, outdated, text)
		}
	}
}

func TestAnAlgorithmThatIsNotListedFitsNothing(t *testing.T) {
	h := newHasher(t, "argon2:m=64;t=1;p=1")
	text := "pbkdf2_sha256$1$s$hlaZvx+fQUB7nsOXctgpvyJ4ixMmVOdSfNbS+6nH3wk="
	fits, _ := verify(t, h, text, "")
	require.False(t, fits)
}

func TestOutdated(t *testing.T) {
	const salt22, salt21 = "saltsaltsaltsaltsalt12", "saltsaltsaltsaltsalt1"
	pbkdf2 := func(s pbkdf2Scheme, salt string) string { text, _ := s.encode("x", salt); return text }
	scrypt := func(s scryptScheme, salt string) string { text, _ := s.encode("x", salt); return text }
	argon2 := func(s argon2Scheme, salt string) string { return s.encode(new(arena), "x", salt) }
	bcrypt := func(s bcryptScheme) string { text, _ := s.hash(nil, "x", nil); return text }
	cases := []struct {
		name, preferred, stored string
		outdated                bool
	}{
		{"same", "pbkdf2_sha256:10", pbkdf2(pbkdf2Scheme{PBKDF2SHA256, 10}, salt22), false},
		{"fewer iterations", "pbkdf2_sha256:10", pbkdf2(pbkdf2Scheme{PBKDF2SHA256, 9}, salt22), true},
		{"more iterations", "pbkdf2_sha256:10", pbkdf2(pbkdf2Scheme{PBKDF2SHA256, 11}, salt22), true},
		{"short salt", "pbkdf2_sha256:10", pbkdf2(pbkdf2Scheme{PBKDF2SHA256, 10}, salt21), true},
		{"other digest", "pbkdf2_sha256:10", pbkdf2(pbkdf2Scheme{PBKDF2SHA1, 10}, salt22), true},
		{"other algorithm", "argon2:m=64;t=1", pbkdf2(pbkdf2Scheme{PBKDF2SHA256, 10}, salt22), true},
		{"scrypt", "scrypt:n=16;r=1;p=1", scrypt(scryptScheme{16, 1, 1}, salt22), false},
		{"scrypt n", "scrypt:n=16;r=1;p=1", scrypt(scryptScheme{32, 1, 1}, salt22), true},
		{"scrypt r", "scrypt:n=16;r=1;p=1", scrypt(scryptScheme{16, 2, 1}, salt22), true},
		{"scrypt p", "scrypt:n=16;r=1;p=1", scrypt(scryptScheme{16, 1, 2}, salt22), true},
		{"scrypt salt", "scrypt:n=16;r=1;p=1", scrypt(scryptScheme{16, 1, 1}, salt21), true},
		{"argon2", "argon2:m=64;t=1", argon2(argon2Scheme{"argon2id", 64, 1, 1, 32}, salt22), false},
		{"argon2 key of another length", "argon2:m=64;t=1", argon2(argon2Scheme{"argon2id", 64, 1, 1, 16}, salt22), false},
		{"argon2 memory", "argon2:m=64;t=1", argon2(argon2Scheme{"argon2id", 65, 1, 1, 32}, salt22), true},
		{"argon2 passes", "argon2:m=64;t=1", argon2(argon2Scheme{"argon2id", 64, 2, 1, 32}, salt22), true},
		{"argon2 lanes", "argon2:m=64;t=1", argon2(argon2Scheme{"argon2id", 64, 1, 2, 32}, salt22), true},
		{"argon2 salt", "argon2:m=64;t=1", argon2(argon2Scheme{"argon2id", 64, 1, 1, 32}, salt21), true},
		{"bcrypt", "bcrypt:4", bcrypt(bcryptScheme{Bcrypt, 4}), false},
		{"bcrypt cost", "bcrypt:4", bcrypt(bcryptScheme{Bcrypt, 5}), true},
		{"bcrypt without digest", "bcrypt_sha256:4", bcrypt(bcryptScheme{Bcrypt, 4}), true},
	}
	for _, c := range cases {
		h := newHasher(t, c.preferred)
		for _, s := range standard {
			if h.listed[s.algorithm()] == nil {
				h.listed[s.algorithm()] = s
			}
		}
		fits, outdated := verify(t, h, c.stored, "x")
		require.True(t, fits, c.name)
		require.Equal(t, c.outdated, outdated, c.name)
	}
}

// The decoder stands between the database and the cost of a hash: whatever it
// accepts must be cheap enough to compute.
func FuzzDecode(f *testing.F) {
	for _, text := range malformed {
		f.Add(text)
	}
	for _, v := range loadVectors(f).Hashes {
		f.Add(v.Encoded)
	}
	for _, known := range foreign {
		f.Add(known.hash)
	}
	h := newHasher(f, everything)
	f.Fuzz(func(t *testing.T, text string) {
		stored, err := h.decode(text)
		if err != nil {
			require.ErrorIs(t, err, errMalformed)
			return
		}
		require.LessOrEqual(t, len(text), maxHash)
		require.False(t, strings.HasPrefix(text, "!"))
		switch r := stored.(type) {
		case pbkdf2Record:
			require.LessOrEqual(t, r.iterations, 10_000_000)
			require.GreaterOrEqual(t, r.iterations, 1)
		case modularPBKDF2Record:
			require.LessOrEqual(t, r.iterations, 10_000_000)
		case modularScryptRecord:
			require.LessOrEqual(t, 128*r.n*r.r, 1<<30)
			require.LessOrEqual(t, r.n*r.r*r.p, 1<<24)
			require.GreaterOrEqual(t, len(r.digest), 32)
		case bcryptRecord:
			require.LessOrEqual(t, r.cost, 16)
		case scryptRecord:
			require.LessOrEqual(t, 128*r.n*r.r, 1<<30)
			require.LessOrEqual(t, r.n*r.r*r.p, 1<<24)
		case argon2Record:
			require.LessOrEqual(t, r.memory, 1<<20)
			require.LessOrEqual(t, r.memory*r.passes, 1<<22)
			require.LessOrEqual(t, r.lanes, 64)
			require.GreaterOrEqual(t, len(r.digest), 16)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	for _, s := range standard {
		b.Run(string(s.algorithm()), func(b *testing.B) {
			h := newHasher(b, string(s.algorithm()))
			password := credentials.NewPassword("Str0ng-pass-77")
			hash, err := h.Hash(b.Context(), password)
			require.NoError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				fits, _, err := h.Verify(b.Context(), hash, password)
				require.True(b, fits && err == nil)
			}
		})
	}
}
