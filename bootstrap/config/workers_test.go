package config

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWorkersAreSizedToCoresAndMemory(t *testing.T) {
	for _, c := range []struct {
		setting string
		cores   int
		memory  uint64
		want    int
	}{
		{"argon2", 8, 0, 8},
		{"argon2", 8, 16 << 30, 8},
		{"argon2", 8, 256 << 20, 6},              // 19 MiB each in 128
		{"argon2", 8, 16 << 20, 1},               // somebody must be able to sign in
		{"pbkdf2_sha256", 8, 256 << 20, 8},       // takes no memory
		{"argon2:m=102400", 8, 512 << 20, 2},     // 100 MiB each in 256
		{"pbkdf2_sha256,scrypt", 8, 64 << 20, 2}, // 16 MiB each in 32: some account may have it
	} {
		hashers := env(t, "PASSWORD_HASHERS="+c.setting).Passwords.Hashers
		require.Equal(t, c.want, hashers.workers(c.cores, c.memory), "%+v", c)
	}
}

func TestTheQueueFollowsTheWorkers(t *testing.T) {
	require.Equal(t, 32*3, env(t, "HASH_WORKERS=3").Passwords.Queue)
	require.Equal(t, 7, env(t, "HASH_WORKERS=3", "HASH_QUEUE=7").Passwords.Queue)
	require.LessOrEqual(t, env(t).Passwords.Workers, runtime.GOMAXPROCS(0))
}
