package qrsvg_test

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"
	"github.com/stretchr/testify/require"

	"latchkey/adapters/qrsvg"
	"latchkey/domain/secret"
)

const text = "otpauth://totp/ada%40example.com?secret=JBSWY3DPEHPK3PXPGEZDGNBVGY3TQOJQ&issuer=Example"

// image is what a browser reads of the SVG.
type image struct {
	Width   string `xml:"width,attr"`
	ViewBox string `xml:"viewBox,attr"`
	Paths   []struct {
		D string `xml:"d,attr"`
	} `xml:"path"`
}

func drawn(t *testing.T) image {
	t.Helper()
	uri, err := qrsvg.New().Draw(secret.New(text))
	require.NoError(t, err)
	body, found := strings.CutPrefix(uri.Reveal(), "data:image/svg+xml;base64,")
	require.True(t, found)
	source, err := base64.StdEncoding.DecodeString(body)
	require.NoError(t, err)
	var read image
	require.NoError(t, xml.Unmarshal(source, &read))
	require.Len(t, read.Paths, 2, "the ground and the modules")
	return read
}

var run = regexp.MustCompile(`M(\d+),(\d+)h(\d+)v1h-(\d+)z`)

func TestTheImageHasTheModulesOfTheCodeAndABorderOfFour(t *testing.T) {
	t.Parallel()
	code, err := qr.Encode(text, qr.M, qr.Auto)
	require.NoError(t, err)
	size := code.Bounds().Dx()
	read := drawn(t)
	whole := size + 8
	require.Equal(t, fmt.Sprintf("%dmm", whole), read.Width)
	require.Equal(t, fmt.Sprintf("0 0 %[1]d %[1]d", whole), read.ViewBox)

	dark := map[[2]int]bool{}
	for _, found := range run.FindAllStringSubmatch(read.Paths[1].D, -1) {
		var n [4]int
		for i := range n {
			n[i], err = strconv.Atoi(found[i+1])
			require.NoError(t, err)
		}
		require.Equal(t, n[2], n[3], "a run is closed where it began")
		for x := range n[2] {
			dark[[2]int{n[0] + x - 4, n[1] - 4}] = true
		}
	}
	require.Empty(t, run.ReplaceAllString(read.Paths[1].D, ""), "nothing else is drawn")
	for x := -4; x < size+4; x++ {
		for y := -4; y < size+4; y++ {
			inside := x >= 0 && y >= 0 && x < size && y < size
			want := false
			if inside {
				red, _, _, _ := code.At(x, y).RGBA()
				want = red == 0
			}
			require.Equal(t, want, dark[[2]int{x, y}], "module %d,%d", x, y)
		}
	}
}

func TestATextThatNoCodeHoldsHasNoImage(t *testing.T) {
	t.Parallel()
	for length, drawn := range map[int]bool{2331: true, 2332: false, 7000: false} {
		uri, err := qrsvg.New().Draw(secret.New(strings.Repeat("x", length)))
		require.NoError(t, err)
		require.Equal(t, drawn, !uri.Empty(), length)
	}
}
