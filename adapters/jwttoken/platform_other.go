//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package jwttoken

import (
	"fmt"
	"os"
)

// checkPrivate takes every file: its mode says nothing here about who can read it.
func checkPrivate(*os.File) error { return nil }

// lock makes the lock file, which must not exist, and removes it at the end.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("another command changes the keys; if none runs, remove %s: %w", path, err)
	}
	return func() {
		_ = file.Close()
		_ = os.Remove(path)
	}, nil
}

// syncFolder does nothing: folders cannot be synced here.
func syncFolder(string) error { return nil }
