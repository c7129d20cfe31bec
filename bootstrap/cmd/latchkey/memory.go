package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"latchkey/bootstrap/config"
)

const (
	// garbagePercent lets the heap, which has some 4 MiB, grow to three times of what is
	// in use. With Go's 100 a sixth of what a request cost was collecting garbage.
	garbagePercent = 200
	// roomy is the memory in bytes that the service keeps to, beside its hashes, unless
	// more than half of it is in use.
	roomy = 32 << 20
	// garbageOfHashes is how much of what hashes have left behind may lie about, in percent
	// of what all hashes at once take. With a hundred more, logins are a tenth
	// faster; with none, they and the slowest requests beside them take half as long again,
	// for each hash then looks for garbage and fetches its memory from the system.
	garbageOfHashes = 150
	// remeasure is how soon the service takes more when it needs it.
	remeasure = time.Second
)

// keepMemorySmall limits what is taken for garbage until ctx ends. A hash by argon2
// takes 19 MiB, all of it garbage afterwards, which Go would let grow to three times what
// is in use. The variables GOGC and GOMEMLIMIT win.
func keepMemorySmall(ctx context.Context, cfg config.Config) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(garbagePercent)
	hashes := int64(cfg.Passwords.Workers) * int64(cfg.Passwords.Hashers.Memory()) //nolint:gosec // some gigabytes at most
	debug.SetMemoryLimit(memoryLimit(0, hashes))
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(remeasure):
				debug.SetMemoryLimit(memoryLimit(inUse(), hashes))
			}
		}
	}()
}

// memoryLimit grows with what is in use: a fixed one would have a service with many
// clients do nothing but look for garbage.
func memoryLimit(used, hashes int64) int64 {
	return max(roomy, 2*(used-hashes)) + hashes + hashes*garbageOfHashes/100
}

// inUse is what the last collection of garbage left, and what is taken beside the heap.
func inUse() int64 {
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(samples)
	var used int64
	for _, sample := range samples {
		if sample.Value.Kind() == metrics.KindUint64 {
			used += int64(sample.Value.Uint64()) //nolint:gosec // bytes of one process
		}
	}
	return used
}
