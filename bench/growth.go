package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// growth runs the program over ever larger files.
func growth(b *bench) (string, error) {
	t := table{head: []string{"rows of CSV", "whole run", "per row", "completing, rows/s", "CPU per row", "peak memory", "checkpoint, bytes per row"}}
	var points []point
	for _, n := range b.growth {
		file, err := b.makeFile(n, "csv")
		if err != nil {
			return "", err
		}
		r, size, err := b.sizedRun(file, n)
		if err != nil {
			return "", err
		}
		t.add(number(float64(n)), r.Whole.Round(10*time.Millisecond).String(), micro(r.Whole.Seconds()*1e6/float64(n)), number(r.perSecond()),
			micro(r.CPU.Seconds()*1e6/float64(n)), mib(mebibytes(r.Peak)), number(float64(size)/float64(n)))
		fmt.Fprintf(os.Stderr, "          %s rows in %v\n", number(float64(n)), r.Whole.Round(time.Second))
		points = append(points, point{float64(n), r.Whole.Seconds(), mebibytes(r.Peak)})
		if n > 100_000 {
			os.Remove(file)
		}
	}
	if err := b.plot(points); err != nil {
		return "", err
	}
	return fmt.Sprintf("CSV in, a workbook and CSV out, `--rate %d --workers %d` (goal: time linear in rows; ≤ 150 MiB at 1,000,000).\n\n%s\n![Time and memory by rows](performance.svg)\n", unlimited, workers, t), nil
}

// workbook measures the memory of a run over a large workbook.
func workbook(b *bench) (string, error) {
	file, err := b.makeFile(b.xlsx, "xlsx")
	if err != nil {
		return "", err
	}
	r, _, err := b.sizedRun(file, b.xlsx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s rows of XLSX in and out: peak memory **%s** (goal ≤ 450 MiB at 1,000,000), %v, %s of CPU per row.\n",
		number(float64(b.xlsx)), mib(mebibytes(r.Peak)), r.Whole.Round(100*time.Millisecond), micro(r.CPU.Seconds()*1e6/float64(b.xlsx))), nil
}

// checking measures check, which reads as run does and keeps nothing.
func checking(b *bench) (string, error) {
	dir, err := b.scratch("check")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	t := table{head: []string{"rows", "time", "CPU per row", "peak memory"}}
	for _, extension := range []string{"csv", "xlsx"} {
		file, err := b.makeFile(b.xlsx, extension)
		if err != nil {
			return "", err
		}
		u, err := measured(exec.Command(b.program, "check", file, "--env", "sandbox", "--db", filepath.Join(dir, "none.db"), "--json"))
		if err != nil {
			return "", err
		}
		t.add(number(float64(b.xlsx))+" of "+strings.ToUpper(extension), u.Wall.Round(100*time.Millisecond).String(),
			micro(u.CPU.Seconds()*1e6/float64(b.xlsx)), mib(mebibytes(u.Peak)))
	}
	return "`check`, with no problem in the file, once.\n\n" + t.String(), nil
}

// sizedRun runs the program over a file and gives the size of its checkpoint too.
func (b *bench) sizedRun(file string, n int) (run, int64, error) {
	dir, err := b.scratch("growth")
	if err != nil {
		return run{}, 0, err
	}
	defer os.RemoveAll(dir)
	g, err := b.startGateway("")
	if err != nil {
		return run{}, 0, err
	}
	defer g.stop()
	r, err := b.complete(g, file, dir+"/run.db", n, "--rate", strconv.Itoa(unlimited), "--workers", strconv.Itoa(workers))
	if err != nil {
		return r, 0, err
	}
	info, err := os.Stat(r.checkpoint)
	if err != nil {
		return r, 0, err
	}
	return r, info.Size(), nil
}
