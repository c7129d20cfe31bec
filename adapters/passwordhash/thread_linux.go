package passwordhash

import "syscall"

// politeness is how much nicer a hashing thread is than the others. Five steps are a
// third of the weight: whoever asks who he is overtakes those who sign in, and
// a flood of such questions leaves a quarter of a busy core to them.
const politeness = 5

// stepBack lets the calling thread's work wait for that of other threads. Where the
// system refuses, passwords are hashed all the same.
func stepBack() {
	raw, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0)
	if err != nil {
		return
	}
	nice := 20 - raw // as the kernel returns it
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, min(nice+politeness, 19))
}
