package argon

import (
	"encoding/binary"

	"golang.org/x/crypto/blake2b"
)

// Variant is a kind of argon2, by its number in RFC 9106.
type Variant uint32

// The variants. argon2d is not among them: its time depends on the password.
const (
	I  Variant = 1
	ID Variant = 2
)

// slices is how many parts a pass has; blocks of other lanes are only read from the
// parts that are done.
const slices = 4

// Cost is what a key costs.
type Cost struct {
	Memory, Passes, Lanes uint32 // Memory in KiB
}

// Blocks returns how much memory Key needs.
func (c Cost) Blocks() int { return int(max(c.Memory/(slices*c.Lanes), 2) * slices * c.Lanes) }

// Key returns a key of size bytes. memory has at least Blocks of the cost; what is in
// it does not matter, and afterwards it must not be shown to anybody. Lanes are computed one
// after another: whoever hashes many passwords at once has no core left for them.
func Key(memory []Block, variant Variant, password, salt []byte, cost Cost, size uint32) []byte {
	c := computation{
		blocks: memory[:cost.Blocks()], variant: variant,
		memory: cost.Memory, passes: cost.Passes, lanes: cost.Lanes,
	}
	c.lane = uint32(len(c.blocks)) / c.lanes
	c.segment = c.lane / slices
	c.begin(c.first(password, salt, size))
	for pass := range c.passes {
		for slice := range uint32(slices) {
			for lane := range c.lanes {
				c.fill(pass, slice, lane)
			}
		}
	}
	return c.extract(size)
}

type computation struct {
	blocks                []Block
	variant               Variant
	memory, passes, lanes uint32
	lane, segment         uint32 // their lengths in blocks
}

// begin makes the first two blocks of each lane.
func (c *computation) begin(seed [blake2b.Size + 8]byte) {
	var text [1024]byte
	for lane := range c.lanes {
		binary.LittleEndian.PutUint32(seed[blake2b.Size+4:], lane)
		for i := range uint32(2) {
			binary.LittleEndian.PutUint32(seed[blake2b.Size:], i)
			stretch(text[:], seed[:])
			c.blocks[lane*c.lane+i].read(&text)
		}
	}
}

// extract makes the key of the last blocks of all lanes.
func (c *computation) extract(size uint32) []byte {
	var last Block
	for lane := range c.lanes {
		for i, word := range c.blocks[(lane+1)*c.lane-1] {
			last[i] ^= word
		}
	}
	var text [1024]byte
	last.write(&text)
	key := make([]byte, size)
	stretch(key, text[:])
	return key
}
