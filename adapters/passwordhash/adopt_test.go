package passwordhash

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/credentials"
	"latchkey/domain/secret"
)

const foreignPassword = "correct-horse-9"

// foreign has hashes of foreignPassword as passlib 1.7.4 made them.
var foreign = []struct{ name, hash, adopted string }{
	{"PBKDF2 with SHA-256", "$pbkdf2-sha256$10$Sun933svxXjPOUdojdHamw$b/PVIMvldYL8kivFz20RF0A781FvRSNIiEoQooD1ORQ", ""},
	{"PBKDF2 with a salt of text", "$pbkdf2-sha256$10$cGxhaW5zYWx0cGxhaW4xNg$5AIcV2gSGo9Pzn/iNP6hABzTRwWbm8Qxvu95ZHd2HNM",
		"pbkdf2_sha256$10$plainsaltplain16$5AIcV2gSGo9Pzn/iNP6hABzTRwWbm8Qxvu95ZHd2HNM="},
	{"PBKDF2 with SHA-1", "$pbkdf2$10$UkrpnVPKOaf0nrPWOscYww$zWL/9Xs/D5eOLR5FSpYpjF818xE", ""},
	{"bcrypt 2a", "$2a$04$RaoRRupCjYjx0e6ge6.a1.OW0InEFwypxi.TF/7mE3v9ZchPYb0/e", "bcrypt$$2b$04$RaoRRupCjYjx0e6ge6.a1.OW0InEFwypxi.TF/7mE3v9ZchPYb0/e"},
	{"bcrypt 2b", "$2b$04$/MunTTcaYQUmvmBv.zpYVuQ0Z3TRPK6XyzZQtrYhmfeiAN8mtXV7q", "bcrypt$$2b$04$/MunTTcaYQUmvmBv.zpYVuQ0Z3TRPK6XyzZQtrYhmfeiAN8mtXV7q"},
	{"bcrypt 2y", "$2y$04$p0WQggE95QXv6wNRxyYazeXDGKyflsOqWh8dCx/PZSX5o3ENi8ybu", "bcrypt$$2b$04$p0WQggE95QXv6wNRxyYazeXDGKyflsOqWh8dCx/PZSX5o3ENi8ybu"},
	{"argon2id", "$argon2id$v=19$m=64,t=1,p=1$be29V8r5/x8DgFBKae3d+w$oghWgn285R5kjq5PfJ75aA",
		"argon2$argon2id$v=19$m=64,t=1,p=1$be29V8r5/x8DgFBKae3d+w$oghWgn285R5kjq5PfJ75aA"},
	{"argon2i", "$argon2i$v=19$m=64,t=1,p=1$KkXoPUcI4ZxTSikFAIAwZg$o0b/3iQG41yHMTFaRGr8cw",
		"argon2$argon2i$v=19$m=64,t=1,p=1$KkXoPUcI4ZxTSikFAIAwZg$o0b/3iQG41yHMTFaRGr8cw"},
	{"scrypt", "$scrypt$ln=4,r=8,p=1$03ovBeBcy/l/TwmBkBICYA$14h7vso73VCqtJk2QYOuE0T0whjT4Db4hqjUO0QidjM", ""},
	{"scrypt with a salt of text", "$scrypt$ln=4,r=8,p=1$cGxhaW5zYWx0cGxhaW4xNg$Cd/IoHWlQsRAL949ENY07XASv4Zk6atX01oWoQsHdE8", ""},
}

func TestForeignHashesAreAdoptedAndFit(t *testing.T) {
	h := newHasher(t, everything)
	for _, f := range foreign {
		adopted, err := h.Adopt(secret.New(f.hash))
		require.NoError(t, err, f.name)
		if f.adopted == "" {
			f.adopted = f.hash
		}
		require.Equal(t, f.adopted, adopted.Reveal(), f.name)
		fits, outdated := verify(t, h, adopted.Reveal(), foreignPassword)
		require.True(t, fits, f.name)
		require.True(t, outdated, f.name)
		fits, _ = verify(t, h, adopted.Reveal(), "correct-horse-8")
		require.False(t, fits, f.name)
		again, err := h.Adopt(adopted)
		require.NoError(t, err, f.name)
		require.Equal(t, f.adopted, again.Reveal(), f.name)
	}
}

func TestOurHashesAndUnusableOnesAreAdoptedAsTheyAre(t *testing.T) {
	h := newHasher(t, everything)
	kept := []string{"!", "!COIF93qFdeYTjw2lupxKKu44k3S9WJA6wpjjHaw9"}
	for _, v := range loadVectors(t).Hashes {
		kept = append(kept, v.Encoded)
	}
	for _, text := range kept {
		adopted, err := h.Adopt(secret.New(text))
		require.NoError(t, err, text)
		require.Equal(t, text, adopted.Reveal())
	}
}

func TestWhatCannotBeCheckedIsNotAdopted(t *testing.T) {
	refused := []string{
		"correct-horse-9", "!correct-horse-9", "!!", "*", "$", "$$", "$1$salt$5f4dcc3b5aa765d61d8327deb882cf99",
		"$pbkdf2-sha512$10$Sun933svxXjPOUdojdHamw$b/PVIMvldYL8kivFz20RF0A781FvRSNIiEoQooD1ORQ",
		"$pbkdf2-sha256$10$Sun933svxXjPOUdojdHamw$zWL/9Xs/D5eOLR5FSpYpjF818xE",                        // the key of SHA-1
		"$pbkdf2-sha256$999999999$Sun933svxXjPOUdojdHamw$b/PVIMvldYL8kivFz20RF0A781FvRSNIiEoQooD1ORQ", // an hour of work
		"$scrypt$ln=30,r=8,p=1$03ovBeBcy/l/TwmBkBICYA$14h7vso73VCqtJk2QYOuE0T0whjT4Db4hqjUO0QidjM",    // a terabyte
		"$scrypt$ln=99,r=8,p=1$03ovBeBcy/l/TwmBkBICYA$14h7vso73VCqtJk2QYOuE0T0whjT4Db4hqjUO0QidjM",
		"$scrypt$ln=4,r=8,p=1$03ovBeBcy/l/TwmBkBICYA$14h7vso73VCqtJk2QYOuE0",
		"$argon2d$v=19$m=64,t=1,p=1$be29V8r5/x8DgFBKae3d+w$oghWgn285R5kjq5PfJ75aA",
		"$argon2id$v=19$m=4194304,t=1,p=1$be29V8r5/x8DgFBKae3d+w$oghWgn285R5kjq5PfJ75aA",
		"$2x$04$RaoRRupCjYjx0e6ge6.a1.OW0InEFwypxi.TF/7mE3v9ZchPYb0/e",
		"$2b$31$RaoRRupCjYjx0e6ge6.a1.OW0InEFwypxi.TF/7mE3v9ZchPYb0/e",
		"pbkdf2_sha256$1$" + strings.Repeat("s", 100) + "$hlaZvx+fQUB7nsOXctgpvyJ4ixMmVOdSfNbS+6nH3wk=", // wider than the column
	}
	h := newHasher(t, everything)
	for _, text := range append(refused, malformed[3:]...) {
		_, err := h.Adopt(secret.New(text))
		require.ErrorIs(t, err, credentials.ErrHashRefused, text)
		require.NotContains(t, err.Error(), "correct-horse")
	}
}

func TestAHashOfAnAlgorithmThatIsNotListedIsNotAdopted(t *testing.T) {
	h := newHasher(t, "argon2:m=64;t=1;p=1")
	for _, f := range foreign {
		_, err := h.Adopt(secret.New(f.hash))
		require.Equal(t, strings.HasPrefix(f.name, "argon2"), err == nil, f.name)
		fits, _ := verify(t, h, f.hash, foreignPassword)
		require.False(t, fits, f.name)
	}
}
