package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strconv"

	"batchcomplete/internal/ums"
)

// profile shows where the program's CPU goes while it completes: the same
// Runner, client and checkpoint, in a child that profiles itself.
func profile(b *bench) (string, error) {
	dir, err := b.scratch("profile")
	if err != nil {
		return "", err
	}
	g, err := b.startGateway("")
	if err != nil {
		return "", err
	}
	defer g.stop()
	out := filepath.Join(dir, "cpu.pprof")
	if _, err := b.child(nil, "profiled", g.with(filepath.Join(dir, "run.db"), strconv.Itoa(b.throughput), out)...); err != nil {
		return "", err
	}
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	top, err := exec.Command("go", "tool", "pprof", "-top", "-cum", "-nodecount=90", self, out).CombinedOutput()
	return "```\n" + string(top) + "```\n", err
}

// childProfiled: profiled URL APPID APPKEY CHECKPOINT N PROFILE
func childProfiled(args []string) error {
	db, _, err := filled(args[3], args[4])
	if err != nil {
		return err
	}
	defer db.Close()
	client, err := clientOf(args, ums.Config{Rate: unlimited})
	if err != nil {
		return err
	}
	defer client.Close()
	f, err := os.Create(args[5])
	if err != nil {
		return err
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return complete(db, client)
}
