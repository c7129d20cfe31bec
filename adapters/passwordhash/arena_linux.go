package passwordhash

import (
	"syscall"
	"unsafe"

	"latchkey/adapters/passwordhash/argon"
)

const blockSize = int(unsafe.Sizeof(argon.Block{}))

// hugePages asks for pages of 2 MB: argon2 jumps about in its memory, and with small ones each
// jump misses the table of pages. It is advice; what refuses it computes as well.
const hugePages = 14 // MADV_HUGEPAGE

// noDump keeps what is computed from passwords out of core dumps.
const noDump = 16 // MADV_DONTDUMP

// borrow takes n blocks from the system. Without memory it panics, as the runtime does.
func borrow(n int) []argon.Block {
	pages, err := syscall.Mmap(-1, 0, n*blockSize, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		panic(err)
	}
	_ = syscall.Madvise(pages, hugePages)
	_ = syscall.Madvise(pages, noDump)
	return unsafe.Slice((*argon.Block)(unsafe.Pointer(unsafe.SliceData(pages))), n) //nolint:gosec // n blocks are what was mapped; pages begin at a multiple of any alignment
}

// giveBack returns the blocks at once: an idle service holds none.
func giveBack(blocks []argon.Block) {
	if len(blocks) == 0 {
		return
	}
	pages := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(blocks))), len(blocks)*blockSize) //nolint:gosec // the very bytes that borrow mapped
	_ = syscall.Munmap(pages)
}
