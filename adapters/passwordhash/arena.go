package passwordhash

import "latchkey/adapters/passwordhash/argon"

// arena is the memory that one worker computes argon2 in. The garbage collector
// knows nothing of it: a block of garbage for each password would be a collection
// for each password, and as much garbage again beside what is in use.
type arena struct{ blocks []argon.Block }

// take returns n blocks with anything in them.
func (a *arena) take(n int) []argon.Block {
	if len(a.blocks) < n {
		a.free()
		a.blocks = borrow(n)
	}
	return a.blocks[:n]
}

func (a *arena) free() {
	giveBack(a.blocks)
	a.blocks = nil
}
