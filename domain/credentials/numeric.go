package credentials

import (
	"strings"
	"unicode"
)

type notNumeric struct{}

// NotNumeric refuses passwords that consist of digits only, as Django's
// NumericPasswordValidator does with Python's str.isdigit: decimal digits of
// every script, and the superscript, circled and similar digits.
func NotNumeric() Rule { return notNumeric{} }

// Name returns "numeric".
func (notNumeric) Name() string { return "numeric" }

// Check returns ErrEntirelyNumeric.
func (notNumeric) Check(password Password, _ Subject) error {
	text := password.Reveal()
	other := func(r rune) bool { return !unicode.In(r, unicode.Nd, digitNotDecimal) }
	if text == "" || strings.ContainsFunc(text, other) {
		return nil
	}
	return ErrEntirelyNumeric
}

// digitNotDecimal is Unicode's Numeric_Type=Digit: characters that have the value
// of a digit but are no decimal digits, which package unicode does not list.
var digitNotDecimal = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x00b2, Hi: 0x00b3, Stride: 1},
		{Lo: 0x00b9, Hi: 0x00b9, Stride: 1},
		{Lo: 0x1369, Hi: 0x1371, Stride: 1},
		{Lo: 0x19da, Hi: 0x19da, Stride: 1},
		{Lo: 0x2070, Hi: 0x2070, Stride: 1},
		{Lo: 0x2074, Hi: 0x2079, Stride: 1},
		{Lo: 0x2080, Hi: 0x2089, Stride: 1},
		{Lo: 0x2460, Hi: 0x2468, Stride: 1},
		{Lo: 0x2474, Hi: 0x247c, Stride: 1},
		{Lo: 0x2488, Hi: 0x2490, Stride: 1},
		{Lo: 0x24ea, Hi: 0x24ea, Stride: 1},
		{Lo: 0x24f5, Hi: 0x24fd, Stride: 1},
		{Lo: 0x24ff, Hi: 0x24ff, Stride: 1},
		{Lo: 0x2776, Hi: 0x277e, Stride: 1},
		{Lo: 0x2780, Hi: 0x2788, Stride: 1},
		{Lo: 0x278a, Hi: 0x2792, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x10a40, Hi: 0x10a43, Stride: 1},
		{Lo: 0x10e60, Hi: 0x10e68, Stride: 1},
		{Lo: 0x11052, Hi: 0x1105a, Stride: 1},
		{Lo: 0x1f100, Hi: 0x1f10a, Stride: 1},
	},
	LatinOffset: 2,
}
