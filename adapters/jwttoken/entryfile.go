package jwttoken

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// largestFile is the size in bytes of a key file beyond which it is none of ours:
// several hundred RSA keys.
const largestFile = 1 << 20

// keyDocument is the whole file.
type keyDocument struct {
	Keys entries `json:"keys"`
}

// readEntries reads and checks the file. It is fs.ErrNotExist when there is none.
func readEntries(path string) (entries, error) {
	text, err := readPrivately(path)
	if err != nil {
		return nil, err
	}
	var document keyDocument
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&document); err != nil {
		// What the decoder says is left out: it may quote from a key.
		return nil, fmt.Errorf("key file %s: it is damaged; restore it from a copy", path)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("key file %s: it goes on after its end; restore it from a copy", path)
	}
	if err := document.Keys.check(); err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return document.Keys, nil
}

// readPrivately checks the file that it has open: one that is looked up twice
// may be another one the second time.
func readPrivately(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	if err := checkPrivate(file); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, largestFile+1))
	if err == nil && len(text) > largestFile {
		err = fmt.Errorf("key file %s: it has more than %d bytes", path, largestFile)
	}
	return text, err
}

func (all entries) check() error {
	if len(all) == 0 {
		return errors.New("it has no key")
	}
	seen := make(map[string]bool)
	signing := 0
	for _, e := range all {
		switch {
		case len(e.ID) != kidLength || strings.Trim(e.ID, kidAlphabet) != "":
			return fmt.Errorf("kid %q: %d characters of %s are wanted", e.ID, kidLength, kidAlphabet)
		case seen[e.ID]:
			return e.wrong("it is there twice")
		case e.State != Staged && e.State != Current && e.State != Retired:
			return e.wrong(fmt.Sprintf("state %q is unknown: write staged, current or retired", e.State))
		case e.Changed.IsZero():
			return e.wrong("it does not say since when it has its state")
		}
		seen[e.ID] = true
		if e.State == Current {
			signing++
		}
	}
	if signing > 1 {
		return errors.New("more than one key is current")
	}
	return nil
}

// writeEntries replaces the file as a whole: who reads it meanwhile, or after a
// crash, finds the old one or the new one. CreateTemp makes files that only
// their owner can read.
func writeEntries(path string, all entries) error {
	if err := all.check(); err != nil {
		return err
	}
	text, err := json.MarshalIndent(keyDocument{Keys: all}, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".keys-*")
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return syncFolder(filepath.Dir(path))
}
