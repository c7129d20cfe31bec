package argon

import (
	"encoding/binary"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/blake2b"
)

// first is H0 of RFC 9106, 3.2: the digest of everything that goes into a key. The
// 8 bytes behind it are for the numbers of a block and a lane.
func (c *computation) first(password, salt []byte, size uint32) [blake2b.Size + 8]byte {
	var text []byte
	for _, number := range []uint32{c.lanes, size, c.memory, c.passes, argon2.Version, uint32(c.variant)} {
		text = binary.LittleEndian.AppendUint32(text, number)
	}
	for _, part := range [][]byte{password, salt, nil, nil} { // neither a key nor data of one's own
		text = binary.LittleEndian.AppendUint32(text, uint32(len(part)))
		text = append(text, part...)
	}
	sum := blake2b.Sum512(text)
	clear(text) // the password
	var seed [blake2b.Size + 8]byte
	copy(seed[:], sum[:])
	return seed
}

// stretch is H' of RFC 9106, 3.3: it fills out with the digest of in.
func stretch(out, in []byte) {
	text := append(binary.LittleEndian.AppendUint32(nil, uint32(len(out))), in...)
	if len(out) <= blake2b.Size {
		copy(out, sum(text, len(out)))
		return
	}
	last := blake2b.Sum512(text)
	for len(out) > blake2b.Size {
		copy(out, last[:blake2b.Size/2])
		out = out[blake2b.Size/2:]
		if len(out) <= blake2b.Size {
			break
		}
		last = blake2b.Sum512(last[:])
	}
	copy(out, sum(last[:], len(out)))
}

// sum is BLAKE2b of a size from 1 to 64 bytes: without a key it cannot fail.
func sum(text []byte, size int) []byte {
	digest, err := blake2b.New(size, nil)
	if err != nil {
		panic(err)
	}
	_, _ = digest.Write(text)
	return digest.Sum(nil)
}

func (b *Block) read(from *[1024]byte) {
	for i := range b {
		b[i] = binary.LittleEndian.Uint64(from[8*i:])
	}
}

func (b *Block) write(to *[1024]byte) {
	for i, word := range b {
		binary.LittleEndian.PutUint64(to[8*i:], word)
	}
}
