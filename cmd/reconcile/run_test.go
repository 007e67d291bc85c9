package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/money"
	"batchcomplete/internal/ums"
)

const (
	testMID = "898440355410001"
	day20   = "2026-11-20"
	day23   = "2026-11-23"
)

// outcome is what a shell would see of one call of the program.
type outcome struct {
	code        cli.Code
	out, errors string
}

// call runs the program on a day, at noon in Beijing.
func call(t *testing.T, day string, args ...string) outcome {
	t.Helper()
	now, err := time.Parse(time.DateTime, day+" 04:00:00")
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	env := map[string]string{"LANG": "en_US.UTF-8", "SUDO_USER": "auditor"}
	code := Run(cli.World{Args: args, Getenv: func(name string) string { return env[name] }, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Now: func() time.Time { return now }})
	return outcome{code, out.String(), errs.String()}
}

func (o outcome) want(t *testing.T, code cli.Code) outcome {
	t.Helper()
	if o.code != code {
		t.Fatalf("exit %d, want %d\n%s\n%s", o.code, code, o.out, o.errors)
	}
	return o
}

func (o outcome) json(t *testing.T) jsonReport {
	t.Helper()
	var r jsonReport
	if err := json.Unmarshal([]byte(o.out), &r); err != nil {
		t.Fatalf("%v: %s", err, o.out)
	}
	return r
}

// kinds lists the breaks as "kind rows fen".
func (r jsonReport) kinds() string {
	var all []string
	for _, b := range r.Breaks {
		all = append(all, fmt.Sprintf("%s %d %d", b.Kind, b.Rows, b.Fen))
	}
	return strings.Join(all, "; ")
}

// make makes a checkpoint with one batch: bill i is i yuan and in the i-th state.
func makeCheckpoint(t *testing.T, path, batchName string, first int, states ...batch.State) {
	t.Helper()
	ctx, at := context.Background(), time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)
	db, err := checkpoint.Open(ctx, checkpoint.Options{Path: path, Env: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	imp, err := db.Import(ctx, checkpoint.File{Path: batchName + ".xlsx", SHA256: path + batchName, At: at}, checkpoint.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer imp.Rollback()
	for i := range states {
		n := first + i
		if _, err := imp.Add(checkpoint.Entry{Line: i + 2, Bill: batch.Bill{MID: testMID, TID: "40001001", InstMID: "QRPAYDEFAULT", BillNo: billNo(n), BillDate: day20,
			AuthIDRespCd: "012345", Amount: money.Fen(100 * n)}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := imp.Commit(); err != nil {
		t.Fatal(err)
	}
	var rows []batch.Row
	if err := db.Each(ctx, checkpoint.Filter{States: []batch.State{batch.Pending}}, func(r batch.Row) error {
		rows = append(rows, r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows[len(rows)-len(states):] {
		if states[i] == batch.Pending {
			continue
		}
		if _, err := db.Intend(ctx, row, at); err != nil {
			t.Fatal(err)
		}
		n := first + i
		if err := db.Move(ctx, batch.Move{ID: row.ID, Cause: batch.BySend, From: batch.Sending, To: states[i], At: at,
			Answer: ums.Answer{Payment: ums.Payment{MerOrderID: row.OrderID, TotalAmount: row.Amount, BuyerPayAmount: row.Amount, SettleDate: day20, PaySeqID: refOf(n)}}}); err != nil {
			t.Fatal(err)
		}
	}
}

func billNo(n int) string { return fmt.Sprintf("124F20261120%08d", n) }
func refOf(n int) string  { return fmt.Sprintf("%011dN", n) }
func orderOf(n int) string {
	return batch.OrderID("test", "", batch.Identity{MID: testMID, BillDate: day20, BillNo: billNo(n)}, 0)
}

// oldStatement writes the older text layout in GB18030, with a fee of 0.6 percent;
// a line is "n", or "n kind".
func oldStatement(t *testing.T, path string, lines ...string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("商户对账单\r\n集团名称\t某某集团\r\n清算日期\t20261120\r\n清算日期\t交易日期\t交易时间\t终端号\t交易金额\t清算金额\t手续费\t流水号\t交易类型\t参考号\t卡号\t商户号\t发卡行\t卡类型\t商户订单号\t银商订单号\t支付类型\r\n")
	for _, line := range lines {
		var n int
		kind := "预授权完成"
		if _, err := fmt.Sscan(line, &n); err != nil {
			t.Fatal(err)
		}
		if _, word, ok := strings.Cut(line, " "); ok {
			kind = word
		}
		amount := money.Fen(100 * n)
		fee := (amount*6 + 500) / 1000
		fmt.Fprintf(&b, "20261120\t20261120\t221005\t40001001\t%s\t%s\t%s\t%06d\t%s\t%s\t6222***\t%s\t中国银行\t借记卡\t%s\t1123\t银行卡\r\n", amount, amount-fee, fee, n, kind, refOf(n), testMID, orderOf(n))
	}
	fmt.Fprintf(&b, "\r\n总笔数\t交易金额\r\n%d\t0.00\r\n", len(lines))
	text, err := simplifiedchinese.GB18030.NewEncoder().String(b.String())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWhatADayLeavesOpenComesBackUntilItIsClearedOrExplained(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	makeCheckpoint(t, in("a.db"), "bills", 1, batch.Completed, batch.Completed, batch.Unknown, batch.Declined, batch.Completed)
	with := func(more ...string) []string {
		return append([]string{"--db", in("a.db"), "--carry", in("carry.jsonl"), "--out", in("r.xlsx"), "--json"}, more...)
	}
	// 2 is not in the statement; 3 proves an unknown; 5 was refunded; 9 is nobody's.
	s20 := oldStatement(t, in("20.txt"), "1", "3", "5", "5 退货", "9", "7 消费")
	r := call(t, day20, with("--statement", s20)...).want(t, cli.Doubt).json(t)
	if got := r.kinds(); got != "proves_unknown 1 300; only_ums 1 900; only_ours 1 200; reversed 1 500" {
		t.Error(got)
	}
	if !r.TieOut.OK || r.TieOut.Rows != 5 || r.Statement != (jsonStatement{6, 2, 1, 0}) || r.Unresolved.Rows != 1 || len(r.SettleDates) != 1 || r.SettleDates[0].Fen != 800 {
		t.Errorf("%+v", r)
	}
	book, err := os.ReadFile(in("carry.jsonl"))
	if err != nil || strings.Count(string(book), "\n") != 5 {
		t.Fatalf("%s, %v", book, err)
	}
	// The next working day's download has 2 as well, and not what was nobody's: what is open is the same but for 2.
	s23 := oldStatement(t, in("23.txt"), "1", "2", "5")
	if got := call(t, day23, with("--statement", s23)...).want(t, cli.Doubt).json(t).kinds(); got != "proves_unknown 1 300; only_ums 1 900; reversed 1 500" {
		t.Error(got)
	}
	for n := range 2 { // again the same day: what was cleared is shown the same
		call(t, day23, append(with("--statement", s23, "--format", "csv"), "--out", in(fmt.Sprintf("csv%d", n)))...).want(t, cli.Doubt)
	}
	first, again := readCSV(t, in("csv0/Breaks.csv")), readCSV(t, in("csv1/Breaks.csv"))
	if fmt.Sprint(first) != fmt.Sprint(again) || len(first) != 5 {
		t.Errorf("%v\n%v", first, again)
	}
	want := map[string]string{"statement proves it": "carried over 1", "only UMS": "carried over 1", "reversed or refunded": "carried over 1", "only ours": "cleared 1"}
	keys := map[string]string{}
	for _, row := range first[1:] {
		keys[row[1]] = row[0]
		if got := row[5] + " " + row[4]; got != want[row[1]] {
			t.Errorf("%s: %s, want %s", row[1], got, want[row[1]])
		}
	}
	decide := first[1][8]
	if !strings.HasPrefix(decide, "batchcomplete decide "+testMID+"/"+billNo(3)+" --as completed --reason 'statement 20.txt, line 6, reference "+refOf(3)+"' --env test --db ") {
		t.Error(decide)
	}
	// A person explains two of them: the note stays, and they no longer count.
	for _, kind := range []string{"only UMS", "reversed or refunded"} {
		call(t, day23, "--env", "test", "--carry", in("carry.jsonl"), "--explain", keys[kind], "--note", "checked with UMS").want(t, cli.OK)
	}
	call(t, day23, "--env", "test", "--carry", in("carry.jsonl"), "--explain", "DNOSUCH", "--note", "x").want(t, cli.Usage)
	if got := call(t, "2026-11-24", with("--statement", s23)...).want(t, cli.Doubt).json(t).kinds(); got != "proves_unknown 1 300" {
		t.Error(got)
	}
	// The unknown row is decided: nothing is open any more, and no statement is needed to see it.
	decideCompleted(t, in("a.db"))
	if r := call(t, "2026-11-24", with()...).want(t, cli.OK).json(t); r.kinds() != "" || r.Exit != cli.OK {
		t.Errorf("%+v", r)
	}
	call(t, "2026-11-25", append(with("--format", "csv"), "--out", in("last"))...).want(t, cli.OK)
	if rows := readCSV(t, in("last/Breaks.csv")); len(rows) != 3 || !strings.Contains(rows[1][9], "checked with UMS (auditor, 2026-11-23 12:00:00)") {
		t.Errorf("%v", rows)
	}
}

func decideCompleted(t *testing.T, path string) {
	t.Helper()
	ctx := context.Background()
	db, err := checkpoint.Open(ctx, checkpoint.Options{Path: path, Env: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Rows(ctx, batch.Unknown, 0, 10, nil)
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	if err := db.Move(ctx, batch.Move{ID: rows[0].ID, Cause: batch.ByPerson, From: batch.Unknown, To: batch.Completed, At: time.Now(), Actor: "x", Reason: "statement",
		Answer: ums.Answer{Payment: ums.Payment{MerOrderID: rows[0].OrderID, TotalAmount: rows[0].Amount}}}); err != nil {
		t.Fatal(err)
	}
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	makeCheckpoint(t, in("a.db"), "bills", 1, batch.Completed, batch.Completed)
	makeCheckpoint(t, in("b.db"), "bills", 8, batch.Held)
	all := oldStatement(t, in("all.txt"), "1", "2")
	short := oldStatement(t, in("short.txt"), "1")
	text, err := os.ReadFile(all)
	if err != nil {
		t.Fatal(err)
	}
	cut := in("cut.txt")
	if err := os.WriteFile(cut, bytes.Replace(text, text[bytes.Index(text, []byte("20261120\t20261120")):bytes.LastIndex(text, []byte("20261120\t20261120"))], nil, 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(in("none.txt"), []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, config := range map[string]string{"unit.yaml": "statements: [{columns: {settleDate: a, mid: b, type: c, amount: d, ref: e}, unit: jiao, completion: [x]}]", "rate.yaml": "fees: [{rate-bp: 0.6%}]",
		"day.yaml": "holidays: {off: [20261001]}"} {
		if err := os.WriteFile(in(name), []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		args []string
		code cli.Code
		says string
	}{
		{"agrees", []string{"--statement", all}, cli.OK, "2 statement lines: 2 agree"},
		{"differs", []string{"--statement", short}, cli.Differences, "break only ours: 1"},
		{"in doubt comes first", []string{"--db", in("b.db"), "--statement", short}, cli.Doubt, ""},
		{"strict, and no statement at all", []string{"--strict-statement"}, cli.Failed, "expected and missing"},
		{"strict, and one is missing", []string{"--strict-statement", "--statement", short, "--db", in("b.db"), "--settle-date", "2026-11-21"}, cli.Doubt, ""},
		{"a statement that is not there", []string{"--statement", in("no.xlsx")}, cli.Failed, "opening the statement"},
		{"a statement that was cut", []string{"--statement", cut}, cli.Refused, "has 1"},
		{"no statement", []string{"--statement", in("none.txt")}, cli.Refused, "headings of a known layout"},
		{"a date that is none", []string{"--settle-date", "20.11."}, cli.Usage, "not a date"},
		{"dates and a range", []string{"--settle-date", day20, "--from", day20}, cli.Usage, "does not go with"},
		{"another environment", []string{"--env", "prod"}, cli.Usage, "does not go with"},
		{"the same checkpoint twice", []string{"--db", in("a.db")}, cli.Usage, "given twice"},
		{"another format", []string{"--format", "pdf"}, cli.Usage, "xlsx or csv"},
		{"no such batch", []string{"--batch", "x"}, cli.Usage, "no such batch"},
		{"an argument", []string{"x"}, cli.Usage, "takes no argument"},
		{"a layout that cannot be read", []string{"--config", in("unit.yaml")}, cli.Usage, "neither fen nor yuan"},
		{"a rate that is none", []string{"--config", in("rate.yaml")}, cli.Usage, "no rate"},
		{"a holiday that is none", []string{"--config", in("day.yaml")}, cli.Usage, "not a date"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := call(t, day20, append([]string{"--db", in("a.db"), "--carry", "none", "--out", in("r.xlsx")}, c.args...)...).want(t, c.code)
			if !strings.Contains(o.out+o.errors, c.says) {
				t.Errorf("%s\n%s", o.out, o.errors)
			}
		})
	}
	missing := call(t, day20, "--db", in("a.db"), "--carry", "none", "--out", in("m.xlsx"), "--strict-statement", "--statement", oldStatement(t, in("other.txt"), "8")).want(t, cli.Differences)
	if _, err := os.Stat(in("m.xlsx")); err != nil {
		t.Error(err, missing)
	}
}

func TestBatchesOfSeveralCheckpointsAreToldApart(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	makeCheckpoint(t, in("east.db"), "bills", 1, batch.Completed, batch.Completed)
	makeCheckpoint(t, in("west.db"), "bills", 5, batch.Completed)
	s := oldStatement(t, in("s.txt"), "1", "2", "5")
	call(t, day20, "--db", in("east.db"), "--db", in("west.db"), "--statement", s, "--carry", "none", "--out", in("csv"), "--format", "csv").want(t, cli.OK)
	rows := readCSV(t, in("csv/Batches.csv"))
	if rows[1][0] != "east/bills-2026-11-20" || rows[1][3] != "2" || rows[1][5] != "2" || rows[2][0] != "west/bills-2026-11-20" || rows[2][3] != "1" || rows[2][5] != "1" {
		t.Errorf("%v", rows)
	}
	// One checkpoint's batch alone: the other lines are its neighbour's, or nobody's.
	makeCheckpoint(t, in("east.db"), "more", 20, batch.Completed)
	s = oldStatement(t, in("t.txt"), "1", "2", "20")
	r := call(t, day20, "--db", in("east.db"), "--batch", "more", "--statement", s, "--carry", "none", "--out", in("r.xlsx"), "--json").want(t, cli.OK).json(t)
	if r.Statement != (jsonStatement{3, 1, 0, 2}) || r.TieOut.Rows != 1 {
		t.Errorf("%+v", r)
	}
}

func TestThePageHasNoScriptAndAsksForNothing(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	makeCheckpoint(t, in("a.db"), "<script>alert(1)", 1, batch.Completed, batch.Unknown)
	s := oldStatement(t, in("s.txt"), "1 <b>退货", "2", "7")
	call(t, day20, "--db", in("a.db"), "--statement", s, "--carry", "none", "--out", in("r.xlsx"), "--html", in("r.html")).want(t, cli.Doubt)
	text, err := os.ReadFile(in("r.html"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	if found := regexp.MustCompile(`(?i)<script|<b>退|javascript:|src=|href=|@import|url\(|https?:`).FindAllString(page, -1); found != nil {
		t.Errorf("%v", found)
	}
	for _, part := range []string{`content="default-src 'none'; style-src 'unsafe-inline'`, "<svg", "&lt;script&gt;", "@media print", "width=device-width"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
}

// TestLibreOfficeFindsTheSameTotals has another program compute the workbook's
// formulas.
func TestLibreOfficeFindsTheSameTotals(t *testing.T) {
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed")
	}
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	makeCheckpoint(t, in("a.db"), "bills", 1, batch.Completed, batch.Completed, batch.Unknown, batch.Declined, batch.Pending)
	s := oldStatement(t, in("s.txt"), "1", "2")
	call(t, day20, "--db", in("a.db"), "--statement", s, "--carry", "none", "--out", in("r.xlsx")).want(t, cli.Doubt)
	out, err := exec.Command(soffice, "-env:UserInstallation=file://"+in("profile"), "--headless", "--convert-to",
		`csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1`, "--outdir", dir, in("r.xlsx")).CombinedOutput()
	if err != nil {
		t.Skipf("LibreOffice does not run here: %v: %s", err, out)
	}
	want := map[string]string{"imported (as counted then)": "5 15 5 15", "completed": "2 3 2 3", "declined": "1 4 1 4", "unknown": "1 3 1 3", "pending": "1 5 1 5",
		"sum of the states": "5 15 5 15", "difference": "0 0 0 0"}
	for _, row := range readCSV(t, in("r-Summary.csv")) {
		if len(row) < 8 || want[row[0]] == "" {
			continue
		}
		if got := strings.Join(row[2:6], " "); got != want[row[0]] || row[6] != "0" || row[7] != "0" {
			t.Errorf("%s: %v, want %s", row[0], row[2:8], want[row[0]])
		}
		delete(want, row[0])
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
	details := readCSV(t, in("r-Details.csv"))
	if len(details) != 6 || details[1][3] != billNo(1) || details[2][6] != "2" {
		t.Errorf("%v", details)
	}
}
