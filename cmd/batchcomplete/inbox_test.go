package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/sandbox"
)

// callWith is call, with what happens between the two looks at an inbox.
func callWith(t *testing.T, sleep func(time.Duration), args ...string) outcome {
	t.Helper()
	return callIn(t, cli.World{Sleep: sleep, Now: time.Now}, args...)
}

// callAt is call at another time.
func callAt(t *testing.T, now func() time.Time, args ...string) outcome {
	t.Helper()
	return callIn(t, cli.World{Now: now}, args...)
}

func callIn(t *testing.T, w cli.World, args ...string) outcome {
	t.Helper()
	var out, errs bytes.Buffer
	w.Args, w.Stdin, w.Stdout, w.Stderr = args, strings.NewReader(""), &out, &errs
	w.Getenv = func(name string) string { return testEnv[name] }
	return outcome{Run(w), out.String(), errs.String()}
}

// old makes a file one that nobody has written to for an hour.
func old(t *testing.T, path string) {
	t.Helper()
	then := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWhatIsLeftAloneInAnInbox(t *testing.T) {
	for _, c := range []struct {
		name string
		mode fs.FileMode
		read bool
	}{
		{"bills.xlsx", 0, true}, {"账单 (1).CSV", 0, true}, {"old.xls", 0, true}, {"wps.et", 0, true},
		{"~$bills.xlsx", 0, false}, {".~lock.bills.xlsx#", 0, false}, {".bills.xlsx", 0, false}, {"~bills.xlsx", 0, false},
		{"bills.results.xlsx", 0, false}, {"bills.Results.CSV", 0, false}, {"bills.xlsx.part", 0, false}, {"bills.tmp", 0, false},
		{"notes.pdf", 0, false}, {"done", fs.ModeDir, false}, {"link.xlsx", fs.ModeSymlink, false}, {"pipe.csv", fs.ModeNamedPipe, false},
		{"results.xlsx", 0, true},
	} {
		if reason := leftAlone(c.name, c.mode, spreadsheets); (reason == "") != c.read {
			t.Errorf("%s: %q", c.name, reason)
		}
	}
	if leftAlone("bills.txt", 0, nil) != "" {
		t.Error("a pattern says which kinds it means")
	}
	for age, want := range map[time.Duration]bool{0: true, quiet - 1: true, quiet: false, time.Hour: false, -time.Second: true, -time.Hour: false} {
		if fresh(age) != want {
			t.Errorf("age %v: %v", age, !want)
		}
	}
}

func TestAnInboxIsWorkedOffAndOnlyWhatIsReady(t *testing.T) {
	dir := t.TempDir()
	inbox := filepath.Join(dir, "inbox")
	put(t, filepath.Join(inbox, "notes.pdf"), "%PDF-1.7")
	put(t, filepath.Join(inbox, "~$AA.csv"), "lock")
	server := startGateway(t, sandbox.Options{AcceptTwice: true, KeepCalls: 1000})
	aa, bb := manyBills(t, inbox, "AA", 3, plainAmount), manyBills(t, inbox, "BB", 3, plainAmount)
	growing, fresh := manyBills(t, inbox, "CC", 3, plainAmount), manyBills(t, inbox, "DD", 3, plainAmount)
	for _, path := range []string{aa, bb, growing} {
		old(t, path)
	}
	grow := func(time.Duration) {
		f, err := os.OpenFile(growing, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("\n"); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		old(t, growing) // as a copy does that keeps the original's time
	}
	still := func(time.Duration) {}
	args := append([]string{"run", inbox, "--json"}, at(dir, server)...)
	first := callWith(t, grow, args...).want(t, cli.OK)
	if r := first.json(t); r.States[batch.Completed].Rows != 6 || len(r.Batches) != 2 || len(r.Results) != 4 {
		t.Errorf("%+v", r)
	}
	for _, path := range []string{growing, fresh} {
		if !strings.Contains(first.errors, filepath.Base(path)) {
			t.Errorf("nothing is said of %s:\n%s", path, first.errors)
		}
	}
	// A file that is named is read, however fresh it is.
	if r := callWith(t, still, append([]string{"run", fresh, "--json"}, at(dir, server)...)...).want(t, cli.OK).json(t); r.States[batch.Completed].Rows != 3 {
		t.Errorf("%+v", r)
	}
	// The growing one has come to rest; what is finished is not even written again.
	before, err := os.Stat(filepath.Join(inbox, "AA.results.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	old(t, fresh)
	if r := callWith(t, still, args...).want(t, cli.OK).json(t); len(r.Batches) != 1 || r.States[batch.Completed].Rows != 3 {
		t.Errorf("%+v", r)
	}
	after, err := os.Stat(filepath.Join(inbox, "AA.results.xlsx"))
	if err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("the results of a finished file were written again, %v", err)
	}
	calls := len(server.Calls())
	empty := callWith(t, still, args...).want(t, cli.OK)
	if len(server.Calls()) != calls || len(empty.json(t).Batches) != 0 || !strings.Contains(empty.errors, "nothing to do") {
		t.Errorf("%+v", empty)
	}
	// Results that got lost are written again, and nothing is sent.
	if err := os.Remove(filepath.Join(inbox, "BB.results.csv")); err != nil {
		t.Fatal(err)
	}
	if r := callWith(t, still, args...).want(t, cli.OK).json(t); len(r.Batches) != 1 || len(r.Results) != 2 || len(server.Calls()) != calls {
		t.Errorf("%+v", r)
	}
	if len(server.Ledger()) != 12 {
		t.Errorf("%d payments", len(server.Ledger()))
	}
}

func TestARefusedFileLeavesTheOthersRunningAndShowsInTheExitCode(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{})
	inbox := filepath.Join(dir, "inbox")
	bad := put(t, filepath.Join(inbox, "a-bad.csv"), "not,a,table,of,bills\n1,2,3,4,5\n")
	good := manyBills(t, inbox, "GOOD", 2, plainAmount)
	old(t, bad)
	old(t, good)
	for _, what := range []string{inbox, filepath.Join(inbox, "*.csv")} {
		o := callWith(t, func(time.Duration) {}, append([]string{"run", what, "--json"}, at(dir, server)...)...).want(t, cli.Refused)
		if !strings.Contains(o.errors, "a-bad.csv is refused") || len(server.Ledger()) != 2 {
			t.Errorf("%d payments\n%s", len(server.Ledger()), o.errors)
		}
	}
	call(t, "check", inbox, "--env", "test", "--db", filepath.Join(dir, "test.db")).want(t, cli.Refused)
}

func TestAnInboxThatIsNotThereIsAMistakeAndAnEmptyOneIsNot(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{})
	run := func(what string) outcome { return call(t, append([]string{"run", what}, at(dir, server)...)...) }
	run(dir).want(t, cli.OK)
	run(filepath.Join(dir, "*.xlsx")).want(t, cli.OK)
	run(filepath.Join(dir, "none")).want(t, cli.Usage)
	run(filepath.Join(dir, "none", "*.xlsx")).want(t, cli.Usage)
}

func TestWithJSONLogsEveryLineOfStandardErrorIsJSON(t *testing.T) {
	dir := folder(t)
	server := startGateway(t, sandbox.Options{})
	args := append([]string{"run", filepath.Join(dir, "broken.xlsx"), filepath.Join(dir, "demo.sh"), "--log-format", "json"}, at(dir, server)...)
	o := call(t, append(args, "--log-level", "debug")...)
	lines := 0
	for line := range strings.Lines(o.errors) {
		lines++
		if !strings.HasPrefix(line, "{") {
			t.Errorf("%s", line)
		}
	}
	if lines < 3 {
		t.Errorf("%s", o.errors)
	}
}
