package accounts

import "unicode"

// fullWidth is how far the full-width forms of ASCII stand from ASCII.
const fullWidth = 0xfee0

// foldASCII returns the lower-case ASCII form of r, or dropped. Blanks of every
// kind become a space. It does to Latin letters and full-width forms what
// Unicode's NFKD does before all that is not ASCII is thrown away; letters that NFKD
// does not take apart, such as "ø" and "ß", and accents on their own are dropped.
func foldASCII(r rune) rune {
	r = unicode.ToLower(r)
	switch {
	case unicode.IsSpace(r):
		return ' '
	case r <= unicode.MaxASCII:
		return r
	case r >= '!'+fullWidth && r <= '~'+fullWidth:
		return r - fullWidth
	}
	return latinBase[r]
}

// latinBase maps lower-case letters of Unicode's Latin blocks to what they are
// without their marks.
var latinBase = func() map[rune]rune {
	bases := make(map[rune]rune)
	for base, marked := range latinMarked {
		for _, r := range marked {
			bases[r] = base
		}
	}
	return bases
}()

var latinMarked = map[rune]string{
	'a': "àáâãäåāăąǎǟǡǻȁȃȧḁẚạảấầẩẫậắằẳẵặ",
	'b': "ḃḅḇ",
	'c': "çćĉċčḉ",
	'd': "ďḋḍḏḑḓ",
	'e': "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ",
	'f': "ḟ",
	'g': "ĝğġģǧǵḡ",
	'h': "ĥȟḣḥḧḩḫẖ",
	'i': "ìíîïĩīĭįǐȉȋḭḯỉị",
	'j': "ĵǰ",
	'k': "ķǩḱḳḵ",
	'l': "ĺļľŀḷḹḻḽ",
	'm': "ḿṁṃ",
	'n': "ñńņňŉǹṅṇṉṋ",
	'o': "òóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ",
	'p': "ṕṗ",
	'r': "ŕŗřȑȓṙṛṝṟ",
	's': "śŝşšſșṡṣṥṧṩẛ",
	't': "ţťțṫṭṯṱẗ",
	'u': "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự",
	'v': "ṽṿ",
	'w': "ŵẁẃẅẇẉẘ",
	'x': "ẋẍ",
	'y': "ýÿŷȳẏẙỳỵỷỹ",
	'z': "źżžẑẓẕ",
}
