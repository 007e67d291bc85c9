//go:build linux

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"testing"
)

// TestTheProgramIsHardenedBeforeItReadsAnything looks at the program as it runs:
// no core file may be written of it, and what /proc shows of its memory and its
// first environment belongs to root, and not to the user that it runs under.
func TestTheProgramIsHardenedBeforeItReadsAnything(t *testing.T) {
	bin, _ := programs(t)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &limit); err != nil || limit.Max == 0 {
		t.Skip("no core file is written of anything here")
	}
	cmd := exec.Command("/bin/sh", "-c", `ulimit -c 1 && exec "$0" sandbox --listen 127.0.0.1:0`, bin)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	if !bufio.NewScanner(out).Scan() {
		t.Fatal("the sandbox does not start")
	}
	proc := fmt.Sprintf("/proc/%d/", cmd.Process.Pid)
	limits, err := os.ReadFile(proc + "limits")
	if err != nil || !regexp.MustCompile(`Max core file size +0 +0 `).Match(limits) {
		t.Errorf("a core file may be written: %v\n%s", err, limits)
	}
	info, err := os.Stat(proc + "environ")
	if err != nil || info.Sys().(*syscall.Stat_t).Uid != 0 {
		t.Errorf("its environment belongs to its user: %v, %v", info, err)
	}
}
