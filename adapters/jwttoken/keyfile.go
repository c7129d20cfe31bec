package jwttoken

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"latchkey/application/ports"
)

// KeyFile is the key file as those see it who change it. Each change reads the
// file, and replaces it as a whole, while no other process does the same.
type KeyFile struct {
	path string
}

// KeyInfo is what may be shown of a key.
type KeyInfo struct {
	ID        string
	Algorithm string
	State     State
	Created   time.Time
	Changed   time.Time // when it got its state
}

// OpenKeyFile returns the key file at path, which need not exist yet. Its folder
// is made when it is missing. A file that others can read, or that is damaged,
// is an error.
func OpenKeyFile(path string) (*KeyFile, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	file := &KeyFile{path: path}
	_, err := file.read()
	return file, err
}

// List returns the keys in the order in which they were made.
func (f *KeyFile) List() ([]KeyInfo, error) {
	all, err := f.read()
	infos := make([]KeyInfo, len(all))
	for i, e := range all {
		infos[i] = KeyInfo{ID: e.ID, Algorithm: e.Algorithm, State: e.State, Created: e.Created, Changed: e.Changed}
	}
	return infos, err
}

// New makes a staged key and returns its kid.
func (f *KeyFile) New(algorithm string, now time.Time, random ports.Random) (string, error) {
	var kid string
	err := f.change(func(all entries) (entries, error) {
		added, err := newEntry(algorithm, all.freeID(random), now)
		kid = added.ID
		return append(all, added), err
	})
	if err != nil {
		return "", err
	}
	return kid, nil
}

// Promote makes a staged key the one that signs. The one that signed is retired.
func (f *KeyFile) Promote(kid string, now time.Time) error {
	return f.change(func(all entries) (entries, error) { return all, all.promote(kid, now) })
}

// Retire takes a staged key out of the line: it will never sign. The current key
// and the last one cannot be retired.
func (f *KeyFile) Retire(kid string, now time.Time) error {
	return f.change(func(all entries) (entries, error) { return all, all.retire(kid, now) })
}

// Prune removes the keys that were retired at least life ago, and returns their
// kids. Give it the longest life of a token, leeway included; a life of zero
// removes every retired key, and with them the tokens that they signed.
func (f *KeyFile) Prune(now time.Time, life time.Duration) ([]string, error) {
	var removed []string
	err := f.change(func(all entries) (entries, error) {
		return slices.DeleteFunc(all, func(e entry) bool {
			over := e.State == Retired && !now.Before(e.end(life))
			if over {
				removed = append(removed, e.ID)
			}
			return over
		}), nil
	})
	if err != nil {
		return nil, err
	}
	return removed, nil
}

// read returns no entries when there is no file.
func (f *KeyFile) read() (entries, error) {
	all, err := readEntries(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return all, err
}

func (f *KeyFile) change(edit func(entries) (entries, error)) error {
	unlock, err := lock(f.path + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	all, err := f.read()
	if err != nil {
		return err
	}
	all, err = edit(all)
	if err != nil || len(all) == 0 { // there was nothing to change
		return err
	}
	return writeEntries(f.path, all)
}
