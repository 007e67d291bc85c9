package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"batchcomplete/internal/money"
)

func TestNumbersAreReadAsTheirDigitsSay(t *testing.T) {
	for raw, want := range map[string]string{
		"1908": "1908", "1908.0": "1908", "19.08": "19.08", "19.079999999999998": "19.08", "0.30000000000000004": "0.3", "57.239999999999995": "57.24",
		"1.23456789012E11": "123456789012", "1.9080000000000002E1": "19.08", "-19.08": "-19.08", "-0": "0", "0": "0", "1E-3": "0.001", ".5": "0.5",
		"19.085": "19.085", "999999999999999.9": "1000000000000000", "20260101123456789012": "20260101123456800000", "+5": "5",
	} {
		if got, _, ok := decimal(raw); !ok || got != want {
			t.Errorf("%s: %s, %v; want %s", raw, got, ok, want)
		}
	}
	for _, raw := range []string{"", "abc", "0x1F", "INF", "NaN", "1E", "1E+99999", "1,908", "--1", "1.2.3", "E5"} {
		if got, _, ok := decimal(raw); ok {
			t.Errorf("%q is read as %s", raw, got)
		}
	}
}

// TestADecimalIsWithinHalfADigitOfWhatIsStored compares with exact arithmetic.
func TestADecimalIsWithinHalfADigitOfWhatIsStored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := fmt.Sprintf("%d.%017dE%d", rapid.IntRange(0, 9).Draw(t, "whole"), rapid.IntRange(0, 99999999999999999).Draw(t, "fraction"), rapid.IntRange(-5, 12).Draw(t, "exponent"))
		got, _, ok := decimal(raw)
		if !ok {
			t.Fatalf("%s is not read", raw)
		}
		want, _ := new(big.Rat).SetString(raw)
		have, _ := new(big.Rat).SetString(got)
		difference := new(big.Rat).Sub(want, have)
		difference.Abs(difference)
		bound := new(big.Rat).Mul(want, big.NewRat(5, 1e14))
		if difference.Cmp(bound) > 0 {
			t.Fatalf("%s is read as %s", raw, got)
		}
	})
}

func TestAnAmountInACellIsTheAmount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fen := money.Fen(rapid.Int64Range(-1e15, 1e15).Draw(t, "fen"))
		got, _, ok := decimal(fmt.Sprint(cellNumber(fen.String())))
		back, err := money.ParseYuan(got)
		if !ok || err != nil || back != fen {
			t.Fatalf("%d fen came back as %s", fen, got)
		}
	})
}

// read gives every row of a file's first sheet.
func read(t testing.TB, path, encoding string) ([]Row, error) {
	t.Helper()
	f, err := Open(path, encoding)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var rows []Row
	for row, err := range f.Rows(f.Sheets()[0].Name) {
		if err != nil {
			return rows, err
		}
		row.Cells = append([]Cell(nil), row.Cells...)
		rows = append(rows, row)
	}
	return rows, nil
}

// workbook writes n rows by excelize and gives the path.
func workbook(t testing.TB, n int) string {
	t.Helper()
	f := excelize.NewFile()
	for i := 1; i <= n; i++ {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i), &[]any{fmt.Sprintf("账单%06d", i), float64(i) / 100, i%2 == 0}); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "book.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// rezip copies a workbook, with one part changed.
func rezip(t testing.TB, path, part string, change func([]byte) []byte) string {
	t.Helper()
	in, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == part {
			text = change(text)
		}
		if text == nil {
			continue
		}
		e, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), "changed.xlsx")
	if err := os.WriteFile(changed, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return changed
}

func TestItReadsWhatExcelizeReads(t *testing.T) {
	path := workbook(t, 300)
	f, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := f.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(t, path, "")
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d rows, %v", len(got), err)
	}
	for i, row := range got {
		if row.Number != i+1 || row.Cells[0].Text != want[i][0] || row.Cells[0].Kind != Text || row.Cells[1].Text != want[i][1] || row.Cells[1].Kind != Number || row.Cells[2].Kind != Bool {
			t.Fatalf("%+v, want %v", row, want[i])
		}
	}
}

// TestADamagedWorkbookIsRefused has one of each kind of damage that a lenient
// reader turns into fewer rows, other cells, or another amount.
func TestADamagedWorkbookIsRefused(t *testing.T) {
	const part = "xl/worksheets/sheet1.xml"
	replace := func(old, new string) func([]byte) []byte {
		return func(b []byte) []byte {
			if !bytes.Contains(b, []byte(old)) {
				t.Fatalf("the part has no %s", old)
			}
			return bytes.Replace(b, []byte(old), []byte(new), 1)
		}
	}
	for name, change := range map[string]func([]byte) []byte{
		"cut off between two rows":    func(b []byte) []byte { return b[:bytes.Index(b, []byte(`<row r="50"`))] },
		"cut off in a row":            func(b []byte) []byte { return b[:len(b)/2] },
		"a control character":         replace(`<row r="50"`, "\x01"+`<row r="50"`),
		"an entity that is not there": replace(`<v>0.5</v>`, `<v>&nbsp;0.5</v>`),
		"rows out of order": func(b []byte) []byte {
			return []byte(strings.NewReplacer(`<row r="50"`, `<row r="20"`, `"A50"`, `"A20"`, `"B50"`, `"B20"`, `"C50"`, `"C20"`).Replace(string(b)))
		},
		"a row twice":                     replace(`<row r="50"`, `<row r="49"`),
		"a row beyond the last":           replace(`<row r="50"`, `<row r="3000000"`),
		"cells out of order":              replace(`r="B50"`, `r="A50"`),
		"a cell of another row":           replace(`r="B50"`, `r="B51"`),
		"a shared text that is not there": replace(`t="s"><v>49</v>`, `t="s"><v>4900000</v>`),
		"a shared text that is no number": replace(`t="s"><v>49</v>`, `t="s"><v>abc</v>`),
		"a number that is none":           replace(`<v>0.5</v>`, `<v>abc</v>`),
		"a kind that does not exist":      replace(`t="s"><v>49</v>`, `t="x"><v>49</v>`),
		"a column far out":                replace(`r="C50"`, `r="XFD50"`),
		"no sheet":                        func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := read(t, rezip(t, workbook(t, 100), part, change), "")
			var refusal *Refusal
			if !errors.As(err, &refusal) {
				t.Errorf("%d rows, %v", len(rows), err)
			}
		})
	}
	t.Run("no shared texts", func(t *testing.T) {
		if _, err := read(t, rezip(t, workbook(t, 100), "xl/sharedStrings.xml", func([]byte) []byte { return nil }), ""); err == nil {
			t.Error("it was read")
		}
	})
	t.Run("an amount edited in the file, and its checksum not", func(t *testing.T) {
		path := stored(t, workbook(t, 100), func(b []byte) []byte { return bytes.Replace(b, []byte("<v>0.5</v>"), []byte("<v>9.5</v>"), 1) })
		if _, err := read(t, path, ""); err == nil || !strings.Contains(err.Error(), "checksum") {
			t.Errorf("%v", err)
		}
	})
}

// stored copies a workbook without compression and then edits its bytes.
func stored(t *testing.T, path string, change func([]byte) []byte) string {
	t.Helper()
	in, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		e, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), "stored.xlsx")
	if err := os.WriteFile(changed, change(out.Bytes()), 0o600); err != nil {
		t.Fatal(err)
	}
	return changed
}

func TestAFileIsWhatItsBytesSay(t *testing.T) {
	for name, c := range map[string]struct {
		text, want string
	}{
		"empty": {"", "sheet.empty"}, "old.xlsx": {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "sheet.ole"}, "page.xlsx": {"<html><table>", "sheet.html"},
		"xml.xls": {"<?xml version='1.0'?>", "sheet.html"}, "cut.xlsx": {"PK\x03\x04 and nothing more", "sheet.damaged"}, "print.csv": {"%PDF-1.7", "sheet.other"}, "~$x.xlsx": {"x", "sheet.lockfile"},
		"bytes.csv": {"a,b\n\x00\x01\xff\xff", "sheet.encoding"}, "quote.csv": {"a,b\nx\"1\",2\n", "sheet.csv"},
		"page2.xlsx": {"\ufeff <!DOCTYPE html><html>", "sheet.html"}, "nothing.xlsx": {"PK\x05\x06" + strings.Repeat("\x00", 18), "sheet.other"}, "blank.csv": {"\ufeff", "sheet.empty"},
		"book.xls":    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00", "sheet.xls"},
		"locked.xlsx": {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00", "sheet.password"},
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := read(t, path, "")
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Key != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCSVOfEveryEncodingAndDelimiterReadsAlike(t *testing.T) {
	const plain = "商户号,账单号\r\n898440355410001,账单一\r\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	utf16 := "\xff\xfe"
	for _, r := range plain {
		utf16 += string([]byte{byte(r), byte(r >> 8)})
	}
	for name, text := range map[string]string{
		"utf-8": plain, "with a mark": "\ufeff" + plain, "gb18030": gb, "utf-16": utf16, "semicolons": strings.ReplaceAll(plain, ",", ";"), "tabs": strings.ReplaceAll(plain, ",", "\t"),
		"lone CR": strings.ReplaceAll(plain, "\r\n", "\r"), "LF": strings.ReplaceAll(plain, "\r\n", "\n"),
	} {
		path := filepath.Join(t.TempDir(), "x.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		rows, err := read(t, path, "")
		if err != nil || len(rows) != 2 || rows[0].Cells[0].Text != "商户号" || rows[1].Cells[1].Text != "账单一" {
			t.Errorf("%s: %+v, %v", name, rows, err)
		}
	}
}

func TestNothingBecomesAFormula(t *testing.T) {
	for text, want := range map[string]string{"=1+1": "'=1+1", "@x": "'@x", "+cmd": "'+cmd", "-cmd": "'-cmd", "-19.08": "-19.08", "19.08": "19.08", "\tx": "'\tx", "012345": "012345", "": ""} {
		if got := defuse(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	book := NewBook("t")
	s := book.Sheet("数据", Layout{Widths: []int{10}, Rows: 1})
	s.Row(TextCell("=1+1"), TextCell("012345"), MoneyCell(-1908), TextCell("bell\a"))
	s.Done()
	path := filepath.Join(t.TempDir(), "x.xlsx")
	if err := book.Save(path); err != nil {
		t.Fatal(err)
	}
	rows, err := read(t, path, "")
	if err != nil {
		t.Fatal(err)
	}
	c := rows[0].Cells
	if c[0].Formula || c[0].Kind != Text || c[0].Text != "=1+1" || c[1].Text != "012345" || c[2].Text != "-19.08" || c[2].Kind != Number || c[3].Text != "bell\uFFFD" {
		t.Errorf("%+v", c)
	}
}

func TestAFileIsReplacedAsAWholeOrNotAtAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	failure := errors.New("no more room")
	if err := WriteFile(path, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return failure
	}); !errors.Is(err, failure) {
		t.Error(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != "before" {
		t.Errorf("%q, %v", text, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".writing-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func FuzzNoFilePanicsTheReader(f *testing.F) {
	book, err := os.ReadFile(workbook(f, 3))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(book)
	f.Add([]byte("a,b\n1,2\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _ = read(t, path, "")
	})
}

func BenchmarkReadXLSX(b *testing.B) {
	path := workbook(b, 10_000)
	for b.Loop() {
		if rows, err := read(b, path, ""); err != nil || len(rows) != 10_000 {
			b.Fatal(len(rows), err)
		}
	}
}
