package relocation

import "hash/maphash"

// seen remembers on which line something stood first. It keeps digests of eight
// bytes and not the texts: a dry run of a million people takes some 160 MB. That two
// texts of so many share a digest is a chance of one in millions, and its price a
// record that is refused.
type seen struct {
	seed  maphash.Seed
	lines map[uint64]int32
}

func newSeen() seen { return seen{seed: maphash.MakeSeed(), lines: make(map[uint64]int32)} }

func (s seen) digest(kind, text string) uint64 { return maphash.String(s.seed, kind+"\x00"+text) }

// note remembers the line unless the text was there before; then it returns where.
func (s seen) note(kind, text string, line int) (first int, before bool) {
	digest := s.digest(kind, text)
	if first, before := s.lines[digest]; before {
		return int(first), true
	}
	s.lines[digest] = int32(line)
	return line, false
}

func (s seen) has(kind, text string) bool {
	_, before := s.lines[s.digest(kind, text)]
	return before
}
