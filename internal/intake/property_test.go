package intake

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/lang"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet"
	"batchcomplete/internal/sheet/sheettest"
)

// drawBill draws a bill, and the date as somebody might write it.
func drawBill(t *rapid.T) (batch.Bill, string) {
	text := func(name string, least, most int) string {
		return rapid.StringMatching(fmt.Sprintf(`[0-9A-Za-z_./#@+;|-]{%d,%d}`, least, most)).
			Filter(func(s string) bool { return !scientific.MatchString(s) }).Draw(t, name)
	}
	day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 11000).Draw(t, "day"))
	// An apostrophe before a formula is a guard, as our own results have it: it is taken off.
	unguarded := func(s string) bool { return !strings.HasPrefix(strings.TrimSpace(s), "'=") }
	b := batch.Bill{
		MID: text("mid", 1, 15), TID: text("tid", 1, 8), BillNo: text("billNo", 6, 31), BillDate: day.Format(time.DateOnly), AuthIDRespCd: text("code", 6, 12),
		Amount: money.Fen(rapid.Int64Range(1, int64(money.MaxBill)).Draw(t, "fen")), InstMID: defaultInstMID,
		AuthedDesc: strings.TrimSpace(rapid.StringMatching(`[a-z0-9 =,;|"'退房结算，；𠮷é]{0,20}`).Filter(unguarded).Draw(t, "desc")),
	}
	return b, day.Format(rapid.SampledFrom(dateForms).Draw(t, "form"))
}

func row(b batch.Bill, date string) []string {
	return []string{b.MID, b.TID, b.BillNo, date, b.AuthIDRespCd, b.Amount.String(), b.InstMID, b.AuthedOrderID, b.AuthedDesc}
}

var encodings = map[string]encoding.Encoding{
	"UTF-8": encoding.Nop, "UTF-8 with BOM": unicode.UTF8BOM, "GB18030": simplifiedchinese.GB18030,
	"UTF-16, little end first": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "UTF-16, big end first": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
}

func writeCSV(t *rapid.T, path string, e encoding.Encoding, delimiter rune, crlf bool, rows [][]string) {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	w.Comma, w.UseCRLF = delimiter, crlf
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	encoded, err := e.NewEncoder().Bytes(text.Bytes())
	if err == nil {
		err = os.WriteFile(path, encoded, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// crowd puts columns of the office's own among the others, several under one
// heading, and the headings once more between the bills, as they are printed on
// every page. It gives how often they are repeated.
func crowd(t *rapid.T, all [][]string, first int) ([][]string, int) {
	for range rapid.IntRange(0, 3).Draw(t, "own columns") {
		at := rapid.IntRange(first, len(all[0])).Draw(t, "at")
		for i, row := range all {
			text := rapid.SampledFrom([]string{"", "甲", "x", "0.5"}).Draw(t, "text")
			if i == 0 {
				text = rapid.SampledFrom([]string{"客户", "客户", "部门", "1"}).Draw(t, "heading")
			}
			all[i] = slices.Insert(slices.Clone(row), at, text)
		}
	}
	repeated := rapid.IntRange(0, 2).Draw(t, "headings once more")
	for range repeated {
		all = slices.Insert(all, rapid.IntRange(1, len(all)).Draw(t, "below"), all[0])
	}
	return all, repeated
}

// writeXLSX fills a template in, the first of the rows over its headings.
func writeXLSX(t *rapid.T, path string, l lang.Lang, rows [][]string) {
	os.Remove(path)
	if err := WriteTemplate(path, l); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name := f.GetSheetName(0)
	for i, values := range rows {
		for j, value := range values {
			set := f.SetCellStr
			if j < len(templateFields) && templateFields[j] == fAmount && strings.Trim(value, "0123456789.") == "" {
				set = f.SetCellDefault
			}
			if err := set(name, fmt.Sprintf("%c%d", 'A'+j, i+1), value); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
}

// TestWhatIsWrittenIsReadBackInEveryEncoding: every character of every bill, and
// every fen.
func TestWhatIsWrittenIsReadBackInEveryEncoding(t *testing.T) {
	dir := t.TempDir()
	kinds := append(slices.Sorted(maps.Keys(encodings)), "XLSX")
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom([]lang.Lang{lang.Zh, lang.En}).Draw(t, "language")
		var want []batch.Bill
		var rows, all [][]string
		var head, example []string
		for _, f := range templateFields {
			head, example = append(head, heading(f, l)), append(example, exampleOf(f, l))
		}
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			b, date := drawBill(t)
			want, rows = append(want, b), append(rows, row(b, date))
		}
		all = append([][]string{head, example}, rows...)
		repeated := 0
		kind, path := rapid.SampledFrom(kinds).Draw(t, "kind"), filepath.Join(dir, "bills.csv")
		if e, ok := encodings[kind]; ok {
			all, repeated = crowd(t, all, 0)
			writeCSV(t, path, e, rapid.SampledFrom([]rune(",;\t")).Draw(t, "delimiter"), rapid.Bool().Draw(t, "CRLF"), all)
		} else {
			path = filepath.Join(dir, "bills.xlsx")
			all, repeated = crowd(t, all, len(head))
			writeXLSX(t, path, l, all)
		}
		entries, report, err := readFile(path, Options{})
		if err != nil || len(entries) != len(want) || report.Skipped != 1+repeated {
			t.Fatalf("%d of %d bills, %v", len(entries), len(want), refusal(err))
		}
		for i, e := range entries {
			if e.Bill != want[i] || e.Problems != nil {
				t.Fatalf("%+v %+v\nwas written as %+v", e.Bill, e.Problems, want[i])
			}
		}
	})
}

// mess draws one row of a table that many hands have been at: what it is, and
// what of its amount counts.
func mess(t *rapid.T, n int, total money.Fen, broken bool) (fields []string, bill bool, fen money.Fen, ok bool) {
	good := []string{"898440355410001", "40001001", fmt.Sprintf("124F20261120%06d", n), "2026-11-20", "012345", "19.08", "", "", "甲"}
	switch rapid.IntRange(0, 8).Draw(t, "kind") {
	case 0:
		good[rapid.IntRange(0, 4).Draw(t, "field")] = rapid.SampledFrom([]string{"", "1E+18", "汉字", "12 34", "#N/A", "示例 1"}).Draw(t, "value")
		return good, true, 1908, true
	case 1:
		good[5] = rapid.SampledFrom([]string{"", "0", "-5", "19.085", "壹佰", "1,90", "示例 19.08"}).Draw(t, "amount")
		return good, true, 0, false
	case 2:
		return []string{rapid.SampledFrom([]string{"合计", "小计", "总计:", "制表:张三"}).Draw(t, "word"), "", "", "", "", "", "", "", ""}, false, 0, true
	case 3:
		amount := total.String()
		if broken {
			amount = "1.00"
		}
		return []string{"合计", "", "", "", "", amount, "", "", ""}, false, 0, true
	case 4:
		return append([]string{}, messyHead...), false, 0, true
	case 5:
		return []string{"示例 1", "示例 2", "示例 3", "示例 4", "示例 5", "示例 6", "", "", ""}, false, 0, true
	case 6:
		return slices.Repeat([]string{rapid.SampledFrom([]string{"", " ", "\u3000"}).Draw(t, "blank")}, 9), false, 0, true
	case 7:
		return good[:rapid.IntRange(7, 8).Draw(t, "cut")], true, 1908, true
	}
	return good, true, 1908, true
}

var messyHead = []string{"商户号", "终端号", "账单号", "账单日期", "授权码", "完成金额(元)", "业务类型", "完成订单号", "备注"}

// TestNoRowDisappears: each row of a file is a bill, or a bill with its problem,
// or passed over and counted.
func TestNoRowDisappears(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bills.csv")
	rapid.Check(t, func(t *rapid.T) {
		rows := [][]string{messyHead}
		var bills []int // their lines
		var total money.Fen
		broken, others := false, 0
		for n := range rapid.IntRange(1, 25).Draw(t, "rows") {
			fields, bill, fen, ok := mess(t, n, total, broken)
			rows = append(rows, fields)
			total, broken = total+fen, broken || !ok
			switch {
			case bill:
				bills = append(bills, len(rows))
			case strings.TrimSpace(strings.Join(fields, "")) != "":
				others++
			}
		}
		writeCSV(t, path, encoding.Nop, ',', false, rows)
		entries, report, err := readFile(path, Options{})
		if refusal(err) == "intake.norows" && len(bills) == 0 {
			return
		}
		if err != nil {
			t.Fatal(refusal(err))
		}
		var lines []int
		for _, e := range entries {
			lines = append(lines, e.Line)
		}
		if !slices.Equal(lines, bills) || report.Rows != len(bills) || report.Skipped != others || report.Total != total {
			t.Fatalf("bills in rows %v, of which %v were handed on; %d of %d others counted; total %s, want %s", bills, lines, report.Skipped, others, report.Total, total)
		}
	})
}

// FuzzEveryRowIsABillOrCounted has any text below a header.
func FuzzEveryRowIsABillOrCounted(f *testing.F) {
	f.Add("898440355410001,40001001,124F20261120000001,2026-11-20,012345,19.08,,,甲\n合计,,,,,19.08,,,\n")
	f.Add("\"a\nb\",=\"012345\",'1,`2,,\n示例 1,,示例 3,,示例 5,示例 6\n")
	f.Fuzz(func(t *testing.T, below string) {
		if len(below) > 1<<16 {
			t.Skip()
		}
		path := filepath.Join(t.TempDir(), "bills.csv")
		if err := os.WriteFile(path, []byte(strings.Join(messyHead, ",")+"\n"+below), 0o600); err != nil {
			t.Fatal(err)
		}
		entries, report, err := readFile(path, Options{})
		if err != nil {
			if !strings.Contains(refusal(err), ".") {
				t.Fatal(err)
			}
			return
		}
		file, err := sheet.Open(path, "")
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		var total money.Fen
		rows := 0
		for row, err := range file.Rows("") {
			if err != nil {
				t.Fatal(err)
			}
			if row.Number > report.Header.Line && !row.Blank() {
				rows++
			}
		}
		for _, e := range entries {
			if total += e.Bill.Amount; e.Bill.Amount < 0 || len(e.Problems) == 0 && e.Bill.Amount == 0 {
				t.Fatalf("%+v", e)
			}
		}
		if len(entries) != report.Rows || report.Rows+report.Skipped != rows || total != report.Total {
			t.Fatal(strconv.Itoa(rows) + " rows: " + fmt.Sprintf("%+v", report))
		}
	})
}

// TestTwoColumnsForOneFieldAreRefusedWhereverTheyStand: by whichever of its words.
func TestTwoColumnsForOneFieldAreRefusedWhereverTheyStand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bills.csv")
	rapid.Check(t, func(t *rapid.T) {
		head := slices.Clone(messyHead)
		f := fieldNamed(rapid.SampledFrom(FieldNames()).Draw(t, "name"))
		times := 2
		if slices.ContainsFunc(head, func(word string) bool { return slices.Contains(headings[f], word) }) {
			times = 1
		}
		for range times {
			head = slices.Insert(head, rapid.IntRange(0, len(head)).Draw(t, "at"), rapid.SampledFrom(headings[f]).Draw(t, "word"))
		}
		writeCSV(t, path, encoding.Nop, ',', false, [][]string{head, slices.Repeat([]string{"x"}, len(head))})
		if _, _, err := readFile(path, Options{}); refusal(err) != "intake.header.twice" {
			t.Fatalf("%v: %v", head, refusal(err))
		}
	})
}

// TestANumberOfMoreDigitsThanACellShowsIsTheAmountOrIsRefused: what binary floats
// leave behind an amount is none of it, and anything more is a fraction of a fen.
func TestANumberOfMoreDigitsThanACellShowsIsTheAmountOrIsRefused(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		fen := rapid.Int64Range(1, int64(money.MaxBill)).Draw(rt, "fen")
		noisy := float64(fen) / 100
		for range rapid.IntRange(0, 2).Draw(rt, "steps") {
			noisy = math.Nextafter(noisy, rapid.SampledFrom([]float64{0, 1e9}).Draw(rt, "towards"))
		}
		more := money.Fen(fen-1).String() + strings.Repeat("0", rapid.IntRange(0, 5).Draw(rt, "zeros")) + rapid.StringMatching(`[1-9][0-9]{0,20}`).Draw(rt, "more")
		rows := [][]string{headRow()}
		for i, raw := range []string{strconv.FormatFloat(noisy, 'f', -1, 64), strconv.FormatFloat(noisy, 'E', 16, 64), big.NewFloat(noisy).Text('f', 40), more} {
			rows = append(rows, goodRow(map[int]string{2: sheettest.Text(fmt.Sprintf("124F2026112%d", i)), 5: sheettest.Number(raw, 0)}))
		}
		entries, _, err := readFile(sheettest.Book{Sheets: [][2]string{{"账单", sheettest.Rows(rows...)}}}.Write(t), Options{})
		if err != nil || len(entries) != 4 {
			rt.Fatal(refusal(err))
		}
		for _, e := range entries[:3] {
			if e.Problems != nil || e.Bill.Amount != money.Fen(fen) {
				rt.Fatalf("%v is %d fen: %+v", noisy, fen, e)
			}
		}
		if e := entries[3]; keysOf(e.Problems) != "amount.fraction" || e.Bill.Amount != 0 {
			rt.Fatalf("%s: %+v", more, e)
		}
	})
}
