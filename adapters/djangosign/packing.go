package djangosign

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"io"
	"strings"
	"sync"
)

// deflaters and inflaters are used again: making one costs far more memory (1.2 MB and
// 50 kB) than a session has, and anybody can ask for one by a request. They keep no
// text: the next use overwrites their windows before it reads them. Better levels than the
// fastest clear 640 kB before each use, which cost a login more than a statement does.
var (
	deflaters = sync.Pool{New: func() any {
		w, _ := zlib.NewWriterLevel(io.Discard, zlib.BestSpeed) // which is a level
		return w
	}}
	inflaters sync.Pool // of io.ReadCloser that are zlib.Resetter
)

// leastDeflated is the shortest text in bytes that is deflated. Django deflates shorter
// ones, too, and reads them either way: that saves an ordinary session some 60 bytes, and costs
// every request that brings it more than all else that is done to read it.
const leastDeflated = 1 << 10

// pack is signing.dumps' payload: base64url, of zlib where that is shorter,
// which a leading dot says.
func pack(text []byte) string {
	if len(text) >= leastDeflated {
		if deflated := deflate(text); len(deflated) < len(text)-1 {
			return "." + base64.RawURLEncoding.EncodeToString(deflated)
		}
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func deflate(text []byte) []byte {
	var deflated bytes.Buffer
	w := deflaters.Get().(*zlib.Writer)
	w.Reset(&deflated)
	_, _ = w.Write(text) // a bytes.Buffer does not fail
	_ = w.Close()
	w.Reset(io.Discard) // what is kept does not hold on to the session
	deflaters.Put(w)
	return deflated.Bytes()
}

func unpack(payload string) ([]byte, error) {
	encoded, packed := strings.CutPrefix(payload, ".")
	text, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil || !packed {
		return text, err
	}
	return inflate(text)
}

// inflate reads no more than maxSession, whatever the text would become.
func inflate(text []byte) ([]byte, error) {
	inflating, err := inflater(text)
	if err != nil {
		return nil, err
	}
	inflated, err := io.ReadAll(io.LimitReader(inflating, maxSession+1))
	if err != nil {
		return nil, err // this one is not used again, whatever state it is in
	}
	inflaters.Put(inflating)
	if len(inflated) > maxSession {
		return nil, errSessionTooLarge
	}
	return inflated, nil
}

func inflater(text []byte) (io.ReadCloser, error) {
	used, ok := inflaters.Get().(io.ReadCloser)
	if !ok {
		return zlib.NewReader(bytes.NewReader(text))
	}
	return used, used.(zlib.Resetter).Reset(bytes.NewReader(text), nil)
}
