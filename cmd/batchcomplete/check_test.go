package main

import (
	"errors"
	"fmt"
	"net"
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

const checkHead = "mid,tid,billNo,billDate,authIdRespCd,totalAmount\n"

// bill is one line of a file; n makes its number.
func bill(n, date, code, fen string) string {
	return "898440355410001,40001001,124F0000" + n + "," + date + "," + code + "," + fen + "\n"
}

func TestCheckReportsEveryProblemOfAllTheFilesInOnePass(t *testing.T) {
	dir := t.TempDir()
	first := put(t, filepath.Join(dir, "a.csv"), checkHead+bill("01", "2026-11-20", "012345", "-5")+bill("02", "2026-11-31", "secret中", "1000")+bill("03", "2026-11-20", "012345", "1000"))
	refused := put(t, filepath.Join(dir, "b.csv"), "mid,tid\n1,2\n")
	last := put(t, filepath.Join(dir, "c.csv"), checkHead+bill("04", "2026-11-20", "012345", "x"))
	r := call(t, "check", first, refused, last, "--env", "sandbox", "--db", filepath.Join(dir, "s.db"), "--json").want(t, cli.Refused).json(t)
	want := []jsonProblem{
		{File: first, Cell: "F2", Heading: "totalAmount", Value: "-5", Key: "intake.amount.low"},
		{File: first, Cell: "E3", Heading: "authIdRespCd", Value: "REDACTED", Key: "intake.characters"},
		{File: first, Cell: "D3", Heading: "billDate", Value: "2026-11-31", Key: "intake.date"},
		{File: refused, Key: "intake.header"},
		{File: last, Cell: "F2", Heading: "totalAmount", Value: "x", Key: "intake.amount"},
	}
	if len(r.Problems) != len(want) {
		t.Fatalf("%+v", r.Problems)
	}
	for _, w := range want {
		found := false
		for _, p := range r.Problems {
			if p.Text == "" || p.Mend == "" || strings.Contains(p.Value, "secret") || strings.Contains(p.Text+p.Mend, "[") {
				t.Errorf("%+v", p)
			}
			if w.Value == "REDACTED" && p.Key == w.Key {
				w.Value = p.Value
			}
			p.Text, p.Mend = "", ""
			found = found || p == w
		}
		if !found {
			t.Errorf("missing %+v in %+v", w, r.Problems)
		}
	}
	if len(r.Totals) != 1 || r.Totals[0] != (jsonDay{"898440355410001", "2026-11-20", jsonSum{1, 1000}}) {
		t.Errorf("totals %+v", r.Totals)
	}
}

// TestEveryProblemIsSaidOnTheTerminalBySheetAndCell: in both languages, all of them,
// with the value and what to do.
func TestEveryProblemIsSaidOnTheTerminalBySheetAndCell(t *testing.T) {
	dir := folder(t)
	args := []string{"check", filepath.Join(dir, "broken.xlsx"), "--env", "sandbox", "--db", filepath.Join(dir, "s.db")}
	for language, lines := range map[string][]string{
		"zh": {`Sheet1!D6 账单日期 "3/4/2026":不是明确的日期。写成 2026-11-23 的形式`, `Sheet1!E3 授权码 "12****":`},
		"en": {`Sheet1!D6 账单日期 "3/4/2026": it is not an unambiguous date. write it as 2026-11-23`, `Sheet1!E3 授权码 "12****": `},
	} {
		said := call(t, append(args, "--lang", language)...).want(t, cli.Differences).errors
		if n := strings.Count(said, "Sheet1!"); n != 28 {
			t.Errorf("%d problems are said\n%s", n, said)
		}
		for _, line := range lines {
			if !strings.Contains(said, line) {
				t.Errorf("%q is not in\n%s", line, said)
			}
		}
	}
}

// TestCheckSaysWhatItReadsThatSomebodyMayNotExpect: in words of both languages,
// and as JSON by a key that does not change.
func TestCheckSaysWhatItReadsThatSomebodyMayNotExpect(t *testing.T) {
	row := func(n, amount string) []string {
		return []string{sheettest.Text("898440355410001"), sheettest.Text("40001001"), sheettest.Text("124F0000" + n), sheettest.Text("2026-11-20"), sheettest.Text("012345"), amount}
	}
	var head []string
	for _, heading := range strings.Split(strings.TrimSpace(checkHead), ",") {
		head = append(head, sheettest.Text(heading))
	}
	data := sheettest.Rows(head, row("01", sheettest.Number("1000", 0)), row("02", sheettest.Cell("", "<f>F2*2</f><v>2000</v>")))
	book := sheettest.Book{Macros: true, Sheets: [][2]string{{"a", strings.Replace(data, `<row r="2">`, `<row r="2" hidden="1">`, 1)}}}
	path := book.Write(t)
	args := []string{"check", path, "--env", "sandbox", "--db", filepath.Join(t.TempDir(), "s.db")}
	r := call(t, append(args, "--json")...).want(t, cli.OK).json(t)
	want := []string{"intake.note.hidden", "intake.note.macros", "intake.note.formula"}
	var keys []string
	for _, n := range r.Notes {
		keys = append(keys, n.Key)
		if n.File != path || n.Text == "" {
			t.Errorf("%+v", n)
		}
	}
	if !slices.Equal(keys, want) {
		t.Errorf("%v, want %v", keys, want)
	}
	for language, words := range map[string][]string{"zh": {"1 行(共 ¥10.00)被隐藏", "这个工作簿里有宏", "1 个单元格是公式"}, "en": {"1 rows (¥10.00 in all) are hidden", "the workbook has macros", "1 cells are formulas"}} {
		said := call(t, append(args, "--lang", language)...).want(t, cli.OK).errors
		for _, word := range words {
			if !strings.Contains(said, word) {
				t.Errorf("%q is not in\n%s", word, said)
			}
		}
	}
	if r := call(t, append(args, "--json", "--formulas", "refuse")...).want(t, cli.Differences).json(t); len(r.Problems) != 1 || r.Problems[0].Key != "intake.formula" || r.Problems[0].Cell != "F3" {
		t.Errorf("%+v", r.Problems)
	}
}

// TestCheckSaysWhatIsNewWhatWasThereBeforeAndWhatHasChanged: and counts as run
// does, though it writes nothing.
func TestCheckSaysWhatIsNewWhatWasThereBeforeAndWhatHasChanged(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{})
	input := put(t, filepath.Join(dir, "x.csv"), checkHead+bill("01", "2026-11-20", "012345", "1000")+bill("02", "2026-11-20", "012345", "2000"))
	ran := call(t, append([]string{"run", input, "--json"}, at(dir, server)...)...).want(t, cli.OK).json(t)
	put(t, input, checkHead+bill("01", "2026-11-20", "012345", "1000")+bill("02", "2026-11-20", "012345", "2001")+bill("03", "2026-11-21", "012345", "3000"))
	args := []string{"check", input, "--env", "test", "--db", filepath.Join(dir, "test.db")}
	r := call(t, append(args, "--json")...).want(t, cli.Differences).json(t)
	if r.States[batch.Duplicate] != (jsonSum{1, 1000}) || r.States[batch.Pending] != (jsonSum{1, 3000}) || r.States[batch.Invalid] != (jsonSum{1, 2001}) {
		t.Errorf("%+v", r.States)
	}
	if len(r.Before) != 1 || r.Before[0] != (jsonOrigin{ran.Batches[0].Name, batch.Completed, jsonSum{1, 1000}}) || *r.Changed != (jsonSum{1, 2001}) {
		t.Errorf("%+v %+v", r.Before, r.Changed)
	}
	if len(r.Problems) != 1 || r.Problems[0].Key != "checkpoint.changedSent" {
		t.Errorf("a row of another batch of the same name and day is not taken for one of this file: %+v", r.Problems)
	}
	text := call(t, args...).want(t, cli.Differences).out
	for _, line := range []string{"898440355410001  2026-11-20     1  10.00", "898440355410001  2026-11-21     1  30.00", "new: 1 rows, ¥30.00",
		"there before: batch " + ran.Batches[0].Name + ", completed, 1 rows, ¥10.00", "changed since: 1 rows, ¥20.01"} {
		if !strings.Contains(text, line) {
			t.Errorf("%q is not in\n%s", line, text)
		}
	}
	after := call(t, append([]string{"run", input, "--json"}, at(dir, server)...)...).want(t, cli.Differences).json(t)
	if after.States[batch.Duplicate] != r.States[batch.Duplicate] || after.States[batch.Invalid] != r.States[batch.Invalid] {
		t.Errorf("check said %+v, and run says %+v", r.States, after.States)
	}
}

// TestWhatHasChangedAndIsAcceptedIsNoNewBill: nor where a later row of the file
// disagrees with it, which makes both invalid.
func TestWhatHasChangedAndIsAcceptedIsNoNewBill(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{})
	config := put(t, filepath.Join(dir, "config.yaml"), "require_approval: true\n") // nothing is sent
	input := put(t, filepath.Join(dir, "x.csv"), checkHead+bill("01", "2026-11-20", "012345", "1000")+bill("02", "2026-11-20", "012345", "2000"))
	call(t, append([]string{"run", input, "--config", config}, at(dir, server)...)...).want(t, cli.TimeUp)
	changed := checkHead + bill("01", "2026-11-20", "012345", "1001") + bill("03", "2026-11-20", "012345", "3000")
	for text, want := range map[string]struct {
		code    cli.Code
		pending jsonSum
		changed jsonSum
		said    []string
	}{
		changed: {cli.OK, jsonSum{2, 4001}, jsonSum{1, 1001}, []string{"new: 1 rows, ¥30.00", "accepted with --accept-changes: 1 rows, ¥10.01"}},
		changed + bill("01", "2026-11-20", "012345", "1002"): {cli.Differences, jsonSum{1, 3000}, jsonSum{1, 1001}, []string{"new: 1 rows, ¥30.00", "changed since: 1 rows, ¥10.01; they are not sent"}},
	} {
		put(t, input, text)
		args := []string{"check", input, "--accept-changes", "--env", "test", "--db", filepath.Join(dir, "test.db")}
		r := call(t, append(args, "--json")...).want(t, want.code).json(t)
		if r.States[batch.Pending] != want.pending || *r.Changed != want.changed || len(r.Before) != 0 {
			t.Errorf("%+v %+v %+v", r.States, r.Changed, r.Before)
		}
		out := call(t, args...).want(t, want.code).out
		for _, line := range want.said {
			if !strings.Contains(out, line) {
				t.Errorf("%q is not in\n%s", line, out)
			}
		}
	}
	put(t, input, changed)
	db := []string{"--env", "test", "--db", filepath.Join(dir, "test.db"), "--json"}
	checked := call(t, append([]string{"check", input, "--accept-changes"}, db...)...).want(t, cli.OK).json(t)
	call(t, append([]string{"run", input, "--accept-changes", "--config", config}, at(dir, server)...)...).want(t, cli.TimeUp)
	if ran := call(t, append([]string{"status", checked.Batches[0].Name}, db...)...).want(t, cli.OK).json(t); ran.States[batch.Pending] != checked.States[batch.Pending] || ran.Batches[0].Name != checked.Batches[0].Name {
		t.Errorf("check said %+v, and run took in %+v", checked.States, ran.States)
	}
}

func TestTheSameBillTwiceInAFileNamesBothLinesAndWhetherTheyAgree(t *testing.T) {
	dir := t.TempDir()
	agreeing := put(t, filepath.Join(dir, "a.csv"), checkHead+bill("01", "2026-11-20", "012345", "1000")+bill("02", "2026-11-20", "012345", "2000")+bill("01", "2026-11-20", "012345", "1000"))
	args := []string{"--env", "sandbox", "--db", filepath.Join(dir, "s.db")}
	o := call(t, append([]string{"check", agreeing}, args...)...).want(t, cli.OK)
	if !strings.Contains(o.errors, "line 4 is the same bill as line 2 of this file, and the two agree") {
		t.Error(o.errors)
	}
	same := call(t, append([]string{"check", agreeing, "--json"}, args...)...).want(t, cli.OK).json(t)
	if !slices.Equal(same.Duplicates, []jsonRepeat{{agreeing, 4, 2}}) || len(same.Problems) != 0 {
		t.Errorf("%+v %+v", same.Duplicates, same.Problems)
	}
	differing := put(t, filepath.Join(dir, "b.csv"), checkHead+bill("01", "2026-11-20", "012345", "1000")+bill("02", "2026-11-20", "012345", "2000")+bill("01", "2026-11-20", "012345", "1001")+bill("01", "2026-11-20", "012345", "1000"))
	r := call(t, append([]string{"check", differing, "--json"}, args...)...).want(t, cli.Differences).json(t)
	if len(r.Problems) != 3 {
		t.Fatalf("%+v", r.Problems)
	}
	for i, other := range []string{"line 4", "line 2", "line 2"} {
		if p := r.Problems[i]; p.Key != "checkpoint.conflict" || p.Cell != []string{"C2", "C4", "C5"}[i] || p.Heading != "billNo" || !strings.Contains(p.Text, other+" of this file, and the two disagree") {
			t.Errorf("%+v", p)
		}
	}
	if len(r.Totals) != 1 || r.Totals[0].jsonSum != (jsonSum{1, 2000}) {
		t.Errorf("the withdrawn row is not among the totals: %+v", r.Totals)
	}
	if _, err := os.Stat(filepath.Join(dir, "s.db")); err == nil {
		t.Error("check made a checkpoint")
	}
}

// TestAFileThatCannotBeReadIsAmongTheProblems: and the others are looked at.
func TestAFileThatCannotBeReadIsAmongTheProblems(t *testing.T) {
	dir, err := os.MkdirTemp("", "b") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	unreadable := filepath.Join(dir, "a.csv")
	listener, err := net.Listen("unix", unreadable)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	bad := put(t, filepath.Join(dir, "b.csv"), checkHead+bill("01", "2026-11-20", "012345", "-5"))
	o := call(t, "check", unreadable, bad, "--env", "sandbox", "--db", filepath.Join(dir, "s.db"), "--json").want(t, cli.Failed)
	r := o.json(t)
	if len(r.Problems) != 2 || r.Problems[0].File != unreadable || r.Problems[0].Key != unreadKey || r.Problems[0].Cell != "" || r.Problems[0].Mend == "" ||
		!strings.Contains(r.Problems[0].Text, "reading "+unreadable) || r.Problems[1].File != bad {
		t.Errorf("%+v", r.Problems)
	}
	if !strings.Contains(o.errors, r.Problems[0].Text) {
		t.Error(o.errors)
	}
}

// TestCheckOutIsTheAccountantsOwnWorkbookWithItsProblemsMarked: of every file,
// and over nothing that is not ours.
func TestCheckOutIsTheAccountantsOwnWorkbookWithItsProblemsMarked(t *testing.T) {
	dir := folder(t)
	text := put(t, filepath.Join(dir, "text.csv"), checkHead+bill("01", "2026-11-20", "012345", "-5"))
	headless := put(t, filepath.Join(dir, "headless.csv"), "a,b\n1,2\n")
	out := filepath.Join(dir, "out")
	args := []string{"--env", "sandbox", "--db", filepath.Join(dir, "s.db"), "--json"}
	check := append([]string{"check", filepath.Join(dir, "broken.xlsx"), text, headless, "--out", out}, args...)
	for range 2 { // the second time over our own
		r := call(t, check...).want(t, cli.Refused).json(t)
		var names []string
		for _, path := range r.Results {
			names = append(names, filepath.Base(path))
		}
		if !slices.Equal(names, []string{"broken.check.xlsx", "text.check.xlsx", "headless.check.xlsx"}) {
			t.Fatal(names)
		}
		f, err := excelize.OpenFile(r.Results[0])
		if err != nil {
			t.Fatal(err)
		}
		comments, err := f.GetComments("Sheet1")
		if err != nil || len(comments) != 28 {
			t.Errorf("%d comments, %v", len(comments), err)
		}
		said := slices.IndexFunc(comments, func(c excelize.Comment) bool { return c.Cell == "D6" })
		if said < 0 || comments[said].Text != "it is not an unambiguous date\nwrite it as 2026-11-23" {
			t.Errorf("the comments do not say what is wrong and how to mend it: %+v", comments)
		}
		f.Close()
		if rows := cells(t, r.Results[0], "problems"); len(rows) != 29 {
			t.Errorf("%d rows are listed", len(rows))
		}
		if rows := cells(t, r.Results[1], "problems"); len(rows) != 2 || rows[1][1] != "F2" || rows[1][3] != "-5" {
			t.Errorf("%v", rows)
		}
		if rows := cells(t, r.Results[2], "problems"); len(rows) != 2 || !strings.Contains(rows[1][4], "mid/") {
			t.Errorf("%v", rows)
		}
	}
	for name, path := range map[string]string{"an input": text, "somebody's": filepath.Join(dir, "bills.xlsx"), "no workbook": filepath.Join(dir, "x.csv")} {
		before, _ := os.ReadFile(path)
		call(t, append([]string{"check", text, "--out", path}, args...)...).want(t, cli.Usage)
		if after, _ := os.ReadFile(path); string(after) != string(before) {
			t.Errorf("%s was overwritten", name)
		}
	}
}

// TestAMarkedCopyThatSomebodyWorksOnIsKept: the next check takes another name.
func TestAMarkedCopyThatSomebodyWorksOnIsKept(t *testing.T) {
	dir := t.TempDir()
	input := put(t, filepath.Join(dir, "a.csv"), checkHead+bill("01", "2026-11-20", "012345", "-5"))
	args := []string{"check", input, "--env", "sandbox", "--db", filepath.Join(dir, "s.db"), "--json", "--out", dir}
	first := call(t, args...).want(t, cli.Differences).json(t).Results[0]
	f, err := excelize.OpenFile(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.SetAppProps(&excelize.AppProperties{Application: "Microsoft Excel"}), f.Save(), f.Close()); err != nil {
		t.Fatal(err)
	}
	second := call(t, args...).want(t, cli.Differences).json(t).Results[0]
	if filepath.Base(second) != "a.check-2.xlsx" {
		t.Error(second)
	}
	args[len(args)-1] = first
	call(t, args...).want(t, cli.Usage)
}

// TestAMarkedCopyThatIsHandedInIsNotOverwritten: nor does its name grow.
func TestAMarkedCopyThatIsHandedInIsNotOverwritten(t *testing.T) {
	dir := t.TempDir()
	input := put(t, filepath.Join(dir, "a.csv"), checkHead+bill("01", "2026-11-20", "012345", "-5"))
	args := []string{"--env", "sandbox", "--db", filepath.Join(dir, "s.db"), "--json", "--out", dir}
	for n, want := range []string{"a.check.xlsx", "a.check-2.xlsx"} {
		r := call(t, append([]string{"check", input}, args...)...).want(t, cli.Differences).json(t)
		if input = filepath.Join(dir, want); len(r.Results) != 1 || r.Results[0] != input {
			t.Fatalf("%d: %v", n, r.Results)
		}
	}
}

// TestAFileThatIsWrongAllOverIsListedUpToABound: the rows are all counted, the
// problems beyond the bound too, and what they all say is not kept in memory.
func TestAFileThatIsWrongAllOverIsListedUpToABound(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	const rows, wrong = 26_000, 4 // in each row
	dir := t.TempDir()
	path := filepath.Join(dir, "wrong.csv")
	text := "mid,tid,billNo,billDate,authIdRespCd,totalAmount\n" + strings.Repeat("898440355410001,?,?,?,?,?\n", rows)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	o := call(t, "check", path, "--env", "test", "--db", filepath.Join(dir, "test.db"), "--json").want(t, cli.Differences)
	r := o.json(t)
	if len(r.Problems) != maxProblems || r.States[batch.Invalid].Rows != rows {
		t.Errorf("%d problems, %+v", len(r.Problems), r.States[batch.Invalid])
	}
	if more := fmt.Sprintf("and %d more problems", rows*wrong-maxProblems); !strings.Contains(o.errors, more) {
		t.Errorf("it does not say %q: %s", more, o.errors[max(0, len(o.errors)-500):])
	}
}
