package passwordhash

// Memory returns how many bytes one new hash takes while it is computed, where that is
// worth counting.
func (p Preference) Memory() int64 {
	switch s := p.scheme.(type) {
	case argon2Scheme:
		return int64(s.memory) << 10
	case scryptScheme:
		return 128 * int64(s.n) * int64(s.r)
	}
	return 0
}
