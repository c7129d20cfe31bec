//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package jwttoken

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// checkPrivate refuses a file that others can read, for they could sign, and a
// folder that others can write, for they could put a file of their own there.
func checkPrivate(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("key file %s: it is no ordinary file", file.Name())
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("key file %s: others than its owner may use it (mode %04o); run chmod 600 on it", file.Name(), mode)
	}
	folder, err := os.Stat(filepath.Dir(file.Name()))
	if err != nil {
		return err
	}
	if mode := folder.Mode().Perm(); mode&0o022 != 0 {
		return fmt.Errorf("key file %s: others may write into its folder (mode %04o); run chmod 700 on the folder", file.Name(), mode)
	}
	return nil
}

// lock waits until no other process holds the lock file. The lock ends with a
// process that dies; the file stays.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), file.Close())
	}
	return func() { _ = file.Close() }, nil
}

// syncFolder makes a rename in the folder survive a crash.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
