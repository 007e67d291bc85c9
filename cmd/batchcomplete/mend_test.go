package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/sandbox"
	"batchcomplete/internal/sheet/sheettest"
)

// workbook writes an accountant's file: two bills that are right, and two that
// are not.
func workbook(t *testing.T, path string) {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range [][]any{
		{"商户号", "终端号", "账单号", "账单日期", "授权码", "完成金额(元)", "客户"},
		{"898440355410001", "40001001", "124F00000001", "2026-11-20", "012345", 10.00, "甲"},
		{"898440355410001", "40001001", "124F00000002", "2026-11-20", "012345", -20.00, "乙"},
		{"898440355410001", "40001001", "124F00000003", "2026-11-20", 12345, 30.00, "丙"},
		{"898440355410001", "40001001", "124F00000004", "2026-11-20", "012345", 40.00, "丁"},
	} {
		if err := f.SetSheetRow("Sheet1", "A"+string(rune('1'+i)), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
}

// mend changes cells of a workbook in place, as an accountant does.
func mend(t *testing.T, path string, values map[string]any) {
	t.Helper()
	mendSheet(t, path, "Sheet1", values)
}

func mendSheet(t *testing.T, path, sheet string, values map[string]any) {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for cell, value := range values {
		if err := f.SetCellValue(sheet, cell, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
}

// TestMendedInPlaceAndHandedInAgainEachBillIsCompletedOnce: in the results or in
// the original, once or several times; what is handed in is not written to, and
// names do not grow.
func TestMendedInPlaceAndHandedInAgainEachBillIsCompletedOnce(t *testing.T) {
	for name, mendable := range map[string][]string{
		"in the results":                         {"x.results.xlsx", "x.results-2.xlsx"},
		"in the original":                        {"x.xlsx", "x.xlsx"},
		"in the results, twice in the same ones": {"x.results.xlsx", "x.results.xlsx"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			server := startGateway(t, sandbox.Options{AcceptTwice: true, KeepCalls: 1000})
			run := func(file string, code cli.Code) jsonReport {
				t.Helper()
				return call(t, append([]string{"run", filepath.Join(dir, file), "--json"}, at(dir, server)...)...).want(t, code).json(t)
			}
			workbook(t, filepath.Join(dir, "x.xlsx"))
			if r := run("x.xlsx", cli.Differences); r.States[batch.Completed] != (jsonSum{2, 5000}) || r.States[batch.Invalid].Rows != 2 {
				t.Fatalf("%+v", r.States)
			}

			mend(t, filepath.Join(dir, mendable[0]), map[string]any{"F3": 20.00})
			r := run(mendable[0], cli.Differences)
			if r.States[batch.Completed] != (jsonSum{1, 2000}) || r.States[batch.Duplicate] != (jsonSum{2, 5000}) || r.States[batch.Invalid].Rows != 1 {
				t.Fatalf("the completed ones are recognised, the mended one is sent: %+v", r.States)
			}

			mend(t, filepath.Join(dir, mendable[1]), map[string]any{"E4": "012345"})
			before, _ := os.ReadFile(filepath.Join(dir, mendable[1]))
			r = run(mendable[1], cli.OK)
			if r.States[batch.Completed] != (jsonSum{1, 3000}) || r.States[batch.Duplicate] != (jsonSum{3, 7000}) {
				t.Fatalf("%+v", r.States)
			}
			if after, _ := os.ReadFile(filepath.Join(dir, mendable[1])); string(after) != string(before) {
				t.Error("what was handed in was written to")
			}
			rows := cells(t, r.Results[0], "Sheet1")
			if len(rows[0]) != 7+13 || strings.Count(strings.Join(rows[0], ","), "state") != 1 || rows[1][6] != "甲" {
				t.Errorf("the results stand once beside the rows: %v", rows[0])
			}

			calls := len(server.Calls())
			run(mendable[1], cli.OK)
			if len(server.Calls()) != calls {
				t.Error("handing it in once more spoke to the gateway")
			}
			if done := executions(server); len(done) != 4 {
				t.Errorf("%v", done)
			}
			for bill, times := range executions(server) {
				if times != 1 {
					t.Errorf("%s was completed %d times", bill, times)
				}
			}
			if names := workbooks(t, dir); slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, "results.results") }) {
				t.Errorf("%v", names)
			}
		})
	}
}

func workbooks(t *testing.T, dir string) (names []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		names = append(names, filepath.Base(path))
	}
	return names
}

// TestResultsThatWereHandedInAreNotWrittenOver: not even when the first file is
// run again.
func TestResultsThatWereHandedInAreNotWrittenOver(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{})
	args := at(dir, server)
	original, results := filepath.Join(dir, "x.xlsx"), filepath.Join(dir, "x.results.xlsx")
	workbook(t, original)
	call(t, append([]string{"run", original}, args...)...).want(t, cli.Differences)
	mend(t, results, map[string]any{"F3": 20.00, "E4": "012345"})
	r := call(t, append([]string{"run", results, "--json"}, args...)...).want(t, cli.OK).json(t)
	if want := []string{filepath.Join(dir, "x.results-2.xlsx")}; !slices.Equal(r.Results, want) {
		t.Errorf("%v", r.Results)
	}
	before, _ := os.ReadFile(results)
	o := call(t, append([]string{"run", original, "--json"}, args...)...).want(t, cli.Differences)
	if after, _ := os.ReadFile(results); string(after) != string(before) {
		t.Error("the mended file was written over")
	}
	call(t, append([]string{"run", original, "--out", results}, args...)...).want(t, cli.Failed)
	if after, _ := os.ReadFile(results); string(after) != string(before) {
		t.Error("the mended file was written over by --out")
	}
	if len(o.json(t).Results) != 0 || !strings.Contains(o.errors, "handed in again") {
		t.Errorf("%s\n%s", o.out, o.errors)
	}
}

func TestResultsAreNamedByGeneration(t *testing.T) {
	for stem, want := range map[string]string{
		"x": "x.results", "x.results": "x.results-2", "x.results-2": "x.results-3", "x.results-9": "x.results-10",
		"十一月.账单": "十一月.账单.results", "x.results-draft": "x.results-draft.results", ".results": ".results.results",
	} {
		if got := resultName(stem); got != want {
			t.Errorf("%s: %s, want %s", stem, got, want)
		}
	}
}

// TestCSVResultsThatWereMendedAndHandedInAgain: the completed rows and the one
// that the gateway refused are recognised, the mended ones are sent, and nothing
// twice, however often it comes.
func TestCSVResultsThatWereMendedAndHandedInAgain(t *testing.T) {
	dir := t.TempDir()
	refuse := true
	server := startGateway(t, sandbox.Options{AcceptTwice: true, KeepCalls: 1000, Behaviour: func(r sandbox.Request) sandbox.Fault {
		if refuse && r.Operation == sandbox.Completion && r.Amount == 4000 {
			return sandbox.Named("NO_BILL")
		}
		return sandbox.Fault{}
	}})
	handIn := func(name string, code cli.Code, want map[batch.State]int) jsonReport {
		t.Helper()
		r := call(t, append([]string{"run", filepath.Join(dir, name), "--json"}, at(dir, server)...)...).want(t, code).json(t)
		for _, state := range batch.States {
			if r.States[state].Rows != want[state] {
				t.Errorf("%s: %d rows are %s, want %d", name, r.States[state].Rows, state, want[state])
			}
		}
		return r
	}
	mendText := func(name, old, new string) {
		t.Helper()
		path := filepath.Join(dir, name)
		text := fileText(t, path)
		if strings.Count(text, old) != 1 {
			t.Fatalf("%s has %d times %q:\n%s", name, strings.Count(text, old), old, text)
		}
		put(t, path, strings.Replace(text, old, new, 1))
	}
	put(t, filepath.Join(dir, "x.csv"), "十一月,,,,,,\n"+strings.TrimSpace(checkHead)+",客户\n"+strings.ReplaceAll(
		bill("01", "2026-11-20", "012345", "1000")+bill("02", "2026-11-20", "012345", "-2000")+bill("03", "2026-11-20", "12345", "3000")+bill("04", "2026-11-20", "012345", "4000"), "\n", ",甲\n"))
	handIn("x.csv", cli.Differences, map[batch.State]int{batch.Completed: 1, batch.Invalid: 2, batch.Declined: 1})

	mendText("x.results.csv", "-2000", "2000")
	handIn("x.results.csv", cli.Differences, map[batch.State]int{batch.Completed: 1, batch.Duplicate: 2, batch.Invalid: 1})
	mendText("x.results-2.csv", ",12345,", ",012345,")
	r := handIn("x.results-2.csv", cli.OK, map[batch.State]int{batch.Completed: 1, batch.Duplicate: 3})
	if names := []string{filepath.Join(dir, "x.results-3.xlsx"), filepath.Join(dir, "x.results-3.csv")}; !slices.Equal(r.Results, names) {
		t.Errorf("%v", r.Results)
	}
	lines := strings.Split(strings.TrimSpace(fileText(t, r.Results[1])), "\n")
	if len(lines) != 6 || strings.Count(lines[1], "settle date") != 1 || !strings.Contains(lines[1], "客户") || !strings.HasPrefix(lines[3], "898440355410001,40001001,124F000002,2026-11-20,012345,2000,甲,") {
		t.Errorf("the results stand once beside the rows:\n%s", strings.Join(lines, "\n"))
	}

	calls := len(server.Calls())
	handIn("x.results-2.csv", cli.OK, map[batch.State]int{batch.Completed: 1, batch.Duplicate: 3})
	if len(server.Calls()) != calls {
		t.Error("handing it in once more spoke to the gateway")
	}
	refuse = false
	call(t, append([]string{"retry", "--code", "NO_BILL"}, at(dir, server)...)...).want(t, cli.Differences) // two rows of the first file are invalid still
	if done := executions(server); len(done) != 4 {
		t.Errorf("%v", done)
	}
	for bill, times := range executions(server) {
		if times != 1 {
			t.Errorf("%s was completed %d times", bill, times)
		}
	}
}

// TestResultsThatLibreOfficeSavedAreHandedInAgain: what it makes of them has its own
// parts and styles, and still our results and whose they are.
func TestResultsThatLibreOfficeSavedAreHandedInAgain(t *testing.T) {
	office := sheettest.NewOffice(t)
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{AcceptTwice: true})
	original, results := filepath.Join(dir, "x.xlsx"), filepath.Join(dir, "x.results.xlsx")
	workbook(t, original)
	call(t, append([]string{"run", original}, at(dir, server)...)...).want(t, cli.Differences)
	mend(t, results, map[string]any{"F3": 20.00, "E4": "012345"})
	for _, format := range []string{sheettest.ExcelWorkbook, sheettest.CSVInGB18030} {
		saved := filepath.Join(dir, "saved."+format[:strings.IndexAny(format+":", ":")])
		if err := os.Rename(office.Save(t, results, format), saved); err != nil {
			t.Fatal(err)
		}
		r := call(t, append([]string{"run", saved, "--json"}, at(dir, server)...)...).want(t, cli.OK).json(t)
		if r.States[batch.Completed].Rows+r.States[batch.Duplicate].Rows != 4 {
			t.Errorf("%s: %+v", saved, r.States)
		}
		for _, path := range r.Results {
			if strings.HasSuffix(path, ".csv") {
				if head, _, _ := strings.Cut(fileText(t, path), "\n"); strings.Count(head, "settle date") != 1 || !strings.Contains(head, "客户") {
					t.Error(head)
				}
			}
		}
		call(t, "check", saved, "--env", "sandbox", "--db", filepath.Join(dir, "none.db")).want(t, cli.Refused)
	}
	for bill, times := range executions(server) {
		if times != 1 {
			t.Errorf("%s was completed %d times", bill, times)
		}
	}
}
