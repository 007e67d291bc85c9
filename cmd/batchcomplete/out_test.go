package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/sandbox"
)

// TestAFileThatIsNotOursIsNotOverwrittenAndNothingIsSent: --out names a file
// that is somebody's, or an input, or a link to one.
func TestAFileThatIsNotOursIsNotOverwrittenAndNothingIsSent(t *testing.T) {
	for name, make := range map[string]func(dir, input, out string) error{
		"another's": func(_, _, out string) error { return os.WriteFile(out, []byte("figures"), 0o600) },
		"a template of our own": func(_, _, out string) error {
			call(t, "template", out).want(t, cli.OK)
			return nil
		},
		"the input":         func(_, input, out string) error { return os.Link(input, out) },
		"a link":            func(dir, _, out string) error { return os.Symlink(filepath.Join(dir, "test.db"), out) },
		"a link to nothing": func(dir, _, out string) error { return os.Symlink(filepath.Join(dir, "none"), out) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			server := startGateway(t, sandbox.Options{KeepCalls: 10})
			input, out := manyBills(t, dir, "AA", 2, plainAmount), filepath.Join(dir, "out.xlsx")
			if err := make(dir, input, out); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(out)
			o := call(t, append([]string{"run", input, "--out", out}, at(dir, server)...)...).want(t, cli.Usage)
			if !strings.Contains(o.errors, "not overwritten") || len(server.Calls()) != 0 {
				t.Errorf("%d calls\n%s", len(server.Calls()), o.errors)
			}
			if after, _ := os.ReadFile(out); string(after) != string(before) {
				t.Error("it was overwritten")
			}
		})
	}
}

// TestResultsThatAreTheInputAreNotOverwritten: they are ours, which alone would
// permit it, and they are what the accountant handed in.
func TestResultsThatAreTheInputAreNotOverwritten(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{KeepCalls: 10})
	call(t, append([]string{"run", manyBills(t, dir, "AA", 2, plainAmount)}, at(dir, server)...)...).want(t, cli.OK)
	input, out := filepath.Join(dir, "AA.results.xlsx"), filepath.Join(dir, "out.xlsx")
	if err := os.Link(input, out); err != nil {
		t.Fatal(err)
	}
	before, calls := fileText(t, out), len(server.Calls())
	for _, out := range []string{input, out} {
		o := call(t, append([]string{"run", input, "--out", out}, at(dir, server)...)...).want(t, cli.Usage)
		if !strings.Contains(o.errors, "not overwritten") || len(server.Calls()) != calls || fileText(t, out) != before {
			t.Errorf("%s: %d calls\n%s", out, len(server.Calls())-calls, o.errors)
		}
	}
}

// TestAForeignFileBesideTheInputIsKept: what is done is done and recorded, and
// the exit code says that the results are missing; the next run writes them.
func TestAForeignFileBesideTheInputIsKept(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{})
	input := manyBills(t, dir, "AA", 2, plainAmount)
	foreign := filepath.Join(dir, "AA.results.xlsx")
	if err := os.WriteFile(foreign, []byte("figures"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"run", input, "--json"}, at(dir, server)...)
	o := call(t, args...).want(t, cli.Failed)
	if r := o.json(t); r.States[batch.Completed].Rows != 2 || len(r.Results) != 1 || !strings.Contains(o.errors, "AA.results.xlsx") {
		t.Errorf("%+v\n%s", r, o.errors)
	}
	if text, err := os.ReadFile(foreign); err != nil || string(text) != "figures" {
		t.Error("it was overwritten")
	}
	if err := os.Remove(foreign); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time over our own
		call(t, args...).want(t, cli.OK)
	}
}

func TestATemplateNeverReplacesAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bills.xlsx")
	call(t, "template", path).want(t, cli.OK)
	call(t, "template", path).want(t, cli.Failed)
}

func fileText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
