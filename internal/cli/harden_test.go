//go:build linux

package cli

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestTheProcessKeepsItsMemoryToItself hardens another process, this program's
// own again, so that the tests themselves can still be looked into.
func TestTheProcessKeepsItsMemoryToItself(t *testing.T) {
	if os.Getenv("HARDENED") == "" {
		child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		child.Env = append(os.Environ(), "HARDENED=1")
		if out, err := child.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	Harden()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &limit); err != nil || limit != (syscall.Rlimit{}) {
		t.Errorf("a core file may have %v bytes, %v", limit, err)
	}
	if dumpable, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_GET_DUMPABLE, 0, 0); errno != 0 || dumpable != 0 {
		t.Errorf("dumpable is %d, %v", dumpable, errno)
	}
}
