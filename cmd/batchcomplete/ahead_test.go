package main

import (
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"batchcomplete/internal/cli"
	"batchcomplete/internal/sandbox"
)

// count is a pass that emits 0 to n-1, then ends with an error, or nil; over
// tells that it has ended.
func count(n int, end error, over *bool) func(func(int) error) error {
	return func(emit func(int) error) error {
		defer func() { *over = true }()
		for i := range n {
			if err := emit(i); err != nil {
				return err
			}
		}
		return end
	}
}

func TestAheadHandsEverythingOnInOrderAndTheErrorLast(t *testing.T) {
	damaged := errors.New("damaged")
	for _, n := range []int{0, 1, 255, 256, 257, 5000} {
		for _, end := range []error{nil, damaged} {
			next, over := 0, false
			var got error
			for item, err := range ahead(count(n, end, &over)) {
				switch {
				case got != nil:
					t.Fatalf("of %d items: something came after the error", n)
				case err != nil:
					got = err
				case item != next:
					t.Fatalf("of %d items: %d came in the place of %d", n, item, next)
				default:
					next++
				}
			}
			if next != n || got != end || !over {
				t.Errorf("of %d items %d came, the error is %v and not %v, over %v", n, next, got, end, over)
			}
		}
	}
}

// TestAheadIsOverWhenNoMoreIsTaken: what the pass reads from may be closed then.
func TestAheadIsOverWhenNoMoreIsTaken(t *testing.T) {
	for _, wanted := range []int{1, 256, 700} {
		taken, over := 0, false
		for _, err := range ahead(count(1_000_000, nil, &over)) {
			if taken++; err != nil {
				t.Fatal(err)
			}
			if taken == wanted {
				break
			}
		}
		if !over {
			t.Errorf("the pass goes on after %d items were taken", wanted)
		}
	}
}

// TestAheadStaysWithinItsBounds: a file of any length takes the same memory.
func TestAheadStaysWithinItsBounds(t *testing.T) {
	var emitted atomic.Int64
	taken := int64(0)
	items := ahead(func(emit func(struct{}) error) error {
		for range 50_000 {
			emitted.Add(1)
			if err := emit(struct{}{}); err != nil {
				return err
			}
		}
		return nil
	})
	for range items {
		taken++
		if waiting := emitted.Load() - taken; waiting > 4*256 {
			t.Fatalf("%d items wait after %d were taken", waiting, taken)
		}
	}
}

// TestALongFileIsTakenInWholeOrNotAtAll: what refuses a file may stand at its end,
// when most of it has gone on already.
func TestALongFileIsTakenInWholeOrNotAtAll(t *testing.T) {
	dir, server := t.TempDir(), startGateway(t, sandbox.Options{})
	const n = 1000
	path := manyBills(t, dir, "long", n, plainAmount)
	bills, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{"run", path, "--json"}, at(dir, server)...)
	args = append(args, "--rate", "100000", "--workers", "32")
	if err := os.WriteFile(path, append(bills, "合计,,,,,1,\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	call(t, args...).want(t, cli.Refused)
	if sent := len(server.Ledger()); sent != 0 {
		t.Errorf("%d bills of a refused file were completed", sent)
	}
	if err := os.WriteFile(path, bills, 0o600); err != nil {
		t.Fatal(err)
	}
	r := call(t, args...).want(t, cli.OK).json(t)
	if len(r.Batches) != 1 || r.Batches[0].Rows != n || len(server.Ledger()) != n {
		t.Errorf("%+v, and %d bills were completed", r.Batches, len(server.Ledger()))
	}
	results, err := os.ReadFile(filepath.Join(dir, "long.results.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(results))).ReadAll()
	if err != nil || len(rows) != n+1 {
		t.Fatalf("%d rows came back, %v", len(rows), err)
	}
	given := strings.Split(string(bills), "\n")
	for i, row := range rows[1:] {
		if !strings.HasPrefix(given[i+1], strings.Join(row[:6], ",")) || row[7] != "completed" {
			t.Fatalf("row %d came back as %v", i+1, row)
		}
	}
}
