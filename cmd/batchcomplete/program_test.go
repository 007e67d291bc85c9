package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sandbox"
	"batchcomplete/internal/ums"
)

const testAppID, testAppKey = "12345678901234567890123456789012", "67890123456789012345678901234567"

// outcome is what a shell would see of one call of the program.
type outcome struct {
	code        cli.Code
	out, errors string
}

var testEnv = map[string]string{"UMS_APP_ID": testAppID, "UMS_APP_KEY": testAppKey, "LANG": "en_US.UTF-8"}

func call(t *testing.T, args ...string) outcome {
	t.Helper()
	var out, errs bytes.Buffer
	code := Run(cli.World{Args: args, Getenv: func(name string) string { return testEnv[name] }, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Now: time.Now})
	if strings.Contains(out.String()+errs.String(), testAppKey) {
		t.Error("the key was printed")
	}
	return outcome{code, out.String(), errs.String()}
}

// want fails where the exit code is another.
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
		t.Fatalf("%v\n%s", err, o.out)
	}
	if r.Exit != o.code {
		t.Errorf("the report says exit %d, and it is %d", r.Exit, o.code)
	}
	return r
}

// folder is a working directory with copies of the samples.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../samples")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// gateway is an independent one, which a run reaches by --base-url.
func startGateway(t *testing.T, o sandbox.Options) *sandbox.Server {
	t.Helper()
	o.AppID, o.AppKey = testAppID, ums.NewSecret(testAppKey)
	server, err := sandbox.Start("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server
}

// at gives the arguments that lead to a gateway and a checkpoint, fast.
func at(dir string, server *sandbox.Server) []string {
	return []string{"--env", "test", "--base-url", server.URL, "--db", filepath.Join(dir, "test.db"), "--rate", "500", "--yes",
		"--settle-window", "1s", "--resolve-for", "20s", "--timeout", "5s", "--log-level", "error"}
}

// manyBills writes a CSV file of n bills and gives its path.
func manyBills(t *testing.T, dir, name string, n int, fen func(int) money.Fen) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("mid,tid,billNo,billDate,authIdRespCd,totalAmount,customer\n")
	for i := range n {
		fmt.Fprintf(&b, "898440355410001,40001001,124F%s%014d,2026-11-20,012345,%d,=1+1\n", name, i, int64(fen(i)))
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name+".csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func plainAmount(i int) money.Fen { return money.Fen(1000 + i%50) }

func TestTheSampleWorkbookIsCompletedAndHandedBack(t *testing.T) {
	dir := folder(t)
	input := filepath.Join(dir, "bills.xlsx")
	r := call(t, "run", input, "--env", "sandbox", "--db", filepath.Join(dir, "s.db"), "--rate", "500", "--yes", "--json", "--settle-window", "2s", "--lang", "zh").want(t, cli.Differences).json(t)
	if r.States[batch.Completed].Rows != 26 || r.States[batch.Declined].Rows != 2 || r.States[batch.Duplicate].Rows != 1 || r.Batches[0].Rows != 29 {
		t.Errorf("%+v", r)
	}
	before := cells(t, input, "十一月账单")
	after := cells(t, filepath.Join(dir, "bills.results.xlsx"), "十一月账单")
	const own = 9
	for i, row := range before {
		for j, cell := range row {
			if j < len(after[i]) && strings.TrimRight(after[i][j], "0.") != strings.TrimRight(strings.ReplaceAll(cell, ",", ""), "0.") && strings.ReplaceAll(after[i][j], ",", "") != strings.ReplaceAll(cell, ",", "") {
				t.Errorf("row %d column %d was %q and is %q", i+1, j+1, cell, after[i][j])
			}
		}
	}
	if got := after[2][own:]; !slices.Equal(got, []string{"状态", "错误代码", "错误说明", "建议", "结算日期", "完成金额(元)", "实付", "优惠", "交易参考号", "平台单号", "完成订单号", "发送次数", "更新时间"}) {
		t.Errorf("result columns: %v", got)
	}
	states := map[string]int{}
	for _, row := range after[3:32] {
		states[row[own]]++
	}
	if states["已完成"] != 26 || states["被拒绝"] != 2 || states["重复"] != 1 {
		t.Error(states)
	}
}

// cells reads a sheet as it is shown.
func cells(t *testing.T, path, sheet string) [][]string {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestTheSameFileTwiceSendsNothing(t *testing.T) {
	dir := folder(t)
	server := startGateway(t, sandbox.Options{AcceptTwice: true, KeepCalls: 1000})
	input := filepath.Join(dir, "bills.csv")
	args := append([]string{"run", input, "--json"}, at(dir, server)...)
	first := call(t, args...).want(t, cli.OK).json(t)
	if first.States[batch.Completed].Rows != 20 || len(server.Ledger()) != 20 {
		t.Errorf("%+v", first)
	}
	calls := len(server.Calls())
	second := call(t, args...).want(t, cli.OK).json(t)
	if len(server.Calls()) != calls {
		t.Error("the second run spoke to the gateway")
	}
	if second.States[batch.Completed].Rows != 20 || len(second.Results) != 2 {
		t.Errorf("%+v", second)
	}
	// The same bills in another file are duplicates, and are not sent either.
	text, err := os.ReadFile(input)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "again.csv")
	if err := os.WriteFile(other, append(text, []byte("\r\n")...), 0o600); err != nil {
		t.Fatal(err)
	}
	third := call(t, append([]string{"run", other, "--json"}, at(dir, server)...)...).want(t, cli.OK).json(t)
	if len(server.Ledger()) != 20 || third.States[batch.Duplicate].Rows != 20 {
		t.Errorf("%+v", third)
	}
}

func TestResultsOfCSVCannotBecomeFormulas(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{})
	input := manyBills(t, dir, "AA", 2, plainAmount)
	call(t, append([]string{"run", input}, at(dir, server)...)...).want(t, cli.OK)
	text, err := os.ReadFile(filepath.Join(dir, "AA.results.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), ",'=1+1,") || !strings.HasPrefix(string(text), "\ufeff") {
		t.Errorf("%s", text)
	}
	f, err := excelize.OpenFile(filepath.Join(dir, "AA.results.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if formula, err := f.GetCellFormula("results", "G2"); err != nil || formula != "" {
		t.Errorf("%q, %v", formula, err)
	}
	if kind, err := f.GetCellType("results", "C2"); err != nil || kind != excelize.CellTypeInlineString {
		t.Errorf("the bill number is a %v, %v", kind, err)
	}
}

// binary builds the program once.
func binary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "batchcomplete")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

func command(bin string, args ...string) *exec.Cmd {
	c := exec.Command(bin, args...)
	c.Env = append(os.Environ(), "UMS_APP_ID="+testAppID, "UMS_APP_KEY="+testAppKey, "LANG=en_US.UTF-8")
	return c
}

// executions counts the gateway's payments by bill.
func executions(server *sandbox.Server) map[string]int {
	all := map[string]int{}
	for _, e := range server.Ledger() {
		all[e.BillNo]++
	}
	return all
}

// TestKilledAtAnyMomentNothingIsPaidTwiceOrLost kills the real program again and
// again against a gateway that would happily pay twice.
func TestKilledAtAnyMomentNothingIsPaidTwiceOrLost(t *testing.T) {
	const bills = 400
	dir, bin := t.TempDir(), binary(t)
	server := startGateway(t, sandbox.Options{AcceptTwice: true})
	input := manyBills(t, dir, "KILL", bills, plainAmount)
	args := append([]string{"run", input}, at(dir, server)...)
	for i := range 6 {
		c := command(bin, args...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(60+i*37) * time.Millisecond)
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait()
	}
	out, err := command(bin, append(args, "--json")...).Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var r jsonReport
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatal(err)
	}
	if r.States[batch.Completed].Rows != bills {
		t.Errorf("%+v", r.States)
	}
	paid := executions(server)
	if len(paid) != bills {
		t.Errorf("%d bills were paid", len(paid))
	}
	for bill, n := range paid {
		if n != 1 {
			t.Errorf("%s was paid %d times", bill, n)
		}
	}
}

// TestAReaderThatLeavesDoesNotKillARun has standard output and standard error
// closed by whoever reads them, as "| head" does.
func TestAReaderThatLeavesDoesNotKillARun(t *testing.T) {
	dir, bin := t.TempDir(), binary(t)
	server := startGateway(t, sandbox.Options{})
	input := manyBills(t, dir, "PIPE", 20, plainAmount)
	c := command(bin, append([]string{"run", input}, at(dir, server)...)...)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := read.Close(); err != nil {
		t.Fatal(err)
	}
	c.Stdout, c.Stderr = write, write
	err = c.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && !exit.Exited() {
		t.Errorf("a signal killed it: %v", err)
	}
	if paid := executions(server); len(paid) != 20 {
		t.Errorf("%d of 20 bills were completed", len(paid))
	}
}

func TestInterruptedItFinishesWhatIsInFlightAndCarriesOnLater(t *testing.T) {
	dir, bin := t.TempDir(), binary(t)
	server := startGateway(t, sandbox.Options{AcceptTwice: true})
	input := manyBills(t, dir, "INTR", 300, plainAmount)
	args := append([]string{"run", input, "--json"}, at(dir, server)...)
	args = append(args, "--rate", "100")
	c := command(bin, args...)
	var out bytes.Buffer
	c.Stdout = &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(800 * time.Millisecond)
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err := c.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 143 {
		t.Fatalf("%v\n%s", err, out.String())
	}
	var r jsonReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if r.Stopped != batch.BySignal || r.States[batch.Pending].Rows == 0 || r.States[batch.Sending].Rows != 0 || r.States[batch.Unknown].Rows != 0 || len(r.Results) == 0 {
		t.Errorf("%+v", r)
	}
	if out, err := command(bin, args...).Output(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if paid := executions(server); len(paid) != 300 || len(server.Ledger()) != 300 {
		t.Errorf("%d bills, %d payments", len(paid), len(server.Ledger()))
	}
}

func TestExitCodes(t *testing.T) {
	dir := folder(t)
	server := startGateway(t, sandbox.Options{})
	db := filepath.Join(dir, "test.db")
	input := filepath.Join(dir, "bills.csv")
	with := func(args ...string) []string { return append(args, at(dir, server)...) }
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		want cli.Code
		says string
	}{
		{"no command", nil, cli.OK, ""},
		{"a command that does not exist", []string{"pay"}, cli.Usage, "unknown command"},
		{"a flag that does not exist", []string{"run", "x", "--fast"}, cli.Usage, "--fast"},
		{"no file", []string{"run", "--env", "sandbox"}, cli.Usage, "run FILE"},
		{"no environment", []string{"run", input}, cli.Usage, "--env"},
		{"an environment that does not exist", []string{"run", input, "--env", "live"}, cli.Usage, "live"},
		{"a file that is not there", with("run", filepath.Join(dir, "none.csv")), cli.Usage, "none.csv"},
		{"what to do about it", with("run", filepath.Join(dir, "none.csv")), cli.Usage, "nothing was sent. Check the name"},
		{"another address for prod", []string{"run", input, "--env", "prod", "--base-url", nobody, "--db", db + "2"}, cli.Usage, "--base-url"},
		{"plain http beyond loopback", []string{"run", input, "--env", "test", "--base-url", "http://10.0.0.1", "--db", db}, cli.Usage, "https"},
		{"control total of rows", with("run", input, "--expect-rows", "21"), cli.Refused, "21"},
		{"control total of yuan", with("run", input, "--expect-total", "1.00"), cli.Refused, "1.00"},
		{"no amount", with("run", input, "--expect-total", "much"), cli.Usage, "much"},
		{"no spreadsheet", with("run", filepath.Join(dir, "demo.sh")), cli.Refused, "quote"},
		{"a table of something else", with("run", filepath.Join(dir, "statement.xlsx")), cli.Refused, "headings"},
		{"problems in rows", []string{"check", filepath.Join(dir, "broken.xlsx"), "--env", "sandbox", "--db", db + "3"}, cli.Differences, "leading zeros"},
		{"no checkpoint yet", []string{"status", "--env", "test", "--db", db + "4"}, cli.Failed, "no checkpoint"},
		{"no folder for the checkpoint", []string{"run", input, "--env", "test", "--base-url", nobody, "--db", filepath.Join(dir, "none", "x.db")}, cli.Failed, "make the folder"},
		{"another program's file for a checkpoint", []string{"run", input, "--env", "test", "--base-url", nobody, "--db", input}, cli.Failed, "not a checkpoint of this program"},
		{"nobody there", []string{"run", input, "--env", "test", "--base-url", nobody, "--db", db + "5", "--yes", "--stop-after-failures", "3"}, cli.Brake, ""},
		{"time is up", with("run", input, "--max-duration", "1ns"), cli.TimeUp, ""},
		{"fine", with("run", input), cli.OK, ""},
		{"another environment's checkpoint", []string{"run", input, "--env", "sandbox", "--db", db}, cli.Usage, "belongs to test"},
		{"a decision without a reason", []string{"decide", "x", "--as", "declined", "--env", "test", "--db", db}, cli.Usage, "reason"},
		{"a bill that is not there", []string{"show", "x", "--env", "test", "--db", db}, cli.Usage, "no bill"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := call(t, c.args...).want(t, c.want)
			if !strings.Contains(o.errors, c.says) {
				t.Errorf("it does not speak of %q:\n%s", c.says, o.errors)
			}
		})
	}
	t.Run("another run holds the checkpoint", func(t *testing.T) {
		held, err := checkpoint.Open(t.Context(), checkpoint.Options{Path: db, Env: "test"})
		if err != nil {
			t.Fatal(err)
		}
		defer held.Close()
		call(t, with("run", input)...).want(t, cli.Busy)
		call(t, "status", "--env", "test", "--db", db).want(t, cli.OK)
	})
	t.Run("a key that the gateway refuses", func(t *testing.T) {
		testEnv["UMS_APP_KEY"] = "another"
		defer func() { testEnv["UMS_APP_KEY"] = testAppKey }()
		o := call(t, append([]string{"run", input, "--json"}, append(at(dir, server), "--db", db+"6")...)...).want(t, cli.Brake).json(t)
		if o.Stopped != batch.ByClient || o.States[batch.Pending].Rows != 20 {
			t.Errorf("%+v", o)
		}
	})
}

func TestCheckTakesTheSamePathAndTouchesNothing(t *testing.T) {
	dir := folder(t)
	db := filepath.Join(dir, "s.db")
	r := call(t, "check", filepath.Join(dir, "bills.xlsx"), "--env", "sandbox", "--db", db, "--json").want(t, cli.OK).json(t)
	if r.States[batch.Pending].Rows != 28 || r.States[batch.Duplicate].Rows != 1 {
		t.Errorf("%+v", r)
	}
	if _, err := os.Stat(db); err == nil {
		t.Error("check made a checkpoint")
	}
}

func TestADeclinedRowIsRetriedUnderANewOrderIDAndShowTellsIt(t *testing.T) {
	dir := t.TempDir()
	refuse := true
	server := startGateway(t, sandbox.Options{AcceptTwice: true, Behaviour: func(r sandbox.Request) sandbox.Fault {
		if refuse && r.Operation == sandbox.Completion && r.Amount == 1001 {
			return sandbox.Named("NO_BILL")
		}
		return sandbox.Fault{}
	}})
	input := manyBills(t, dir, "DECL", 3, plainAmount)
	call(t, append([]string{"run", input}, at(dir, server)...)...).want(t, cli.Differences)
	before := call(t, "rows", "--env", "test", "--db", filepath.Join(dir, "test.db"), "--state", "declined", "--format", "csv").want(t, cli.OK).out
	refuse = false
	call(t, append([]string{"retry", "DECL"}, at(dir, server)...)...).want(t, cli.OK)
	if len(server.Ledger()) != 3 {
		t.Fatalf("%d payments", len(server.Ledger()))
	}
	for _, e := range server.Ledger() {
		if strings.Contains(before, e.OrderID) {
			t.Errorf("%s was sent again under the order id that was refused", e.BillNo)
		}
	}
	story := call(t, "show", "124FDECL00000000000001", "--env", "test", "--db", filepath.Join(dir, "test.db")).want(t, cli.OK).out
	for _, words := range []string{"NO_BILL", "another send", "now: completed", "generation 1"} {
		if !strings.Contains(story, words) {
			t.Errorf("the story lacks %q:\n%s", words, story)
		}
	}
}

func TestRowsHasTheContractsHeader(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{})
	call(t, append([]string{"run", manyBills(t, dir, "HEAD", 1, plainAmount)}, at(dir, server)...)...).want(t, cli.OK)
	out := call(t, "rows", "--env", "test", "--db", filepath.Join(dir, "test.db"), "--format", "csv").want(t, cli.OK).out
	const header = "mid,tid,instMid,billNo,billDate,authIdRespCd,authedOrderId,totalAmount,msgId,srcReserve,authedDesc," +
		"batch,line,state,generation,attempts,errCode,errMsg,settleDate,paySeqId,targetOrderId,payTime,completedAmount,buyerPayAmount,discountAmount,invoiceAmount,updatedAt\n"
	if !strings.HasPrefix(out, header) {
		t.Errorf("%s", out)
	}
	var rows []map[string]string
	if err := json.Unmarshal([]byte(call(t, "rows", "--env", "test", "--db", filepath.Join(dir, "test.db"), "--format", "json").want(t, cli.OK).out), &rows); err != nil || len(rows) != 1 || rows[0]["state"] != "completed" {
		t.Errorf("%v %v", rows, err)
	}
}

func TestEveryCommandHasHelpInBothLanguagesWithTheExitCodes(t *testing.T) {
	for _, language := range []string{"zh", "en"} {
		a := &app{}
		var commands [][]string
		for _, s := range a.specs() {
			name, _, _ := strings.Cut(s.use, " ")
			commands = append(commands, []string{name})
			for _, below := range s.below {
				under, _, _ := strings.Cut(below.use, " ")
				commands = append(commands, []string{name, under})
			}
		}
		for _, name := range commands {
			out := call(t, append(name, "--help", "--lang", language)...).want(t, cli.OK).out
			if !strings.Contains(out, "130, 143") || strings.Contains(out, "[cmd.") || strings.Contains(out, "[flag.") {
				t.Errorf("%s in %s:\n%s", name, language, out)
			}
		}
	}
}

func TestATemplateIsReadBackAsItWasFilledIn(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "new.xlsx")
	call(t, "template", path, "--lang", "zh").want(t, cli.OK)
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetRow("账单", "A2", &[]any{"898440355410001", "40001001", "124F20261120000000000001", "2026-11-20", "012345", 19.08}); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	r := call(t, "check", path, "--env", "sandbox", "--db", filepath.Join(dir, "s.db"), "--json").want(t, cli.OK).json(t)
	if r.States[batch.Pending] != (jsonSum{1, 1908}) {
		t.Errorf("%+v", r)
	}
}
