package bunsql

import (
	"fmt"
	"strings"
)

// The database folds the case of ASCII only, and its own functions can tell which
// names may be equal for us: those with the same digest. That is a number made of the
// name's length and four bits of each of its last characters, the same for a letter in
// upper and in lower case. An index on it leaves a handful of names to compare here;
// without it, each of many names in one alphabet would be compared with all the others.

// digested is how many characters, from the end, the digest looks at: names that were
// numbered begin alike.
const digested = 8

// nameDigest returns the SQL of the digest of text. bits is the SQL of what one character
// gives, the at-th from the end of the text. The indexes in the migrations are
// on the same SQL.
func nameDigest(text string, bits func(text string, at int) string) string {
	sum := []string{fmt.Sprintf("CAST(length(%s) AS bigint)*%d", text, 1<<(4*digested))}
	for at := range digested {
		sum = append(sum, fmt.Sprintf("%d*CAST(%s AS bigint)", 1<<(4*at), bits(text, at+1)))
	}
	return "(" + strings.Join(sum, "+") + ")"
}

// bitsOnSQLite gives no bits for letters whose two cases are not a multiple of 16
// apart, and for those that letters far away turn into: "K" (Kelvin) is a "k" in lower
// case, "İ" an "i", "Å" (Ångström) an "å", "Ω" (Ohm) an "ω", and "ϴ" a "θ".
func bitsOnSQLite(text string, at int) string {
	one := fmt.Sprintf("substr(%s,-%d,1)", text, at)
	return "(ifnull(unicode(" + one + "),0)%16*(" + one + " GLOB '[0-9A-HJL-Za-hjl-zÀ-ÄÆ-Þà-äæ-þΑ-ΗΙ-Ψα-ηι-ψЀ-џא-႟ぁ-鿿가-힣]'))"
}

// bitsOnPostgres says the same by numbers, because not every encoding has the letters:
// in odd places stands where a range begins, in even ones what follows its end.
func bitsOnPostgres(text string, at int) string {
	code := fmt.Sprintf("ascii(left(right(%s,%d),1))", text, at)
	return "(" + code + "%16*(width_bucket(" + code + "," + rangesOnPostgres + ")%2))"
}

const rangesOnPostgres = "'{48,58,65,73,74,75,76,91,97,105,106,107,108,123,192,197,198,223,224,229,230,255,913,920,921,937,945,952,953,969,1024,1120,1488,4256,12353,40960,44032,55204}'::int[]"
