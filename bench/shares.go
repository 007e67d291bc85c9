package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// shares gives what share of a core a process took in each second until it
// ended, by what the kernel has of its threads. A thread that ends takes its own
// with it; the runtime of Go keeps its threads.
func shares(pid int, ended <-chan struct{}) []float64 {
	var all []float64
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	before, at := onCPU(pid), time.Now()
	for {
		select {
		case <-ended:
			return all
		case <-tick.C:
		}
		now, then := onCPU(pid), time.Now()
		if now > 0 && now >= before { // else it has just ended, or the kernel does not say
			all = append(all, (now-before).Seconds()/then.Sub(at).Seconds())
		}
		before, at = now, then
	}
}

// onCPU is how long a process's threads have been on a core; 0 where the kernel
// does not say.
func onCPU(pid int) (sum time.Duration) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid)) // its only error is of the pattern
	for _, task := range tasks {
		var ns int64
		if text, err := os.ReadFile(task); err == nil {
			fmt.Sscan(string(text), &ns)
		}
		sum += time.Duration(ns)
	}
	return sum
}
