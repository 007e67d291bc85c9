package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"batchcomplete/internal/cli"
	"batchcomplete/internal/sandbox"
)

// TestResultsThatSomebodyHasSavedSinceAreKept: they were mended and not handed in
// yet, when the first file is run again. Theirs stays, and can be handed in; the
// new results are beside it, said, and take no further name after that.
func TestResultsThatSomebodyHasSavedSinceAreKept(t *testing.T) {
	mendText := func(t *testing.T, path string) {
		put(t, path, strings.Replace(strings.Replace(fileText(t, path), ",-2000,", ",2000,", 1), "'", "", 1))
	}
	for name, c := range map[string]struct {
		input, results string
		save           func(t *testing.T, path string)
	}{
		"a workbook": {"x.xlsx", "x.results.xlsx", func(t *testing.T, path string) {
			mend(t, path, map[string]any{"F3": 20.00, "E4": "012345"})
		}},
		"the workbook of CSV": {"x.csv", "x.results.xlsx", func(t *testing.T, path string) {
			mendSheet(t, path, "results", map[string]any{"F3": "2000"})
		}},
		"CSV": {"x.csv", "x.results.csv", mendText},
		"CSV as Excel in China saves it": {"x.csv", "x.results.csv", func(t *testing.T, path string) {
			mendText(t, path)
			text, err := simplifiedchinese.GB18030.NewEncoder().String(strings.TrimPrefix(strings.ReplaceAll(fileText(t, path), "\n", "\r\n"), "\ufeff"))
			if err != nil {
				t.Fatal(err)
			}
			put(t, path, text)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			server := startGateway(t, sandbox.Options{AcceptTwice: true})
			args := at(dir, server)
			input, results := filepath.Join(dir, c.input), filepath.Join(dir, c.results)
			if c.input == "x.xlsx" {
				workbook(t, input)
			} else {
				put(t, input, checkHead+bill("01", "2026-11-20", "012345", "1000")+bill("02", "2026-11-20", "012345", "-2000"))
			}
			var first []string
			for range 2 { // the second time over our own
				first = call(t, append([]string{"run", input, "--json"}, args...)...).want(t, cli.Differences).json(t).Results
				if !slices.Contains(first, results) {
					t.Fatal(first)
				}
			}
			before := fileText(t, results)
			c.save(t, results)
			mended := fileText(t, results)
			if mended == before {
				t.Fatal("nothing was mended")
			}
			extension := filepath.Ext(results)
			second := strings.TrimSuffix(results, extension) + "-2" + extension
			want := slices.Clone(first)
			want[slices.Index(want, results)] = second
			for range 2 {
				o := call(t, append([]string{"run", input, "--json"}, args...)...).want(t, cli.Differences)
				if got := o.json(t).Results; !slices.Equal(got, want) || !strings.Contains(o.errors, results+" was saved by somebody") || !strings.Contains(o.errors, second) {
					t.Errorf("%v\n%s", got, o.errors)
				}
				if fileText(t, results) != mended {
					t.Fatal("what was mended was written over")
				}
			}
			if r := call(t, append([]string{"run", results, "--json"}, args...)...).want(t, cli.OK).json(t); slices.Contains(r.Results, results) {
				t.Errorf("%v", r.Results)
			}
			for bill, times := range executions(server) {
				if times != 1 {
					t.Errorf("%s was completed %d times", bill, times)
				}
			}
			if fileText(t, results) != mended {
				t.Error("what was handed in was written to")
			}
		})
	}
}

// TestAnotherCheckpointsResultsAreKept: a rehearsal's, which somebody may have
// mended: this checkpoint cannot know.
func TestAnotherCheckpointsResultsAreKept(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{})
	input, results := filepath.Join(dir, "x.xlsx"), filepath.Join(dir, "x.results.xlsx")
	workbook(t, input)
	call(t, append([]string{"run", input}, at(dir, server)...)...).want(t, cli.Differences)
	before, err := os.ReadFile(results)
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{"run", input, "--json"}, at(dir, startGateway(t, sandbox.Options{}))...)
	args = append(args, "--db", filepath.Join(dir, "other.db"))
	r := call(t, args...).want(t, cli.Differences).json(t)
	if want := []string{filepath.Join(dir, "x.results-2.xlsx")}; !slices.Equal(r.Results, want) {
		t.Errorf("%v", r.Results)
	}
	if after, _ := os.ReadFile(results); !bytes.Equal(after, before) {
		t.Error("they were written over")
	}
}

// TestAnExportNamesResultsAsTheRunDid: those of results that were handed in take
// the next number.
func TestAnExportNamesResultsAsTheRunDid(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{})
	results := filepath.Join(dir, "x.results.xlsx")
	workbook(t, filepath.Join(dir, "x.xlsx"))
	call(t, append([]string{"run", filepath.Join(dir, "x.xlsx")}, at(dir, server)...)...).want(t, cli.Differences)
	mend(t, results, map[string]any{"F3": 20.00, "E4": "012345"})
	r := call(t, append([]string{"run", results, "--json"}, at(dir, server)...)...).want(t, cli.OK).json(t)
	out := filepath.Join(dir, "audit")
	call(t, "export", r.Batches[0].Name, "--out", out, "--env", "test", "--db", filepath.Join(dir, "test.db")).want(t, cli.OK)
	if names := workbooks(t, filepath.Join(out, "results")); !slices.Equal(names, []string{"x.results-2.xlsx"}) {
		t.Errorf("%v", names)
	}
}
