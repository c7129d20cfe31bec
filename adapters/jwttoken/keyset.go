package jwttoken

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"latchkey/application/ports"
)

// recheck is how long the key file is not looked at again. A stat for every
// request would cost more than verifying the token.
const recheck = time.Second

// KeySet is the keys of the service: one signs, several verify. It is safe for
// concurrent use.
type KeySet struct {
	settings Key
	watch    Watch
	loaded   atomic.Pointer[ring]

	mu      sync.Mutex // guards what follows
	checked time.Time
	seen    fs.FileInfo // of the file as it was read, good or not
	trouble error       // with the file as it is now
}

// Watch says which key file to use, and how.
type Watch struct {
	// Path is where the key file lies, or will lie one day.
	Path string
	// Life is the longest life of a token, leeway included: how long a retired
	// key verifies.
	Life time.Duration
	// Clock tells when to look at the file again.
	Clock ports.Clock
	// Report hears once of each reason why the file cannot be used. The keys
	// that were read before stay in use meanwhile. It may be nil.
	Report func(error)
}

// NewKeySet returns the set of the settings' key alone. A kid in a token's
// header is not looked at, as in simplejwt.
func NewKeySet(settings Key) *KeySet {
	set := &KeySet{settings: settings}
	set.loaded.Store(&ring{settings: settings, signing: settings})
	return set
}

// OpenKeySet returns the set of the settings' key and of those in a key file.
// The current key of the file signs; as long as there is none, the settings' key
// does. Once the file has a key, tokens with a kid are verified by the key of
// the file that has it, and tokens without one by the settings' key.
//
// Changes of the file count within two seconds. A file that does not exist is no
// error; one that cannot be used is: the service must not start and quietly sign
// with another key.
func OpenKeySet(settings Key, watch Watch) (*KeySet, error) {
	set := NewKeySet(settings)
	set.watch = watch
	set.checked = watch.Clock.Now()
	if err := set.reload(); err != nil {
		return nil, err
	}
	return set, nil
}

// ring returns the keys as they are now. One caller at a time looks at the
// file; the others do not wait for it.
func (s *KeySet) ring() *ring {
	if s.watch.Path != "" && s.mu.TryLock() {
		s.refresh(s.watch.Clock.Now())
		s.mu.Unlock()
	}
	return s.loaded.Load()
}

func (s *KeySet) refresh(now time.Time) {
	if since := now.Sub(s.checked); since >= 0 && since < recheck {
		return
	}
	s.checked = now
	before := s.trouble
	s.trouble = s.reload()
	if s.trouble == nil || s.watch.Report == nil || before != nil && before.Error() == s.trouble.Error() {
		return
	}
	s.watch.Report(s.trouble)
}

// reload reads the file if it changed. Falling back to the settings' key because
// the file is gone would void every token at a slip of the hand: the keys stay.
func (s *KeySet) reload() error {
	info, err := os.Stat(s.watch.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && len(s.loaded.Load().filed) == 0:
		return nil
	case err != nil:
		s.seen = nil
		return err
	case s.seen != nil && unchanged(s.seen, info):
		return s.trouble
	}
	// The file is looked at before it is read: a change in between is seen next time.
	s.seen = info
	entries, err := readEntries(s.watch.Path)
	if err != nil {
		return err
	}
	loaded, err := newRing(s.settings, entries, s.watch.Life)
	if err != nil {
		return err
	}
	s.loaded.Store(loaded)
	return nil
}

// unchanged takes the mode into account, since a file that is made readable to
// others must be noticed, and the identity, since two files may be of one size
// and time.
func unchanged(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size() && a.Mode() == b.Mode()
}

// signing returns the key that signs.
func (s *KeySet) signing() Key { return s.ring().signing }

// find returns the key that may have signed a token whose header has that kid,
// or none when it is not named.
func (s *KeySet) find(kid string, named bool, now time.Time) (Key, bool) {
	return s.ring().find(kid, named, now)
}

// verifying returns every key that verifies now.
func (s *KeySet) verifying() []Key {
	ring := s.ring()
	keys := []Key{ring.settings}
	for _, key := range ring.filed {
		if !key.ended(s.watch.Clock.Now()) {
			keys = append(keys, key.Key)
		}
	}
	return keys
}
