package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/sandbox"
	"batchcomplete/internal/sheet/sheettest"
)

// TestResultsInAFileOfOnesOwnNameAreMendedAndHandedInAgain: --out FILE, mended
// there. The file's name is taken by what somebody saved, whatever program saved it,
// and the results of the original go to the next; each bill is completed once.
func TestResultsInAFileOfOnesOwnNameAreMendedAndHandedInAgain(t *testing.T) {
	mendText := func(t *testing.T, path string) {
		put(t, path, strings.Replace(fileText(t, path), ",-2000,", ",2000,", 1))
	}
	for name, c := range map[string]struct {
		input, out, second, sheet string
		save                      func(t *testing.T, path string)
	}{
		"a workbook": {"x.xlsx", "一月/done.xlsx", "一月/done-2.xlsx", "Sheet1", func(t *testing.T, path string) {
			mend(t, path, map[string]any{"F3": 20.00, "E4": "012345"})
		}},
		"a workbook that has the name of results": {"x.xlsx", "x.results.xlsx", "x.results-2.xlsx", "Sheet1", func(t *testing.T, path string) {
			mend(t, path, map[string]any{"F3": 20.00, "E4": "012345"})
		}},
		"a workbook whose cells were taken to another": {"x.xlsx", "done.xlsx", "done-2.xlsx", "Sheet1", func(t *testing.T, path string) {
			mend(t, path, map[string]any{"F3": 20.00, "E4": "012345"})
			copyCells(t, path, "Sheet1")
		}},
		"the workbook of CSV": {"x.csv", "done.xlsx", "done-2.xlsx", "results", func(t *testing.T, path string) {
			mendSheet(t, path, "results", map[string]any{"F3": "2000"})
		}},
		"CSV": {"x.csv", "done.csv", "done-2.csv", "", mendText},
		"CSV as Excel in China saves it": {"x.csv", "done.csv", "done-2.csv", "", func(t *testing.T, path string) {
			mendText(t, path)
			text, err := simplifiedchinese.GB18030.NewEncoder().String(strings.TrimPrefix(strings.ReplaceAll(fileText(t, path), "\n", "\r\n"), "\ufeff"))
			if err != nil {
				t.Fatal(err)
			}
			put(t, path, text)
		}},
		"CSV of a workbook": {"x.xlsx", "done.csv", "done-2.csv", "", func(t *testing.T, path string) {
			put(t, path, strings.NewReplacer(",-20,", ",20.00,", ",12345,", ",012345,").Replace(fileText(t, path)))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			server := startGateway(t, sandbox.Options{AcceptTwice: true, KeepCalls: 1000})
			input, out, second := filepath.Join(dir, c.input), filepath.Join(dir, c.out), filepath.Join(dir, c.second)
			run := func(code cli.Code, file string, more ...string) (outcome, []string) {
				t.Helper()
				o := call(t, append(append([]string{"run", file, "--json"}, more...), at(dir, server)...)...).want(t, code)
				return o, o.json(t).Results
			}
			if c.input == "x.xlsx" {
				workbook(t, input)
			} else {
				put(t, input, checkHead+bill("01", "2026-11-20", "012345", "1000")+bill("02", "2026-11-20", "012345", "-2000"))
			}
			for range 2 { // the second time over our own
				if _, results := run(cli.Differences, input, "--out", out); !slices.Equal(results, []string{out}) {
					t.Fatal(results)
				}
			}
			c.save(t, out)
			mended := fileText(t, out)
			for range 2 {
				if o, results := run(cli.Differences, input, "--out", out); !slices.Equal(results, []string{second}) || !strings.Contains(o.errors, out+" was saved by somebody") {
					t.Errorf("%v\n%s", results, o.errors)
				}
			}
			calls := len(server.Calls())
			call(t, append([]string{"run", out, "--out", out}, at(dir, server)...)...).want(t, cli.Usage)
			if len(server.Calls()) != calls {
				t.Error("something was sent")
			}
			o, results := run(cli.OK, out)
			if r := o.json(t); r.States[batch.Completed].Rows+r.States[batch.Duplicate].Rows != r.Batches[0].Rows || slices.Contains(results, out) {
				t.Errorf("%+v", r)
			}
			if _, results := run(cli.Failed, input, "--out", out); len(results) != 0 {
				t.Errorf("%v", results)
			}
			if fileText(t, out) != mended {
				t.Error("what was mended was written over")
			}
			for bill, times := range executions(server) {
				if times != 1 {
					t.Errorf("%s was completed %d times", bill, times)
				}
			}
		})
	}
}

// copyCells puts a sheet's cells in the place of the file, as a program does that
// knows nothing of what else was in it.
func copyCells(t *testing.T, path, sheet string) {
	t.Helper()
	rows := cells(t, path, sheet)
	f := excelize.NewFile()
	for i, row := range rows {
		for j, text := range row {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err := errors.Join(err, f.SetCellStr("Sheet1", cell, text)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(os.Remove(path), f.SaveAs(path), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestAFileForResultsIsForTheBatchThatTheCommandNames: one that is carried on
// beside it has its results beside its own input.
func TestAFileForResultsIsForTheBatchThatTheCommandNames(t *testing.T) {
	dir := t.TempDir()
	busy := true
	server := startGateway(t, sandbox.Options{Behaviour: func(r sandbox.Request) sandbox.Fault {
		if busy && r.Operation == sandbox.Completion {
			return sandbox.Named("SYSTEM_BUSY, not executed")
		}
		return sandbox.Fault{}
	}})
	old, fresh, out := manyBills(t, dir, "OLD", 1, plainAmount), manyBills(t, dir, "NEW", 2, plainAmount), filepath.Join(dir, "out.csv")
	short := append(at(dir, server), "--resolve-for", "1ms")
	call(t, append([]string{"run", old}, short...)...).want(t, cli.Doubt)
	busy = false
	results := call(t, append([]string{"run", fresh, "--out", out, "--json"}, at(dir, server)...)...).want(t, cli.OK).json(t).Results
	if want := []string{filepath.Join(dir, "OLD.results.xlsx"), filepath.Join(dir, "OLD.results.csv"), out}; !slices.Equal(results, want) {
		t.Errorf("%v", results)
	}
	if text := fileText(t, out); strings.Count(text, "124FNEW") != 2 || strings.Contains(text, "124FOLD") {
		t.Error(text)
	}
}

// TestAFileForTheResultsOfSeveralBatchesIsRefusedAndNothingIsSent: none of them
// would be looked for there.
func TestAFileForTheResultsOfSeveralBatchesIsRefusedAndNothingIsSent(t *testing.T) {
	dir := t.TempDir()
	refuse := true
	server := startGateway(t, sandbox.Options{KeepCalls: 100, Behaviour: func(r sandbox.Request) sandbox.Fault {
		if refuse && r.Operation == sandbox.Completion {
			return sandbox.Named("NO_BILL")
		}
		return sandbox.Fault{}
	}})
	call(t, append([]string{"run", manyBills(t, dir, "ONE", 1, plainAmount), manyBills(t, dir, "TWO", 1, plainAmount)}, at(dir, server)...)...).want(t, cli.Differences)
	refuse = false
	calls, out := len(server.Calls()), filepath.Join(dir, "out.csv")
	o := call(t, append([]string{"retry", "--out", out}, at(dir, server)...)...).want(t, cli.Usage)
	if _, err := os.Stat(out); err == nil || len(server.Calls()) != calls || !strings.Contains(o.errors, "one input only") {
		t.Errorf("%d calls\n%s", len(server.Calls())-calls, o.errors)
	}
	r := call(t, append([]string{"retry", "TWO", "--out", out, "--json"}, at(dir, server)...)...).want(t, cli.OK).json(t)
	if !slices.Equal(r.Results, []string{out}) || strings.Contains(fileText(t, out), "124FONE") {
		t.Errorf("%v\n%s", r.Results, fileText(t, out))
	}
}

// TestEachFileIsHandedBackByTheSettingsThatItWasReadWith: the sheet, the encoding
// and the unit of one run are no matter to the next, nor to another file.
func TestEachFileIsHandedBackByTheSettingsThatItWasReadWith(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{})
	table := func(n string) string {
		var head []string
		for _, heading := range strings.Split(strings.Replace(strings.TrimSpace(checkHead), "totalAmount", "金额", 1), ",") {
			head = append(head, sheettest.Text(heading))
		}
		return sheettest.Rows(head, []string{sheettest.Text("898440355410001"), sheettest.Text("40001001"), sheettest.Text("124F0000" + n), sheettest.Text("2026-11-20"), sheettest.Text("012345"), sheettest.Number("10", 0)})
	}
	book, text := filepath.Join(dir, "book.xlsx"), filepath.Join(dir, "text.csv")
	if err := os.Rename(sheettest.Book{Sheets: [][2]string{{"一", table("01")}, {"二", table("02")}}}.Write(t), book); err != nil {
		t.Fatal(err)
	}
	put(t, text, strings.TrimSpace(checkHead)+",note\n"+strings.TrimSpace(bill("03", "2026-11-20", "012345", "1000"))+",3\xc2\xa5\n") // 3楼
	run := func(code cli.Code, args ...string) jsonReport {
		t.Helper()
		return call(t, append(append([]string{"run", "--json"}, args...), at(dir, server)...)...).want(t, code).json(t)
	}
	run(cli.OK, book, "--sheet", "二", "--amount-unit", "yuan")
	run(cli.OK, text, "--encoding", "gb18030")
	for _, results := range []string{"book.results.xlsx", "text.results.xlsx", "text.results.csv"} {
		if err := os.Remove(filepath.Join(dir, results)); err != nil {
			t.Fatal(err)
		}
	}
	if r := run(cli.OK, book, text); len(r.Results) != 3 || r.States[batch.Completed] != (jsonSum{2, 2000}) {
		t.Errorf("%+v", r)
	}
	if rows := cells(t, filepath.Join(dir, "book.results.xlsx"), "二"); len(rows[0]) != 6+13 || rows[1][6] != "completed" {
		t.Errorf("%v", rows)
	}
	if rows := cells(t, filepath.Join(dir, "book.results.xlsx"), "一"); len(rows[0]) != 6 {
		t.Errorf("the other sheet has results too: %v", rows)
	}
	if text := fileText(t, filepath.Join(dir, "text.results.csv")); !strings.Contains(text, ",3楼,") {
		t.Error(text)
	}
}
