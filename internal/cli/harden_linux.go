package cli

import "syscall"

// Harden keeps the process's memory, in which a key is, to itself: no core file
// is written of it, and no other process of the same user may attach to it.
// Where the system does not allow that, the program works all the same.
func Harden() {
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_DUMPABLE, 0, 0)
}
