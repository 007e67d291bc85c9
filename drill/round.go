package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"batchcomplete/internal/sheet"
)

// round is a number of kills over one checkpoint.
type round struct {
	dir, bin string
	random   *rand.Rand
	twice    bool
	kills    int
	seed     uint64

	gateway *gateway
	inputs  []input
	score   score
}

// input is a file of bills.
type input struct {
	path  string
	lines int
}

func (r *round) live() (*score, error) {
	began := time.Now()
	if err := os.MkdirAll(filepath.Join(r.dir, "out"), 0o700); err != nil {
		return nil, err
	}
	var err error
	if r.gateway, err = startGateway(filepath.Join(r.dir, "ledger"), r.twice, r.seed); err != nil {
		return nil, err
	}
	for n := range r.kills {
		if n%3 == 0 {
			if err := r.makeInput(n); err != nil {
				return nil, err
			}
		}
		if err := r.killOnce(); err != nil {
			return nil, err
		}
		r.lookAtResults()
	}
	if err := r.settle(); err != nil {
		return nil, err
	}
	r.lookAtResults()
	if err := r.gateway.stop(); err != nil {
		return nil, err
	}
	if err := r.judge(); err != nil {
		return nil, err
	}
	r.score.took = time.Since(began)
	return &r.score, nil
}

var header = []string{"mid", "tid", "billNo", "billDate", "authIdRespCd", "totalAmount"}

// makeInput writes a file of new bills, with some of an earlier file again, as a
// table of one kind or the other.
func (r *round) makeInput(n int) error {
	rows := [][]string{header}
	bill := func(file, i int) []string {
		return []string{"898440355410001", "40001001", fmt.Sprintf("124F%03d%05d", file, i), "2026-11-20", "012345", fmt.Sprint(1000 + 7*i%900)}
	}
	for i := range 10 + r.random.IntN(120) {
		rows = append(rows, bill(n, i))
	}
	if n > 0 {
		rows = append(rows, bill(n-3, 0), bill(n-3, 1))
		rows[len(rows)-1][5] = "999999" // an edited amount
	}
	path := filepath.Join(r.dir, fmt.Sprintf("bills%d.csv", n))
	write := writeCSV
	if r.random.IntN(2) == 0 {
		path = filepath.Join(r.dir, fmt.Sprintf("bills%d.xlsx", n))
		write = writeBook
	}
	r.inputs = append(r.inputs, input{path, len(rows) - 1})
	return write(path, rows)
}

func writeCSV(path string, rows [][]string) error {
	var text strings.Builder
	for _, row := range rows {
		text.WriteString(strings.Join(row, ",") + "\n")
	}
	return os.WriteFile(path, []byte(text.String()), 0o600)
}

func writeBook(path string, rows [][]string) error {
	book := sheet.NewBook("drill")
	s := book.Sheet("bills", sheet.Layout{Rows: len(rows), Head: 1, Columns: len(header)})
	for _, row := range rows {
		var cells []sheet.Value
		for _, text := range row {
			cells = append(cells, sheet.TextCell(text))
		}
		s.Row(cells...)
	}
	s.Done()
	return book.Save(path)
}

// command is the nightly command over every file so far.
func (r *round) command() *exec.Cmd {
	args := []string{"run"}
	for _, in := range r.inputs {
		args = append(args, in.path)
	}
	args = append(args, "--env", "test", "--base-url", r.gateway.url, "--out", filepath.Join(r.dir, "out"),
		"--rate", "200", "--workers", "8", "--timeout", timeout.String(), "--settle-window", settleWindow.String(),
		"--resolve-for", "10s", "--stop-after-failures", "0", "--yes", "--json", "--log-level", "error")
	return r.call(args...)
}

func (r *round) call(args ...string) *exec.Cmd {
	c := exec.Command(r.bin, append(args, "--db", filepath.Join(r.dir, "drill.db"))...)
	c.Env = append(os.Environ(), "UMS_APP_ID="+appID, "UMS_APP_KEY="+appKey, "LANG=en_US.UTF-8")
	return c
}

// killOnce starts the program and kills it: sometimes at once, sometimes while
// it works, and once in five when it was told to end and has begun to write
// results. One that has come to its end before is started again.
func (r *round) killOnce() error {
	for {
		most := []int{20, 60, 300, 1200, 4000}[r.random.IntN(5)]
		c := r.command()
		r.score.runs++
		if err := c.Start(); err != nil {
			return err
		}
		time.Sleep(time.Duration(r.random.IntN(most*1000)) * time.Microsecond)
		writing := r.random.IntN(5) == 0 && r.untilItWrites(c)
		_ = c.Process.Kill()
		var exit *exec.ExitError
		if err := c.Wait(); errors.As(err, &exit) && !exit.Exited() {
			r.score.kills++
			if writing {
				r.score.writing++
				return nil
			}
			return r.whatTheKillMet()
		}
	}
}

// untilItWrites tells the program to end, and waits for the temporary file of
// its results, and then for a moment more.
func (r *round) untilItWrites(c *exec.Cmd) bool {
	temporary := filepath.Join(r.dir, "out", ".writing-*")
	old, _ := filepath.Glob(temporary) // of runs that were killed
	_ = c.Process.Signal(syscall.SIGTERM)
	for range 3000 {
		if now, _ := filepath.Glob(temporary); len(now) > len(old) {
			time.Sleep(time.Duration(r.random.IntN(3000)) * time.Microsecond)
			return true
		}
		time.Sleep(time.Millisecond)
	}
	return false
}

// settle has the gateway healthy and lets the program come to its end.
func (r *round) settle() error {
	if err := r.gateway.recover(); err != nil {
		return err
	}
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(time.Second) {
		c := r.command()
		r.score.runs++
		out, err := c.Output()
		var exit *exec.ExitError
		if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 3 && exit.ExitCode() != 4) {
			return fmt.Errorf("%w: %s", err, out)
		}
		open, _, err := openRows(out)
		if err != nil {
			return err
		}
		if open == 0 {
			return nil
		}
	}
	return r.score.accuse(&r.score.lost, "rows are still open after two minutes with a healthy gateway")
}

// openRows counts rows in a --json report: those that are not done with, and all.
func openRows(out []byte) (open, all int, err error) {
	var report struct {
		States map[string]struct{ Rows int }
	}
	err = json.Unmarshal(out, &report)
	for state, sum := range report.States {
		all += sum.Rows
		if state == "pending" || state == "sending" || state == "unknown" {
			open += sum.Rows
		}
	}
	return open, all, err
}

// whatTheKillMet looks at the checkpoint that a kill left, without disturbing it.
func (r *round) whatTheKillMet() error {
	expected := 0
	for _, in := range r.inputs {
		expected += in.lines
	}
	out, err := r.call("status", "--env", "test", "--json").Output()
	if err != nil {
		r.score.early++ // there is no checkpoint yet
		return nil
	}
	_, all, err := openRows(out)
	if all < expected {
		r.score.early++
	}
	return err
}
