package system

import (
	"runtime/debug"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestTheLeastMemoryThatAnybodyTellsOfIsTheLimit(t *testing.T) {
	const v2, v1, machine = "sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes", "proc/meminfo"
	for name, c := range map[string]struct {
		files map[string]string
		want  uint64
	}{
		"nothing tells":              {nil, 0},
		"the machine":                {map[string]string{machine: "MemFree:  1 kB\nMemTotal:       16384 kB\nMemTotal: 1 kB\n"}, 16 << 20},
		"a container":                {map[string]string{machine: "MemTotal: 16384 kB\n", v2: "1048576\n"}, 1 << 20},
		"a container of an old kind": {map[string]string{machine: "MemTotal: 16384 kB\n", v1: "2097152\n"}, 2 << 20},
		"one without a limit":        {map[string]string{machine: "MemTotal: 16384 kB\n", v2: "max\n"}, 16 << 20},
		"an old one without a limit": {map[string]string{machine: "MemTotal: 16384 kB\n", v1: "9223372036854771712\n"}, 16 << 20},
		"only a container":           {map[string]string{v2: "1048576\n"}, 1 << 20},
		"nonsense":                   {map[string]string{machine: "MemTotal:\nMemTotal: x kB\n", v2: "-1"}, 0},
	} {
		root := fstest.MapFS{}
		for file, text := range c.files {
			root[file] = &fstest.MapFile{Data: []byte(text)}
		}
		require.Equal(t, c.want, memoryOf(root), name)
	}
}

func TestWhatGoWasToldIsALimit(t *testing.T) {
	before := debug.SetMemoryLimit(1 << 20)
	defer debug.SetMemoryLimit(before)
	require.EqualValues(t, 1<<20, MemoryLimit())
	require.EqualValues(t, 1<<20, debug.SetMemoryLimit(-1), "looking changes nothing")
}
