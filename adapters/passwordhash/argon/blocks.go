package argon

import (
	_ "unsafe" // go:linkname
)

// Block is the unit of argon2's memory: 1 KiB.
type Block [128]uint64

// compress is the compression function G: out = G(a, b). A rename in the library is
// an error of the linker, never another result.
//
//go:linkname compress golang.org/x/crypto/argon2.processBlock
//go:noescape
func compress(out, a, b *Block)

// compressOver is out = out xor G(a, b).
//
//go:linkname compressOver golang.org/x/crypto/argon2.processBlockXOR
//go:noescape
func compressOver(out, a, b *Block)
