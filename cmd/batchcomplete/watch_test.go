package main

import (
	"bufio"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/sandbox"
	"batchcomplete/internal/ums"
)

// TestWatchingARunDoesNotDisturbIt has the gateway hold back its answers until
// the watcher has seen the run in the middle.
func TestWatchingARunDoesNotDisturbIt(t *testing.T) {
	const bills = 60
	dir := t.TempDir()
	var seen sync.Once
	inTheMiddle, goOn := make(chan struct{}), make(chan struct{})
	var mu sync.Mutex
	sends := 0
	server := startGateway(t, sandbox.Options{AcceptTwice: true, Behaviour: func(r sandbox.Request) sandbox.Fault {
		if r.Operation == sandbox.Completion {
			mu.Lock()
			sends++
			n := sends
			mu.Unlock()
			if n > 20 {
				seen.Do(func() { close(inTheMiddle) })
				<-goOn
			}
		}
		return sandbox.Fault{}
	}})
	input := manyBills(t, dir, "WATCH", bills, plainAmount)
	ran := make(chan outcome)
	args := append([]string{"run", input, "--json"}, at(dir, server)...)
	args = append(args, "--timeout", "60s")
	go func() { ran <- call(t, args...) }()
	<-inTheMiddle
	lines, out := io.Pipe()
	watched := make(chan cli.Code)
	go func() {
		w := cli.World{Args: []string{"status", "--watch", "--every", "20ms", "--json", "--env", "test", "--db", filepath.Join(dir, "test.db")},
			Getenv: func(string) string { return "" }, Stdin: strings.NewReader(""), Stdout: out, Stderr: io.Discard, Now: time.Now}
		code := Run(w)
		_ = out.Close()
		watched <- code
	}()
	var completed []int
	for scanner := bufio.NewScanner(lines); scanner.Scan(); {
		var r jsonReport
		if err := json.Unmarshal(scanner.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		completed = append(completed, r.States[batch.Completed].Rows)
		if len(completed) == 3 {
			close(goOn)
		}
	}
	if code := <-watched; code != cli.OK {
		t.Errorf("watching ended with %d", code)
	}
	if len(completed) < 4 || completed[0] >= bills || completed[len(completed)-1] != bills {
		t.Errorf("it saw %v", completed)
	}
	r := (<-ran).want(t, cli.OK).json(t)
	if r.States[batch.Completed].Rows != bills || len(server.Ledger()) != bills {
		t.Errorf("%+v", r.States)
	}
}

func TestProgressCountsRowsMoneyAndDoubtsOnce(t *testing.T) {
	p := &progress{app: appFor(t), total: 5}
	row := batch.Row{Bill: batch.Bill{Amount: 100}}
	for _, s := range []batch.Step{
		{Row: row, From: batch.Sending, To: batch.Completed},
		{Row: row, From: batch.Sending, To: batch.Declined},
		{Row: row, From: batch.Sending, To: batch.Pending},
		{Row: row, From: batch.Sending, To: batch.Unknown},
		{Row: row, From: batch.Unknown, To: batch.Unknown, Query: true},
		{Row: row, From: batch.Unknown, To: batch.Completed, Query: true},
		{Row: row, From: batch.Completed, To: batch.Completed, Query: true, Answer: ums.Answer{}},
	} {
		p.observe(s)
	}
	if p.done != 3 || p.doubtful != 0 || p.completed != 200 {
		t.Errorf("done %d, doubtful %d, completed %v", p.done, p.doubtful, p.completed)
	}
}

func TestTheRateAndTheTimeLeft(t *testing.T) {
	for _, c := range []struct {
		done, total int
		elapsed     time.Duration
		rate        string
		left        time.Duration
	}{
		{0, 100, time.Minute, "0.0", 0}, {50, 100, 10 * time.Second, "5.0", 10 * time.Second}, {1, 61, 10 * time.Second, "0.1", 10 * time.Minute},
		{100, 100, 8 * time.Second, "12.5", 0}, {105, 100, 10 * time.Second, "10.5", 0}, {5, 10, 0, "0.0", 0}, {-1, 10, time.Second, "0.0", 0},
	} {
		rate, left := pace(c.done, c.total, c.elapsed)
		if rate != c.rate || left != c.left {
			t.Errorf("%d of %d in %v: %s, %v", c.done, c.total, c.elapsed, rate, left)
		}
	}
}
