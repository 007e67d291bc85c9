package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// limits runs the program at three limits. The gateway's own ledger says when
// each request reached it.
func limits(b *bench) (string, error) {
	t := table{head: []string{"limit per second", "reached", "of the limit", "most sent in any one second", "most the gateway saw in one", "CPU in the median second, of one core", "in the whole run"}}
	for _, limit := range []int{50, 200, 1000} {
		reached, most, r, err := b.atLimit(limit)
		if err != nil {
			return "", err
		}
		sent, err := b.sentAt(limit, limit*int(b.limitFor/time.Second))
		if err != nil {
			return "", err
		}
		if len(r.Seconds) == 0 {
			return "", errors.New("the kernel does not say what the program took in a second")
		}
		whole := r.CPU.Seconds() / r.Whole.Seconds()
		t.add(number(float64(limit)), fmt.Sprintf("%.1f", reached), percent(reached/float64(limit)), number(float64(sent)), number(float64(most)),
			percent(median(r.Seconds)), percent(whole))
	}
	return fmt.Sprintf("%v at each limit, %d workers, (goal: ≥ 98 %% reached, as the gateway saw it; never more than the limit in any second at the point of sending; CPU at 200 per second under 10 %% of one core). The median second is one of completing; the whole run has the start, reading the file and writing two results files in it too.\n\n%s",
		b.limitFor, workers, t), nil
}

func (b *bench) atLimit(limit int) (reached float64, most int, r run, err error) {
	rows := limit * int(b.limitFor/time.Second)
	file, err := b.makeFile(rows, "csv")
	if err != nil {
		return 0, 0, r, err
	}
	dir, err := b.scratch("limit")
	if err != nil {
		return 0, 0, r, err
	}
	defer os.RemoveAll(dir)
	g, err := b.startGateway(filepath.Join(dir, "ledger"))
	if err != nil {
		return 0, 0, r, err
	}
	r, err = b.complete(g, file, filepath.Join(dir, "run.db"), rows, "--rate", strconv.Itoa(limit), "--workers", strconv.Itoa(workers))
	if stopped := g.stop(); err == nil {
		err = stopped
	}
	if err != nil {
		return 0, 0, r, err
	}
	times, err := g.arrivals()
	if err != nil {
		return 0, 0, r, err
	}
	took := times[len(times)-1].Sub(times[0])
	return float64(len(times)-1) / took.Seconds(), mostWithin(times, time.Second), r, nil
}

// mostWithin gives the greatest number of moments within any stretch of that
// length; two that are exactly that far apart are not within one.
func mostWithin(times []time.Time, stretch time.Duration) int {
	most, first := 0, 0
	for i, at := range times {
		for at.Sub(times[first]) >= stretch {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}
