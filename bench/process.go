package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// usage is what a process took, by the operating system's account.
type usage struct {
	Wall time.Duration
	CPU  time.Duration // user and system
	Peak int64         // resident set, in bytes
	// Seconds has what share of a core it took in each second.
	Seconds []float64
}

// measured runs a command to its end. It fails where the command's exit code is
// not one of ok.
func measured(cmd *exec.Cmd, ok ...int) (usage, error) {
	var errs bytes.Buffer
	cmd.Stderr = &errs
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return usage{}, fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
	}
	ended, watched := make(chan struct{}), make(chan []float64)
	go func() { watched <- shares(cmd.Process.Pid, ended) }()
	err := cmd.Wait()
	u := usage{Wall: time.Since(began)}
	close(ended)
	u.Seconds = <-watched
	if cmd.ProcessState == nil || !slices.Contains(append(ok, 0), cmd.ProcessState.ExitCode()) {
		return u, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, errs.String())
	}
	u.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if account, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.Peak = account.Maxrss * 1024
	}
	return u, nil
}

// child runs one of this program's tasks in a process of its own, and decodes
// the JSON that it prints into result, where there is one.
func (b *bench) child(result any, task string, args ...string) (usage, error) {
	self, err := os.Executable()
	if err != nil {
		return usage{}, err
	}
	cmd := exec.Command(self, append([]string{task}, args...)...)
	var out bytes.Buffer
	cmd.Stdout = &out
	u, err := measured(cmd)
	if err != nil || result == nil {
		return u, err
	}
	return u, json.Unmarshal(out.Bytes(), result)
}

// cpuOfSelf is what this process has used of CPU so far.
func cpuOfSelf() time.Duration {
	var account syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &account); err != nil {
		panic(err) // it has no other way to fail than a wrong argument
	}
	return time.Duration(account.Utime.Nano() + account.Stime.Nano())
}

// median of some numbers; of an even count, the lower of the two in the middle.
func median[T interface {
	~int | ~int64 | ~float64
}](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}
