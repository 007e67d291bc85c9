package main

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/sandbox"
)

// exported is a folder of a batch of three bills, one of them declined.
func exported(t *testing.T) (dir, out string) {
	t.Helper()
	dir = t.TempDir()
	server := startGateway(t, sandbox.Options{Behaviour: func(r sandbox.Request) sandbox.Fault {
		if r.Operation == sandbox.Completion && r.Amount == 1001 {
			return sandbox.Named("NO_BILL")
		}
		return sandbox.Fault{}
	}})
	input := manyBills(t, dir, "AUDIT", 3, plainAmount)
	call(t, append([]string{"run", input}, at(dir, server)...)...).want(t, cli.Differences)
	out = filepath.Join(dir, "audit", "2026-11")
	o := call(t, "export", "AUDIT", "--env", "test", "--db", filepath.Join(dir, "test.db"), "--out", out).want(t, cli.OK)
	if !strings.Contains(o.out, "SHA-256 of manifest.json") {
		t.Errorf("%s", o.out)
	}
	return dir, out
}

func TestAnExportHoldsEverythingAboutABatchAndNoSecret(t *testing.T) {
	_, out := exported(t)
	m, _, err := readManifest(out)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range m.Files {
		names = append(names, f.Path)
	}
	if want := []string{"attempts.jsonl", "input/AUDIT.csv", "results/AUDIT.results.xlsx", "rows.csv"}; !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
	if m.Env != "test" || m.Input != "present" || m.Batch.Rows != 3 || m.States[batch.Declined].Rows != 1 || m.Journal.Bills != 3 || len(m.Journal.Head) != 64 || m.Batch.Settings["imported-by"] == "" || len(m.Program.Dependencies) == 0 {
		t.Errorf("%+v", m)
	}
	f, err := os.Open(filepath.Join(out, "attempts.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	moves := map[string]int{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var e jsonEvent
		decoder := json.NewDecoder(strings.NewReader(lines.Text()))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&e); err != nil {
			t.Fatal(err)
		}
		moves[e.From+">"+e.To]++
	}
	if moves["pending>sending"] != 3 || moves["sending>completed"] != 2 || moves["sending>declined"] != 1 {
		t.Errorf("%v", moves)
	}
	for _, name := range []string{"attempts.jsonl", "rows.csv", manifestName} {
		text, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "012345,") || strings.Contains(string(text), `"012345"`) || strings.Contains(string(text), testAppKey) {
			t.Errorf("%s has an authorisation code or a key", name)
		}
	}
	if masked("code 012345 is wrong", "012345") != "code 01**** is wrong" {
		t.Error("a code in a message is not masked")
	}
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestVerifyNamesWhatIsChangedMissingOrExtra(t *testing.T) {
	dir, out := exported(t)
	verify := func(args ...string) verifyReport {
		t.Helper()
		var r verifyReport
		o := call(t, append([]string{"verify", out, "--json"}, args...)...)
		if err := json.Unmarshal([]byte(o.out), &r); err != nil {
			t.Fatalf("%v\n%s%s", err, o.out, o.errors)
		}
		if r.Exit != o.code {
			t.Errorf("exit %d, and it says %d", o.code, r.Exit)
		}
		return r
	}
	if r := verify(); r.Exit != cli.OK || r.Files != 4 {
		t.Errorf("%+v", r)
	}
	call(t, "verify", out).want(t, cli.OK)
	rows := filepath.Join(out, "rows.csv")
	text, err := os.ReadFile(rows)
	if err != nil {
		t.Fatal(err)
	}
	put(t, rows, strings.Replace(string(text), "1000", "1009", 1))
	put(t, filepath.Join(out, "results", "extra.xlsx"), "x")
	if err := os.Remove(filepath.Join(out, "attempts.jsonl")); err != nil {
		t.Fatal(err)
	}
	want := []difference{{"missing", "attempts.jsonl"}, {"changed", "rows.csv"}, {"extra", "results/extra.xlsx"}}
	if r := verify(); r.Exit != cli.Differences || !slices.Equal(r.Differences, want) {
		t.Errorf("%+v", r)
	}
	o := call(t, "verify", out).want(t, cli.Differences)
	if !strings.Contains(o.out, "missing: attempts.jsonl") {
		t.Errorf("%s", o.out)
	}
	// A link to a file elsewhere with the same content is not the file.
	elsewhere := put(t, filepath.Join(dir, "elsewhere.csv"), string(text))
	if err := os.Remove(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, rows); err != nil {
		t.Fatal(err)
	}
	if r := verify(); !slices.Contains(r.Differences, difference{"changed", "rows.csv"}) {
		t.Errorf("%+v", r)
	}
	call(t, "verify", dir).want(t, cli.Usage)
}

func TestVerifyFindsAChangedCheckpoint(t *testing.T) {
	dir, out := exported(t)
	path := filepath.Join(dir, "test.db")
	verify := func() outcome { return call(t, "verify", out, "--env", "test", "--db", path) }
	if o := verify().want(t, cli.OK); !strings.Contains(o.out, "as it was at the export") {
		t.Errorf("%s", o.out)
	}
	// Somebody with the file and SQLite takes a trigger away, edits an answer, and
	// puts the trigger back: without it the checkpoint would not even be opened.
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	var trigger string
	if err := db.QueryRow("SELECT sql FROM sqlite_schema WHERE name = 'answer_same'").Scan(&trigger); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"DROP TRIGGER answer_same", "UPDATE answer SET code = 'OTHER' WHERE code = 'NO_BILL'", trigger} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if o := verify().want(t, cli.Differences); !strings.Contains(o.out, "does not hold") {
		t.Errorf("%s", o.out)
	}
}

func TestAnExportOverwritesNothingAndSaysThatTheInputIsGone(t *testing.T) {
	dir, out := exported(t)
	args := []string{"export", "AUDIT", "--env", "test", "--db", filepath.Join(dir, "test.db"), "--out"}
	call(t, append(args, out)...).want(t, cli.Usage)
	put(t, filepath.Join(dir, "AUDIT.csv"), "changed\n")
	o := call(t, append(args, filepath.Join(dir, "again"))...).want(t, cli.OK)
	if !strings.Contains(o.errors, "was changed") {
		t.Errorf("%s", o.errors)
	}
	m, _, err := readManifest(filepath.Join(dir, "again"))
	if err != nil || m.Input == "present" || len(m.Files) != 2 {
		t.Errorf("%+v %v", m, err)
	}
	call(t, "verify", filepath.Join(dir, "again")).want(t, cli.OK)
	left, err := filepath.Glob(filepath.Join(dir, ".exporting-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%v %v", left, err)
	}
}

// TestAnExportTakesNoNameThatIsTaken: neither a file's nor a link's, whatever it
// leads to, nor a folder's with something in it; an empty folder gives way.
func TestAnExportTakesNoNameThatIsTaken(t *testing.T) {
	dir, _ := exported(t)
	for name, c := range map[string]struct {
		put  func(path string) error
		code cli.Code
	}{
		"a file":                    {func(path string) error { return os.WriteFile(path, nil, 0o600) }, cli.Usage},
		"a link to nothing":         {func(path string) error { return os.Symlink(filepath.Join(dir, "nothing"), path) }, cli.Usage},
		"a link to an empty folder": {func(path string) error { return os.Symlink(t.TempDir(), path) }, cli.Usage},
		"a folder with a file": {func(path string) error {
			return errors.Join(os.Mkdir(path, 0o700), os.WriteFile(filepath.Join(path, "x"), nil, 0o600))
		}, cli.Usage},
		"an empty folder": {func(path string) error { return os.Mkdir(path, 0o700) }, cli.OK},
	} {
		out := filepath.Join(dir, name)
		if err := c.put(out); err != nil {
			t.Fatal(err)
		}
		before, err := os.Lstat(out)
		if err != nil {
			t.Fatal(err)
		}
		call(t, "export", "AUDIT", "--env", "test", "--db", filepath.Join(dir, "test.db"), "--out", out).want(t, c.code)
		if after, err := os.Lstat(out); err != nil || os.SameFile(before, after) == (c.code == cli.OK) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
