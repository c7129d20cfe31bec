package bootstrap

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"latchkey/application/ports"
	"latchkey/domain/secret"
)

// secretKeyFile holds the generated key, in the data folder.
const secretKeyFile = "secret_key"

const (
	secretKeyLength   = 64
	secretKeyAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)

// keptKey returns the key in the data folder; the first start makes it. Only its
// owner can read it: who has the key can sign in as anybody.
func keptKey(dir string, random ports.Random) (secret.String, error) {
	path := filepath.Join(dir, secretKeyFile)
	key, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return secret.String{}, fmt.Errorf("make the data folder: %w", err)
	}
	if err := writeKey(dir, path, random.Text(secretKeyLength, secretKeyAlphabet)); err != nil {
		return secret.String{}, fmt.Errorf("keep the generated secret key: %w", err)
	}
	return readKey(path)
}

func readKey(path string) (secret.String, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return secret.String{}, err
	}
	key := strings.TrimSpace(string(content))
	if len(key) < secretKeyLength {
		return secret.String{}, fmt.Errorf("%s is not a generated key: restore it, or delete it to have a new one made, which signs everybody out", path)
	}
	return secret.New(key), nil
}

// writeKey puts the whole key in place at once, unless another process has done
// so first: two starters must not sign with different keys.
func writeKey(dir, path, key string) error {
	file, err := os.CreateTemp(dir, secretKeyFile+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	if _, err := file.WriteString(key + "\n"); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
