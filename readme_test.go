package batchcomplete

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryCommandOfTheREADMERuns runs, in a folder with the samples, each
// indented line of the README that calls one of the programs.
func TestEveryCommandOfTheREADMERuns(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "samples"), os.DirFS("samples")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Dir(program(t, "batchcomplete")), filepath.Join(dir, "bin")); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for line := range strings.Lines(readText(t, "README.md")) {
		words, _, _ := strings.Cut(line, "#")
		fields := strings.Fields(words)
		if !strings.HasPrefix(line, "    bin/") || len(fields) == 0 {
			continue
		}
		ran++
		c := exec.Command(filepath.Join(dir, fields[0]), fields[1:]...)
		c.Dir = dir
		out, err := c.CombinedOutput()
		var exit *exec.ExitError
		// 3: rows of the sample are declined, as it means.
		if errors.As(err, &exit) && exit.ExitCode() == 3 {
			err = nil
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", strings.TrimSpace(line), err, out)
		}
	}
	if ran < 5 {
		t.Errorf("only %d commands were found in the README", ran)
	}
	for _, made := range []string{"bills.xlsx", "demo/bills.results.xlsx", "demo/reconciliation.xlsx"} {
		if _, err := os.Stat(filepath.Join(dir, made)); err != nil {
			t.Errorf("%s was not made", made)
		}
	}
}

// TestTheREADMENamesTheMakefilesTargets holds the two together.
func TestTheREADMENamesTheMakefilesTargets(t *testing.T) {
	makefile := readText(t, "Makefile")
	for line := range strings.Lines(readText(t, "README.md")) {
		fields := strings.Fields(line)
		if strings.HasPrefix(line, "    make ") && !strings.Contains(makefile, "\n"+fields[1]+":") {
			t.Errorf("the Makefile has no target %s", fields[1])
		}
	}
}
