package relocation

import (
	"slices"

	"latchkey/domain/accounts"
)

// span is ids from first to last.
type span struct{ first, last accounts.ID }

// spans are ids that ascend. Nearly all follow each other: a million take no more room
// than the gaps that others, who registered at the same time, have left between them.
type spans []span

func (s *spans) note(ids ...accounts.ID) {
	for _, id := range ids {
		if end := len(*s) - 1; end >= 0 && (*s)[end].last+1 == id {
			(*s)[end].last = id
		} else {
			*s = append(*s, span{id, id})
		}
	}
}

func (s spans) has(id accounts.ID) bool {
	_, found := slices.BinarySearchFunc(s, id, func(s span, id accounts.ID) int {
		switch {
		case s.last < id:
			return -1
		case s.first > id:
			return 1
		default:
			return 0
		}
	})
	return found
}
