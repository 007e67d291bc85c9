package intake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/lang"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet"
)

const head = "商户号,终端号,账单号,账单日期,授权码,完成金额(元),客户\n"

// readText reads a CSV file of that text.
func readText(t *testing.T, text string, o Options) ([]Entry, Report, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bills.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return readFile(path, o)
}

func readFile(path string, o Options) ([]Entry, Report, error) {
	var entries []Entry
	report, err := Read(context.Background(), path, o, func(e Entry) error {
		entries = append(entries, e)
		return nil
	})
	return entries, report, err
}

func refusal(err error) string {
	var r *sheet.Refusal
	if errors.As(err, &r) {
		return r.Key
	}
	return fmt.Sprint(err)
}

func TestARowBecomesABill(t *testing.T) {
	entries, report, err := readText(t, "清单\n\n"+head+"898440355410001,40001001,124F20261120000001,2026/11/20,012345,\"1,908.40\",甲\n", Options{})
	if err != nil || len(entries) != 1 || report.Rows != 1 || report.Total != 190840 {
		t.Fatalf("%+v %+v %v", entries, report, err)
	}
	want := batch.Bill{MID: "898440355410001", TID: "40001001", InstMID: "QRPAYDEFAULT", BillNo: "124F20261120000001", BillDate: "2026-11-20", AuthIDRespCd: "012345", Amount: 190840}
	if entries[0].Bill != want || entries[0].Line != 4 || entries[0].Problems != nil {
		t.Errorf("%+v", entries[0])
	}
}

func TestHeadingsMatchInBothLanguagesFolded(t *testing.T) {
	for _, header := range []string{
		"mid,tid,billNo,billDate,authIdRespCd,totalAmount", "MID, TID ,BILLNO,billdate,AuthIdRespCd,TOTALAMOUNT",
		"商户号,终端号,账单号,账单日期,授权标识应答码,金额（分）", "商 户 号,终端号,账单号,账单日期,授权码,完成金额(分)", "ｍｉｄ,tid,账单号,billDate,授权码,完成金额(分)",
	} {
		entries, _, err := readText(t, header+"\n898440355410001,40001001,124F20261120000001,20261120,012345,1908\n", Options{})
		if err != nil || len(entries) != 1 || entries[0].Bill.Amount != 1908 || entries[0].Problems != nil {
			t.Errorf("%s: %+v %v", header, entries, err)
		}
	}
}

func TestAnAmountIsNeverGuessed(t *testing.T) {
	for _, c := range []struct {
		unit, text string
		want       money.Fen
		problem    string
	}{
		{"元", "19.08", 1908, ""}, {"元", "19", 1900, ""}, {"元", "¥19.08", 1908, ""}, {"元", "19.08元", 1908, ""}, {"元", "１９．０８", 1908, ""},
		{"元", `"1,908.00"`, 190800, ""}, {"元", " 19.08 ", 1908, ""}, {"元", "19.080", 1908, ""}, {"分", "1908", 1908, ""}, {"分", "1908.00", 1908, ""},
		{"元", `"1,90.00"`, 0, "intake.amount"}, {"元", "19.085", 0, "intake.amount.fraction"}, {"分", "19.08", 0, "intake.amount.fen"},
		{"元", "1e3", 0, "intake.amount"}, {"元", "0", 0, "intake.amount.low"}, {"元", "-1", 0, "intake.amount.low"}, {"元", "", 0, "intake.missing"},
		{"元", "(19.08)", 0, "intake.amount"}, {"元", "19.08 USD", 0, "intake.amount"}, {"分", "¥1908", 0, "intake.amount.unit"}, {"元", "1908分", 0, "intake.amount.unit"}, {"元", "1元9", 0, "intake.amount"}, {"元", "1 908", 0, "intake.amount"}, {"元", "￥19.08元", 1908, ""}, {"分", "1908分", 1908, ""}, {"元", "−19.08", 0, "intake.amount.low"}, {"元", "-0", 0, "intake.amount.low"}, {"元", "1000000.01", 0, "intake.amount.high"},
		{"元", "1.908", 0, "intake.amount.fraction"}, {"元", "19,08", 0, "intake.amount"}, {"元", "十九", 0, "intake.amount"},
	} {
		text := c.text
		if strings.Contains(text, ",") && !strings.HasPrefix(text, `"`) {
			text = `"` + text + `"`
		}
		entries, _, err := readText(t, strings.Replace(head, "(元)", "("+c.unit+")", 1)+"898440355410001,40001001,124F20261120000001,2026-11-20,012345,"+text+",x\n", Options{})
		if err != nil {
			t.Fatal(err)
		}
		key := ""
		if len(entries[0].Problems) > 0 {
			key = entries[0].Problems[0].Key
		}
		if entries[0].Bill.Amount != c.want || key != c.problem {
			t.Errorf("%s %s: %d fen, %q; want %d, %q", c.text, c.unit, entries[0].Bill.Amount, key, c.want, c.problem)
		}
	}
}

func TestTheUnitComesFromTheHeadingOrFromAPerson(t *testing.T) {
	bare := strings.Replace(head, "(元)", "", 1) + "898440355410001,40001001,124F20261120000001,2026-11-20,012345,1908,x\n"
	if _, _, err := readText(t, bare, Options{}); refusal(err) != "intake.unit" {
		t.Error(err)
	}
	for unit, want := range map[string]money.Fen{"fen": 1908, "yuan": 190800} {
		if entries, _, err := readText(t, bare, Options{AmountUnit: unit}); err != nil || entries[0].Bill.Amount != want {
			t.Errorf("%s: %+v %v", unit, entries, err)
		}
	}
	if _, _, err := readText(t, head+"x\n", Options{AmountUnit: "fen"}); refusal(err) != "intake.unit.other" {
		t.Error(err)
	}
}

func TestAFileIsRefusedAsAWhole(t *testing.T) {
	row := "898440355410001,40001001,124F20261120000001,2026-11-20,012345,19.08,x\n"
	one := money.Fen(1908)
	other := money.Fen(1909)
	for name, c := range map[string]struct {
		text string
		o    Options
		want string
	}{
		"a column is missing":        {"商户号,终端号,账单号\n1,2,3\n", Options{}, "intake.header"},
		"a column stands twice":      {strings.Replace(head, "客户", "mid", 1) + row, Options{}, "intake.header.twice"},
		"no rows":                    {head, Options{}, "intake.norows"},
		"the total does not agree":   {head + row + "合计,,,,,19.09,\n", Options{}, "intake.total"},
		"control total of rows":      {head + row, Options{ExpectRows: 2}, "intake.expect.rows"},
		"control total of yuan":      {head + row, Options{ExpectTotal: &other}, "intake.expect.total"},
		"everything agrees":          {head + row + "合计,,,,,19.08,\n", Options{ExpectRows: 1, ExpectTotal: &one}, "<nil>"},
		"mid and tid from the flags": {"账单号,账单日期,授权码,完成金额(元)\n124F20261120000001,2026-11-20,012345,19.08\n", Options{MID: "898440355410001", TID: "40001001"}, "<nil>"},
		"a sheet that is not there":  {head + row, Options{Sheet: "x"}, "intake.sheet.none"},
	} {
		if _, _, err := readText(t, c.text, c.o); refusal(err) != c.want {
			t.Errorf("%s: %v", name, refusal(err))
		}
	}
}

func TestRowsBelowTheTableAreNoBills(t *testing.T) {
	entries, report, err := readText(t, head+"898440355410001,40001001,124F20261120000001,2026-11-20,012345,19.08,x\n小计,,,,,19.08,\n制表人:张三,,,,,,\n", Options{})
	if err != nil || len(entries) != 1 || report.Skipped != 2 || keysOf(report.Notes) != "note.agrees note.skipped" || fmt.Sprint(report.Notes[0].Args) != "[3 19.08]" {
		t.Errorf("%+v %+v %v", entries, report, err)
	}
}

// TestTheBrokenSampleHasEachMistakeFound reads the sample whose last column says
// what is wrong.
func TestTheBrokenSampleHasEachMistakeFound(t *testing.T) {
	entries, report, err := readFile("../../samples/broken.xlsx", Options{Formulas: "accept"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		key := ""
		if len(e.Problems) > 0 {
			key = e.Problems[0].Key
		}
		got = append(got, key)
	}
	want := []string{"", "intake.number", "intake.number.long", "intake.scientific", "intake.date", "intake.missing", "intake.amount.low", "intake.amount.low", "intake.amount.fraction",
		"intake.amount", "intake.amount.hidden", "intake.amount.format", "intake.amount.high", "intake.length", "intake.characters",
		"intake.length", "intake.date", "intake.date.far", "intake.amount.unit", "intake.amount", "intake.amount.format", "intake.amount.date", "intake.example",
		"intake.formula.empty", "intake.bool", "intake.beyond", "", "", "", "intake.far"}
	if !slices.Equal(got, want) {
		t.Errorf("\n%q\n%q", got, want)
	}
	if keysOf(report.Notes) != "note.hidden" {
		t.Errorf("%+v", report.Notes)
	}
}

func TestMergedCellsAndSeveralSheetsAreRefused(t *testing.T) {
	f := excelize.NewFile()
	set := func(sheetName string) {
		for i, row := range [][]any{{"商户号", "终端号", "账单号", "账单日期", "授权码", "完成金额(元)"}, {"898440355410001", "40001001", "124F20261120000001", "2026-11-20", "012345", 19.08}, {"898440355410001", "40001001", "124F20261120000002", "2026-11-20", "012345", 19.08}} {
			if err := f.SetSheetRow(sheetName, fmt.Sprintf("A%d", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	set("Sheet1")
	save := func() string {
		path := filepath.Join(t.TempDir(), "x.xlsx")
		if err := f.SaveAs(path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if entries, _, err := readFile(save(), Options{}); err != nil || len(entries) != 2 || entries[0].Problems != nil {
		t.Fatalf("%+v %v", entries, err)
	}
	if _, err := f.NewSheet("备份"); err != nil {
		t.Fatal(err)
	}
	set("备份")
	path := save()
	if _, _, err := readFile(path, Options{}); refusal(err) != "intake.sheet.several" {
		t.Error(err)
	}
	if _, report, err := readFile(path, Options{Sheet: "备份"}); err != nil || report.Header.Sheet != "备份" {
		t.Error(err)
	}
	if err := f.SetSheetVisible("备份", false); err != nil {
		t.Fatal(err)
	}
	if _, _, err := readFile(save(), Options{}); refusal(err) != "intake.sheet.hidden" {
		t.Error(err)
	}
	if err := f.DeleteSheet("备份"); err != nil {
		t.Fatal(err)
	}
	if err := f.MergeCell("Sheet1", "F2", "F3"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := readFile(save(), Options{}); refusal(err) != "intake.merged" {
		t.Error(err)
	}
}

func TestDatesPutTheYearFirst(t *testing.T) {
	for text, want := range map[string]string{"2026-11-20": "2026-11-20", "2026/1/2": "2026-01-02", "20261120": "2026-11-20", "2026年11月20日": "2026-11-20", "2026.11.20": "2026-11-20",
		"20/11/2026": "", "3/4": "", "11/20/2026": "", "2026-13-01": "", "1999-01-01": "", "昨天": ""} {
		entries, _, err := readText(t, head+"898440355410001,40001001,124F20261120000001,"+text+",012345,19.08,x\n898440355410001,40001001,124F20261120000002,"+text+",012345,19.08,x\n", Options{})
		if err != nil || len(entries) != 2 {
			t.Fatal(entries, err)
		}
		for _, e := range entries { // the second row's is the first's once more
			if ok := len(e.Problems) == 0; ok != (want != "") || ok && e.Bill.BillDate != want {
				t.Errorf("%s: %+v", text, e)
			}
		}
	}
}

func TestEveryProblemHasItsTextAndItsMending(t *testing.T) {
	for _, file := range []string{"values.go", "read.go", "header.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, mark := range []string{`r.problem(f, "`, `r.problem(fAmount, "`, `r.problem(fBillDate, "`, `sheet.Refuse("intake.`, `Key: "intake.`} {
			for _, piece := range strings.Split(string(text), mark)[1:] {
				key := "intake." + piece[:strings.IndexByte(piece, '"')]
				if key == "intake." {
					continue // put together from its argument
				}
				if !lang.Has(key) || !strings.HasPrefix(key, "intake.note.") && !lang.Has(key+".mend") {
					t.Errorf("%s: %s lacks its text, or how to mend it", file, key)
				}
			}
		}
	}
}
