package passwordhash

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCostsOfASetting(t *testing.T) {
	cases := map[string]scheme{
		"argon2":                  argon2Scheme{variant: "argon2id", memory: 19456, passes: 2, lanes: 1, size: 32},
		"argon2:m=102400;t=2;p=8": argon2Scheme{variant: "argon2id", memory: 102400, passes: 2, lanes: 8, size: 32},
		"argon2:p=4":              argon2Scheme{variant: "argon2id", memory: 19456, passes: 2, lanes: 4, size: 32},
		"pbkdf2_sha256":           pbkdf2Scheme{name: PBKDF2SHA256, iterations: 1_000_000},
		"pbkdf2_sha256:1200000":   pbkdf2Scheme{name: PBKDF2SHA256, iterations: 1_200_000},
		"pbkdf2_sha1":             pbkdf2Scheme{name: PBKDF2SHA1, iterations: 1_000_000},
		"bcrypt_sha256":           bcryptScheme{name: BcryptSHA256, cost: 12},
		"bcrypt:13":               bcryptScheme{name: Bcrypt, cost: 13},
		"scrypt":                  scryptScheme{n: 16384, r: 8, p: 5},
		"scrypt:p=1;n=32768":      scryptScheme{n: 32768, r: 8, p: 1},
	}
	for text, want := range cases {
		p, err := ParsePreference(text)
		require.NoError(t, err, text)
		require.Equal(t, want, p.scheme, text)
		require.Equal(t, want.algorithm(), p.Algorithm())
	}
}

func TestRefusedSettingsSayWhatToWrite(t *testing.T) {
	cases := map[string]string{
		"":                                   `"" is not a password algorithm; write one of argon2, pbkdf2_sha256, pbkdf2_sha1, bcrypt_sha256, bcrypt, scrypt`,
		"md5":                                `"md5" is not a password algorithm`,
		"Argon2":                             `"Argon2" is not a password algorithm`,
		"pbkdf2_sha256:":                     `the cost "" of the password algorithm pbkdf2_sha256 is refused: "" is not a whole number`,
		"pbkdf2_sha256:1e6":                  `"1e6" is not a whole number`,
		"pbkdf2_sha256:0":                    `the number of iterations must lie between 1 and 10000000`,
		"pbkdf2_sha256:-5":                   `must lie between`,
		"pbkdf2_sha256:010":                  `"010" is not a whole number`,
		"pbkdf2_sha256:99999999999999999999": `is not a whole number`,
		"pbkdf2_sha1:10000001":               `must lie between`,
		"bcrypt:3":                           `the cost must lie between 4 and 16`,
		"bcrypt_sha256:31":                   `the cost must lie between 4 and 16`,
		"argon2:12":                          `"12" is unknown or given twice`,
		"argon2:m=1;m=2":                     `"m" is unknown or given twice`,
		"argon2:m=64;":                       `"" is unknown or given twice`,
		"argon2:m=64,t=1":                    `"64,t=1" is not a whole number`,
		"argon2:m=7":                         `m must lie between 8 and 1048576`,
		"argon2:p=256":                       `p must lie between 1 and 64`,
		"argon2:t=0":                         `t must lie between`,
		"argon2:m=1048576;t=5":               `m times t must lie between 1 and 4194304`,
		"scrypt:n=1000":                      `n must be a power of two above 1`,
		"scrypt:n=0":                         `n must be a power of two above 1`,
		"scrypt:n=-2":                        `n must be a power of two above 1`,
		"scrypt:n=1":                         `n must be a power of two above 1`,
		"scrypt:r=0":                         `r must lie between 1 and 1024`,
		"scrypt:n=1048576;r=16;p=1":          `n times r must lie between`,
		"scrypt:n=16384;r=8;p=1000":          `n times r times p must lie between`,
		"scrypt:n=131072;r=8;p=1":            `a hash would have 129 characters and Django's column holds 128`,
	}
	for text, want := range cases {
		_, err := ParsePreference(text)
		require.ErrorContains(t, err, want, text)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	argon, err := ParsePreference("argon2")
	require.NoError(t, err)
	costly, err := ParsePreference("argon2:t=3")
	require.NoError(t, err)

	_, err = New(nil, 1, newSeeded())
	require.ErrorContains(t, err, "no password algorithm is listed")
	_, err = New([]Preference{argon}, 0, newSeeded())
	require.ErrorContains(t, err, "write 1 or more")
	_, err = New([]Preference{argon, costly}, 1, newSeeded())
	require.ErrorContains(t, err, "argon2 is listed twice")
	_, err = New([]Preference{argon, {}}, 1, newSeeded())
	require.ErrorContains(t, err, "without a name")
}

func TestWhatAHashTakesOfTheMemory(t *testing.T) {
	for text, want := range map[string]uint64{
		"argon2": 19 << 20, "argon2:m=102400;t=2;p=8": 100 << 20, "scrypt": 16 << 20, "bcrypt": 4 << 10, "pbkdf2_sha256": 4 << 10,
	} {
		preference, err := ParsePreference(text)
		require.NoError(t, err)
		require.Equal(t, want, preference.Memory(), text)
	}
}
