package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"batchcomplete/internal/cli"
	"batchcomplete/internal/sandbox"
)

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
