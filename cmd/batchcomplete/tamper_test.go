package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"batchcomplete/internal/cli"
	"batchcomplete/internal/sandbox"
)

// TestACheckpointWithAChangedRowSendsNothing: its rules were taken away, a row was
// changed, and the rules were put back as they were.
func TestACheckpointWithAChangedRowSendsNothing(t *testing.T) {
	first := t.TempDir()
	input := manyBills(t, first, "BILLS", 3, plainAmount)
	gone := startGateway(t, sandbox.Options{})
	args := at(first, gone)
	gone.Close() // every row stays pending, with attempts
	call(t, append([]string{"run", input, "--stop-after-failures", "1", "--workers", "1"}, args...)...).want(t, cli.Brake)
	for name, change := range map[string]string{
		"an amount":                `UPDATE row SET amount_fen = amount_fen + 1 WHERE id = 1`,
		"an authorisation code":    `UPDATE row SET auth_code = '999999' WHERE id = 1`,
		"a merchant":               `UPDATE row SET mid = '898440355410009' WHERE id = 1`,
		"an order id":              `UPDATE progress SET order_id = 'AAAA0000000000000000000001' WHERE row_id = 1`,
		"a bill that was not sent": `UPDATE row SET amount_fen = 1 WHERE id = (SELECT row_id FROM progress WHERE attempts = 0)`,
		"an attempt's time":        `UPDATE attempt SET at = at + 1 WHERE row_id = 1`,
		"an attempt is gone":       `DELETE FROM attempt WHERE row_id = 1 AND n = 1`,
		"what was answered":        `UPDATE answer SET code = 'SUCCESS' WHERE row_id = 1`,
		"an answer is gone":        `DELETE FROM answer WHERE row_id = 1 AND n = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, suffix := range []string{"", ".anchor"} {
				text, err := os.ReadFile(filepath.Join(first, "test.db"+suffix))
				if err != nil {
					t.Fatal(err)
				}
				put(t, filepath.Join(dir, "test.db"+suffix), string(text))
			}
			tamper(t, filepath.Join(dir, "test.db"), change)
			server := startGateway(t, sandbox.Options{})
			o := call(t, append([]string{"run", input}, at(dir, server)...)...).want(t, cli.Failed)
			if !strings.Contains(o.errors, "no longer what was recorded") || !strings.Contains(o.errors, "BILLS") {
				t.Errorf("%s", o.errors)
			}
			if n := len(server.Ledger()); n > 0 {
				t.Errorf("%d bills were completed", n)
			}
		})
	}
}

// TestAChangedRowThatWasDeclinedIsNotSentOnceMore: whoever retries is shown what
// the checkpoint says, and it says another amount now.
func TestAChangedRowThatWasDeclinedIsNotSentOnceMore(t *testing.T) {
	dir := t.TempDir()
	input := manyBills(t, dir, "BILLS", 2, plainAmount)
	server := startGateway(t, sandbox.Options{Behaviour: func(r sandbox.Request) sandbox.Fault {
		if r.Operation == sandbox.Completion {
			return sandbox.Named("NO_BILL")
		}
		return sandbox.Fault{}
	}})
	call(t, append([]string{"run", input}, at(dir, server)...)...).want(t, cli.Differences)
	tamper(t, filepath.Join(dir, "test.db"), `UPDATE row SET amount_fen = 1 WHERE id = 2`)
	good := startGateway(t, sandbox.Options{})
	if o := call(t, append([]string{"retry", "--code", "NO_BILL"}, at(dir, good)...)...).want(t, cli.Failed); !strings.Contains(o.errors, "no longer what was recorded") {
		t.Errorf("%s", o.errors)
	}
	if n := len(good.Ledger()); n > 0 {
		t.Errorf("%d bills were completed", n)
	}
}

// tamper changes a checkpoint past its rules, and leaves these as they were.
func tamper(t *testing.T, path, change string) {
	t.Helper()
	pool, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	rows, err := pool.Query("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
	if err != nil {
		t.Fatal(err)
	}
	triggers := map[string]string{}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		triggers[name] = text
	}
	statements := []string{change}
	for name, text := range triggers {
		statements = append([]string{"DROP TRIGGER " + name}, append(statements, text)...)
	}
	for _, statement := range statements {
		done, err := pool.Exec(statement)
		if err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		if n, err := done.RowsAffected(); statement == change && (err != nil || n == 0) {
			t.Fatalf("%s changed nothing, %v", change, err)
		}
	}
}
