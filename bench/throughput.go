package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/ums"
)

// workers is how many requests are in flight where nothing else limits.
const workers = 64

// unlimited puts the rate limit out of the way.
const unlimited = 100_000

// run is what one `batchcomplete run` came to.
type run struct {
	usage
	Whole      time.Duration // of the process, from its start to its end
	Completing time.Duration // from the first intent to the last outcome
	Rows       int
	checkpoint string
}

func (r run) perSecond() float64 { return float64(r.Rows) / r.Completing.Seconds() }

// start runs the program over a file against a gateway.
func (b *bench) start(g *gateway, file, db string, args ...string) (usage, error) {
	args = append([]string{"run", file, "--env", "test", "--base-url", g.url, "--db", db, "--out", filepath.Dir(db), "--yes", "--json"}, args...)
	cmd := exec.Command(b.program, args...)
	cmd.Env = append(os.Environ(), g.env...)
	return measured(cmd)
}

// complete runs the program with a checkpoint of its own, and makes sure that
// every row was completed.
func (b *bench) complete(g *gateway, file, db string, rows int, args ...string) (run, error) {
	u, err := b.start(g, file, db, args...)
	if err != nil {
		return run{}, err
	}
	r := run{usage: u, Whole: u.Wall, Rows: rows, checkpoint: db}
	var said struct{ First, Last time.Time }
	if _, err := b.child(&said, "span", db, strconv.Itoa(rows)); err != nil {
		return r, err
	}
	r.Completing = said.Last.Sub(said.First)
	return r, nil
}

// childSpan: span CHECKPOINT ROWS. It prints when the first intent and the last
// outcome of the batch's rows were written, and fails where one is not completed.
func childSpan(args []string) error {
	ctx := context.Background()
	db, err := checkpoint.OpenRead(ctx, args[0])
	if err != nil {
		return err
	}
	defer db.Close()
	var said struct{ First, Last time.Time }
	completed := 0
	err = db.Each(ctx, checkpoint.Filter{States: []batch.State{batch.Completed}}, func(row batch.Row) error {
		completed++
		if said.First.IsZero() || row.SentAt.Before(said.First) {
			said.First = row.SentAt
		}
		if row.UpdatedAt.After(said.Last) {
			said.Last = row.UpdatedAt
		}
		return nil
	})
	if err != nil {
		return err
	}
	if strconv.Itoa(completed) != args[1] {
		return fmt.Errorf("%d rows are completed, not %s", completed, args[1])
	}
	return json.NewEncoder(os.Stdout).Encode(said)
}

// throughput runs the bare loop and the program in turns.
func throughput(b *bench) (string, error) {
	file, err := b.makeFile(b.throughput, "csv")
	if err != nil {
		return "", err
	}
	var ratios, bare, ours, bareCPU, ourCPU, peak []float64
	for range b.turns {
		rate, u, err := b.bareLoop(b.throughput)
		if err != nil {
			return "", err
		}
		r, err := b.freshRun(file, b.throughput, "--rate", strconv.Itoa(unlimited), "--workers", strconv.Itoa(workers))
		if err != nil {
			return "", err
		}
		n := float64(b.throughput)
		bare, bareCPU = append(bare, rate), append(bareCPU, float64(u.CPU.Microseconds())/n)
		ours, ourCPU = append(ours, r.perSecond()), append(ourCPU, float64(r.CPU.Microseconds())/n)
		ratios, peak = append(ratios, r.perSecond()/rate), append(peak, mebibytes(r.Peak))
		fmt.Fprintf(os.Stderr, "          bare loop %.0f rows/s, program %.0f rows/s = %.2f; whole run %v\n", rate, r.perSecond(), r.perSecond()/rate, r.Whole.Round(time.Millisecond))
	}
	t := table{head: []string{"", "rows/s", "CPU per row", "peak memory"}}
	t.add("bare loop, the same client, no journal", number(median(bare)), micro(median(bareCPU)), "")
	t.add("batchcomplete run, from the first intent to the last outcome", number(median(ours)), micro(median(ourCPU)), mib(median(peak)))
	return fmt.Sprintf("%d rows of CSV, `--rate %d --workers %d`, %d turns; the CPU is that of the whole process, with reading the file and writing two results files.\n\n%s\nOf the bare loop, turn by turn: %s; **median %.2f** (goal ≥ 0.6, aim 0.8).\n",
		b.throughput, unlimited, workers, b.turns, t, list(ratios, "%.2f"), median(ratios)), nil
}

// freshRun runs the program once against a gateway and with a checkpoint of its
// own.
func (b *bench) freshRun(file string, rows int, args ...string) (run, error) {
	dir, err := b.scratch("run")
	if err != nil {
		return run{}, err
	}
	defer os.RemoveAll(dir)
	g, err := b.startGateway("")
	if err != nil {
		return run{}, err
	}
	defer g.stop()
	return b.complete(g, file, filepath.Join(dir, "run.db"), rows, args...)
}

// bareLoop completes n bills as a child and gives its rows per second.
func (b *bench) bareLoop(n int) (float64, usage, error) {
	g, err := b.startGateway("")
	if err != nil {
		return 0, usage{}, err
	}
	defer g.stop()
	var perSecond float64
	u, err := b.child(&perSecond, "loop", g.with(strconv.Itoa(n))...)
	return perSecond, u, err
}

// childLoop: loop URL APPID APPKEY N. What anybody would write who wants nothing
// but speed: the program's own client, goroutines, and no memory of anything.
func childLoop(args []string) error {
	n, err := strconv.Atoi(args[3])
	if err != nil {
		return err
	}
	client, err := clientOf(args, ums.Config{Rate: unlimited})
	if err != nil {
		return err
	}
	defer client.Close()
	var next, completed atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range workers {
		all.Go(func() {
			for i := int(next.Add(1)); i <= n; i = int(next.Add(1)) {
				row := batch.Row{Bill: billOf(i)}
				row.OrderID = batch.OrderID("test", "", row.Identity(), 0)
				if client.Complete(context.Background(), row.Completion()).Outcome == ums.Completed {
					completed.Add(1)
				}
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	if got := completed.Load(); got != int64(n) {
		return fmt.Errorf("%d of %d were completed", got, n)
	}
	return json.NewEncoder(os.Stdout).Encode(float64(n) / took.Seconds())
}
