package sheet

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"batchcomplete/internal/money"
)

// TestEveryPitfallOfWritingHasItsOutcome is the list of what was measured of the
// library that writes: of workbooks by a cell, of CSV by a field.
func TestEveryPitfallOfWritingHasItsOutcome(t *testing.T) {
	long := strings.Repeat("长", 40_000)
	for _, c := range []struct {
		name   string
		value  Value
		kind   Kind
		text   string // in a workbook
		field  string // in CSV
		format int
	}{
		{"begins with =", TextCell("=1+1"), Text, "=1+1", "'=1+1", 49},
		{"begins with +", TextCell("+86138"), Text, "+86138", "'+86138", 49},
		{"begins with -", TextCell("-x"), Text, "-x", "'-x", 49},
		{"begins with @", TextCell("@SUM(A1)"), Text, "@SUM(A1)", "'@SUM(A1)", 49},
		{"a negative amount", MoneyCell(-1908), Number, "-19.08", "-19.08", 4},
		{"a long identifier", TextCell("6222021234567890123"), Text, "6222021234567890123", "6222021234567890123", 49},
		{"zeros in front", TextCell("012345"), Text, "012345", "012345", 49},
		{"what floats made 57.2399999999999 of", MoneyCell(5724), Number, "57.24", "57.24", 4},
		{"the largest amount that is exact", MoneyCell(money.Fen(999_999_999_999_999)), Number, "9999999999999.99", "9999999999999.99", 4},
		{"a text longer than a cell", TextCell(long), Text, strings.Repeat("长", 32_766) + "…", long, 49},
		{"a control character, and one that is none", TextCell("a\x01b\xffc"), Text, "a\uFFFDb\uFFFDc", "a\uFFFDb\uFFFDc", 49},
	} {
		b := NewBook("t")
		s := b.Sheet("一", Layout{Rows: 1, Columns: 1})
		s.Row(c.value)
		s.Done()
		path := filepath.Join(t.TempDir(), "x.xlsx")
		if err := b.Save(path); err != nil {
			t.Fatal(c.name, err)
		}
		rows, err := read(t, path, "")
		if err != nil || rows[0].Cells[0].Kind != c.kind || rows[0].Cells[0].Text != c.text || rows[0].Cells[0].Formula {
			t.Errorf("%s: %.80q %v", c.name, fmt.Sprint(rows), err)
		}
		f, err := excelize.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		id, err := f.GetCellStyle("一", "A1")
		if err != nil {
			t.Fatal(err)
		}
		if style, err := f.GetStyle(id); err != nil || style.NumFmt != c.format {
			t.Errorf("%s: format %d, %v", c.name, style.NumFmt, err)
		}
		f.Close()
		var out bytes.Buffer
		w := NewCSV(&out)
		if err := w.Write([]string{c.value.String()}); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		if got := strings.TrimSpace(out.String()); got != c.field || !utf8.ValidString(got) {
			t.Errorf("%s: CSV has %.80q", c.name, got)
		}
	}
}

// TestAWorkbookSaysTheTruthAboutItself: how large its sheets are, which some
// readers go by, and who made it; the same in every copy.
func TestAWorkbookSaysTheTruthAboutItself(t *testing.T) {
	write := func() map[string]string {
		b := NewBook("批次")
		s := b.Sheet("一", Layout{Rows: 3, Columns: 2, Widths: []int{10, 10}})
		for range 3 {
			s.Row(TextCell("a"), IntCell(1))
		}
		s.Done()
		path := filepath.Join(t.TempDir(), "x.xlsx")
		if err := b.Save(path); err != nil {
			t.Fatal(err)
		}
		return parts(t, path)
	}
	first, second := write(), write()
	if !strings.Contains(first["xl/worksheets/sheet1.xml"], `<dimension ref="A1:B3"`) {
		t.Errorf("%.300s", first["xl/worksheets/sheet1.xml"])
	}
	if core := first["docProps/core.xml"]; !strings.Contains(core, "batchcomplete") || strings.Contains(core, "xuri") {
		t.Error(core)
	}
	for name, text := range first {
		if name != "[Content_Types].xml" && second[name] != text {
			t.Errorf("%s differs from one copy to the next", name)
		}
	}
}

// TestMoreRowsThanASheetHasIsAnError: none is left out.
func TestMoreRowsThanASheetHasIsAnError(t *testing.T) {
	b := NewBook("t")
	s := b.Sheet("一", Layout{})
	s.At(maxRows)
	s.Row(TextCell("the last"))
	s.Row(TextCell("one more"))
	s.Done()
	if err := b.Save(filepath.Join(t.TempDir(), "x.xlsx")); err == nil {
		t.Error("a row was left out")
	}
}
