package qrsvg

import (
	"encoding/base64"
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"latchkey/application/ports"
	"latchkey/domain/secret"
)

// Codes draw QR codes.
type Codes struct{}

var _ ports.QRCodes = Codes{}

// New returns what draws QR codes.
func New() Codes { return Codes{} }

// border is the blank around a code that a reader needs, in modules.
const border = 4

// capacity is what the largest code with error correction M holds, in bytes.
const capacity = 2331

// Draw returns the code as a data URI, empty for a text that is longer than a code can be: a
// long name under a long issuer must not keep its owner from a factor. The error tells nothing of the text.
func (Codes) Draw(text secret.String) (secret.String, error) {
	if len(text.Reveal()) > capacity {
		return secret.String{}, nil
	}
	code, err := qr.Encode(text.Reveal(), qr.M, qr.Auto)
	if err != nil {
		// The library's own error quotes what it could not encode: the secret.
		return secret.String{}, fmt.Errorf("qrsvg: the text does not fit into a QR code of %d bytes", len(text.Reveal()))
	}
	return secret.New("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(draw(code)))), nil
}

// draw writes one path with a line for each run of dark modules, at one millimetre a
// module.
func draw(code barcode.Barcode) string {
	size := code.Bounds().Dx()
	var path strings.Builder
	for y := range size {
		for x := 0; x < size; x++ {
			run := 0
			for x+run < size && dark(code, x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d,%dh%dv1h-%dz", x+border, y+border, run, run)
				x += run
			}
		}
	}
	whole := size + 2*border
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%[1]dmm" height="%[1]dmm" viewBox="0 0 %[1]d %[1]d">`+
		`<path fill="#fff" d="M0,0h%[1]dv%[1]dh-%[1]dz"/><path d="%[2]s"/></svg>`, whole, path.String())
}

func dark(code barcode.Barcode, x, y int) bool {
	return color.GrayModel.Convert(code.At(x, y)).(color.Gray).Y < 128
}
