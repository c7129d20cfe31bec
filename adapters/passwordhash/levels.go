package passwordhash

import (
	"sync"

	"latchkey/application/ports"
)

// maxLevels bounds the work of one refused password, whatever an imported table holds.
const maxLevels = 4

// levels are the algorithms and costs that are in use: the preferred one, and those of
// the stored hashes that were met. A refused password does the work of all of them,
// whoever's it is said to be, even nobody's: otherwise an account whose hash
// another program made long ago would be told from no account by its time
// (CWE-208). Where every hash is by the preferred algorithm there is one level.
type levels struct {
	mu  sync.RWMutex
	met []scheme
}

func newLevels(preferred scheme) *levels { return &levels{met: []scheme{preferred}} }

// all returns the levels; they must not be changed.
func (l *levels) all() []scheme {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.met
}

// meet notes that a stored hash is by s. Of an algorithm whose work can be completed the
// highest cost stands for all.
func (l *levels) meet(s scheme) {
	if l.covers(s) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	changed := make([]scheme, 0, len(l.met)+1)
	for _, known := range l.met {
		if known == s || completes(s, known) {
			return // by another goroutine, a moment ago
		}
		if !completes(known, s) {
			changed = append(changed, known)
		}
	}
	if len(changed) < maxLevels {
		l.met = append(changed, s)
	}
}

func (l *levels) covers(s scheme) bool {
	for _, known := range l.all() {
		if known == s || completes(s, known) {
			return true
		}
	}
	return false
}

// completes reports whether a hash by from can be followed by the work by which to is
// dearer (see hardener).
func completes(from, to scheme) bool {
	switch from := from.(type) {
	case pbkdf2Scheme:
		to, same := to.(pbkdf2Scheme)
		return same && from.name == to.name && from.iterations <= to.iterations
	case bcryptScheme:
		to, same := to.(bcryptScheme)
		return same && from.name == to.name && from.cost <= to.cost
	}
	return false
}

// spend does what is left of the work of a refused password after done, which is nil
// where nothing could be compared.
func (l *levels) spend(password string, done record, random ports.Random) error {
	for _, level := range l.all() {
		if err := spendOne(level, password, done, random); err != nil {
			return err
		}
	}
	return nil
}

func spendOne(level scheme, password string, done record, random ports.Random) error {
	if done != nil {
		if done.made() == level {
			return nil
		}
		if cheaper, ok := done.(hardener); ok && completes(done.made(), level) {
			return cheaper.harden(password, level)
		}
	}
	_, err := level.hash(password, random)
	return err
}

// made is the algorithm and cost of a record.
func (s pbkdf2Scheme) made() scheme { return s }

func (s bcryptScheme) made() scheme { return s }

func (s scryptScheme) made() scheme { return s }

// made leaves the length of the key out, which costs nothing.
func (s argon2Scheme) made() scheme {
	s.size = argon2DigestSize
	return s
}
