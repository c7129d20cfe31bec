package smtpmail

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Dir writes each letter into a folder as a file of its own, <time>-<random>.eml
// in RFC 5322's format, for development and tests. As links are secrets, only
// the owner may read the files.
type Dir struct {
	path, unfinished string
}

var _ Transport = (*Dir)(nil)

// NewDir makes the folder unless it exists. Letters being written are kept in a
// folder below it.
func NewDir(path string) (*Dir, error) {
	unfinished := filepath.Join(path, ".unfinished")
	if err := os.MkdirAll(unfinished, 0o700); err != nil {
		return nil, fmt.Errorf("mail folder: %w", err)
	}
	return &Dir{path: path, unfinished: unfinished}, nil
}

// Deliver writes the letter. A file that can be seen is complete.
func (d *Dir) Deliver(_ context.Context, letter Letter) error {
	m, err := encode(letter)
	if err != nil {
		return err
	}
	name := time.Now().UTC().Format("20060102T150405.000000000") + "-" + rand.Text() + ".eml"
	draft := filepath.Join(d.unfinished, name)
	if err := writeSynced(draft, m.raw); err != nil {
		return &Failure{Stage: "write", Err: errors.Join(err, os.Remove(draft))}
	}
	if err := os.Rename(draft, filepath.Join(d.path, name)); err != nil {
		return &Failure{Stage: "write", Err: err}
	}
	return nil
}

// writeSynced returns when the content is on the disk: the caller forgets the
// mail then.
func writeSynced(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, writeErr := file.Write(content)
	return errors.Join(writeErr, file.Sync(), file.Close())
}
