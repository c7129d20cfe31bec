package system

import (
	"bytes"
	"io/fs"
	"math"
	"os"
	"runtime/debug"
	"strconv"
)

// MemoryLimit returns how many bytes this process may take: the least of what Go was told
// (GOMEMLIMIT), what its container may have, and what the machine has. It is 0 where nothing
// tells.
func MemoryLimit() uint64 {
	limit := memoryOf(os.DirFS("/"))
	// A negative limit changes nothing; the default is beyond any memory.
	if told := debug.SetMemoryLimit(-1); told < math.MaxInt64 {
		limit = least(limit, uint64(told)) //nolint:gosec // never below zero
	}
	return limit
}

// memoryOf reads what Linux tells of a container's memory (control groups of version 2 and 1, as a
// container sees its own) and of the machine's.
func memoryOf(root fs.FS) (limit uint64) {
	for _, file := range []string{"sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, err := fs.ReadFile(root, file)
		if err != nil {
			continue
		}
		// "max" is no number, and no limit.
		if bytes, err := strconv.ParseUint(string(bytes.TrimSpace(text)), 10, 64); err == nil {
			limit = least(limit, bytes)
		}
	}
	return least(limit, machineMemory(root))
}

// machineMemory reads "MemTotal:  16384 kB".
func machineMemory(root fs.FS) uint64 {
	text, err := fs.ReadFile(root, "proc/meminfo")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(text) {
		words := bytes.Fields(line)
		if len(words) < 2 || string(words[0]) != "MemTotal:" {
			continue
		}
		kilobytes, _ := strconv.ParseUint(string(words[1]), 10, 53)
		return kilobytes << 10
	}
	return 0
}

// least leaves out what is not known.
func least(a, b uint64) uint64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
