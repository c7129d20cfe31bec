package bunsql

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
)

// eachDialect calls test with an empty database of every kind.
func eachDialect(t *testing.T, test func(t *testing.T, db *DB)) {
	t.Run("SQLite", func(t *testing.T) { test(t, migrated(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, onPostgres(t)) })
}

// A letter that gave other bits than its lower case would let a name be taken twice.
func TestTheDigestDoesNotTellCase(t *testing.T) {
	eachDialect(t, func(t *testing.T, db *DB) {
		query := "SELECT " + nameDigest("CAST($1 AS text)", db.dialect.bits) + " = " + nameDigest("CAST($2 AS text)", db.dialect.bits)
		cased := 0
		for r := rune(0x20); r <= unicode.MaxRune; r++ {
			lower := unicode.ToLower(r)
			if lower == r {
				continue
			}
			cased++
			var same bool
			require.NoError(t, db.read(t.Context(), query, string(r)+"a", string(lower)+"A").Scan(t.Context(), &same))
			require.True(t, same, "%q and %q", r, lower)
		}
		require.Greater(t, cased, 1000)
	})
}

// Of names in one alphabet and of one length few may be left to compare.
func TestTheDigestTellsNamesApart(t *testing.T) {
	eachDialect(t, func(t *testing.T, db *DB) {
		query := "SELECT " + nameDigest("CAST($1 AS text)", db.dialect.bits)
		for _, of := range []string{"иванова%04d", "étudiant%04d", "学生%04d", "%04dмария", strings.Repeat("ж", 140) + "%04d"} {
			digests := map[int64]int{}
			for n := range 1000 {
				var digest int64
				require.NoError(t, db.read(t.Context(), query, fmt.Sprintf(of, n)).Scan(t.Context(), &digest))
				digests[digest]++
				require.LessOrEqual(t, digests[digest], 5, of)
			}
		}
	})
}

func TestLettersThatTurnIntoASCIITakeNoNameTwice(t *testing.T) {
	eachDialect(t, func(t *testing.T, db *DB) {
		for _, pair := range [][2]string{{"\u212aim", "kim"}, {"mark\u0130", "MARKI"}} {
			for _, order := range [][2]string{pair, {pair[1], pair[0]}} {
				require.Equal(t, strings.ToLower(order[0]), strings.ToLower(order[1]))
				first := accounts.New(accounts.Username(order[0]), "", secret.New("!"), now)
				require.NoError(t, NewAccounts(db).Add(t.Context(), first))
				second := accounts.New(accounts.Username(order[1]), "", secret.New("!"), now)
				require.ErrorIs(t, NewAccounts(db).Add(t.Context(), second), accounts.ErrUsernameTaken, "%q", order)
				execute(t, db, fmt.Sprintf(`DELETE FROM auth_user WHERE id = %d`, first.ID()))
			}
		}
	})
}
