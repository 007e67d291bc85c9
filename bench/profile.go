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
	if _, err := b.child(nil, "profiled", g.url, g.setting("UMS_APP_ID"), g.setting("UMS_APP_KEY"), filepath.Join(dir, "run.db"), strconv.Itoa(b.throughput), out); err != nil {
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
	n, err := strconv.Atoi(args[4])
	if err != nil {
		return err
	}
	db, err := open(args[3])
	if err != nil {
		return err
	}
	defer db.Close()
	if err := fillWith(db, "bills.csv", n); err != nil {
		return err
	}
	client, err := ums.New(ums.Config{BaseURL: args[0], AppID: args[1], AppKey: ums.NewSecret(args[2]), Rate: unlimited})
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
