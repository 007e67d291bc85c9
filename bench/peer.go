package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// python is Debian's own, whose packages are Debian's.
const python = "/usr/bin/python3"

// peer runs a script of the ordinary kind beside the program, on the same
// workbook, each with everything that it does: reading, completing, writing the
// results workbook.
func peer(b *bench) (string, error) {
	file, err := b.makeFile(b.peer, "xlsx")
	if err != nil {
		return "", err
	}
	var ratios, theirs, ours, theirPeak, ourPeak []float64
	for range b.turns {
		t, err := b.peerRun(file)
		if err != nil {
			return "", err
		}
		r, err := b.freshRun(file, b.peer, "--rate", strconv.Itoa(unlimited), "--workers", strconv.Itoa(workers))
		if err != nil {
			return "", err
		}
		theirs, ours = append(theirs, t.Wall.Seconds()), append(ours, r.Whole.Seconds())
		theirPeak, ourPeak = append(theirPeak, mebibytes(t.Peak)), append(ourPeak, mebibytes(r.Peak))
		ratios = append(ratios, t.Wall.Seconds()/r.Whole.Seconds())
	}
	n := float64(b.peer)
	t := table{head: []string{fmt.Sprintf("%d rows of XLSX, all included", b.peer), "time", "rows/s", "peak memory"}}
	t.add("the script (32 threads, nothing durable)", seconds(median(theirs)), number(n/median(theirs)), mib(median(theirPeak)))
	t.add("batchcomplete run (crash-safe)", seconds(median(ours)), number(n/median(ours)), mib(median(ourPeak)))
	return fmt.Sprintf("%s\nFaster, turn by turn: %s times; **median %.1f** (goal ≥ 6).\n", t, list(ratios, "%.1f"), median(ratios)), nil
}

func (b *bench) peerRun(file string) (usage, error) {
	dir, err := b.scratch("peer")
	if err != nil {
		return usage{}, err
	}
	defer os.RemoveAll(dir)
	g, err := b.startGateway("")
	if err != nil {
		return usage{}, err
	}
	defer g.stop()
	cmd := exec.Command(python, "bench/peer/complete.py", file, filepath.Join(dir, "results.xlsx"), g.url)
	cmd.Env = append(os.Environ(), g.env...)
	return measured(cmd)
}
