//go:build !linux

package passwordhash

// stepBack does nothing: priorities of threads are Linux's.
func stepBack() {}
