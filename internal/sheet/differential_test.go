package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"batchcomplete/internal/sheet/sheettest"
)

// drawCells draws a sheet: texts, numbers, truths and dates in some cells of some
// rows. Dates are numbers in a date's format.
func drawCells(t *rapid.T) map[[2]int]any {
	cells := map[[2]int]any{}
	for range rapid.IntRange(1, 40).Draw(t, "cells") {
		at := [2]int{rapid.IntRange(1, 30).Draw(t, "row"), rapid.IntRange(1, 30).Draw(t, "column")}
		cells[at] = rapid.OneOf(
			rapid.Map(rapid.StringMatching(`[0-9A-Za-z =<>&"'\n结算，é𠮷]{1,12}`), func(s string) any { return s }),
			rapid.Map(rapid.Int64Range(-1e15, 1e15), func(n int64) any { return float64(n) / 100 }),
			rapid.Map(rapid.Bool(), func(b bool) any { return b }),
			rapid.Map(rapid.IntRange(61, 60000), func(n int) any { return dateCell(n) }),
		).Draw(t, "value")
	}
	return cells
}

type dateCell int

// write writes the cells by the one or the other of excelize's writers: texts are
// shared by the first, and stand in their cells by the second.
func write(t *rapid.T, path string, cells map[[2]int]any, streamed bool) {
	f := excelize.NewFile()
	defer f.Close()
	date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	last := [2]int{}
	for at := range cells {
		last = [2]int{max(last[0], at[0]), max(last[1], at[1])}
	}
	var w *excelize.StreamWriter
	if streamed {
		w, err = f.NewStreamWriter("Sheet1")
	}
	for row := 1; row <= last[0] && err == nil; row++ {
		values := make([]any, last[1])
		for column := 1; column <= last[1] && err == nil; column++ {
			value, there := cells[[2]int{row, column}]
			if !there {
				continue
			}
			name := Column(column-1) + strconv.Itoa(row)
			if serial, ok := value.(dateCell); ok {
				values[column-1] = excelize.Cell{StyleID: date, Value: int(serial)}
				value = int(serial)
				err = f.SetCellStyle("Sheet1", name, name, date)
			} else {
				values[column-1] = value
			}
			if !streamed && err == nil {
				err = f.SetCellValue("Sheet1", name, value)
			}
		}
		if streamed && err == nil {
			err = w.SetRow("A"+strconv.Itoa(row), values)
		}
	}
	if streamed && err == nil {
		err = w.Flush()
	}
	if err = errors.Join(err, f.SaveAs(path)); err != nil {
		t.Fatal(err)
	}
}

// TestOurReaderAgreesWithAnother: where excelize reads a workbook without losing
// anything, ours gives the same texts and numbers in the same cells, and no others.
func TestOurReaderAgreesWithAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.xlsx")
	rapid.Check(t, func(t *rapid.T) {
		cells := drawCells(t)
		write(t, path, cells, rapid.Bool().Draw(t, "streamed"))
		theirs := raw(t, path)
		file, err := Open(path, "")
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		seen := 0
		for row, err := range file.Rows("Sheet1") {
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range row.Cells {
				want := theirs[[2]int{row.Number, i + 1}]
				if c.Kind == Empty && want == "" {
					continue
				}
				if seen++; !same(c, want) || !isKind(c, cells[[2]int{row.Number, i + 1}]) {
					t.Fatalf("%s%d: %+v, and another program reads %q", Column(i), row.Number, c, want)
				}
			}
		}
		if seen != len(theirs) {
			t.Fatalf("%d cells, and another program reads %d", seen, len(theirs))
		}
	})
}

// raw reads a workbook with excelize's own row iterator.
func raw(t *rapid.T, path string) map[[2]int]string {
	f, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.Rows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[[2]int]string{}
	for n := 1; rows.Next(); n++ {
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range columns {
			if text != "" {
				all[[2]int{n, i + 1}] = text
			}
		}
	}
	return all
}

// same compares a cell with what another program read, by the way of floats that
// ours does not go.
func same(c Cell, raw string) bool {
	switch c.Kind {
	case Text:
		return c.Text == raw
	case Number:
		number, err := strconv.ParseFloat(raw, 64)
		return err == nil && strconv.FormatFloat(number, 'f', -1, 64) == c.Text
	case Bool:
		return raw == map[string]string{"TRUE": "1", "FALSE": "0"}[c.Text]
	case Date:
		serial, err := strconv.ParseFloat(raw, 64)
		day, err2 := excelize.ExcelDateToTime(serial, false)
		return errors.Join(err, err2) == nil && day.Format("2006-01-02") == c.Text
	}
	return false
}

// isKind tells whether a cell is read as what was written.
func isKind(c Cell, written any) bool {
	switch written.(type) {
	case string:
		return c.Kind == Text
	case float64:
		return c.Kind == Number
	case bool:
		return c.Kind == Bool
	case dateCell:
		return c.Kind == Date
	}
	return false
}

// TestAPartThatIsThereTwiceIsRefused: of two parts of one name programs read one
// or the other, and nobody knows which somebody saw.
func TestAPartThatIsThereTwiceIsRefused(t *testing.T) {
	for _, again := range []string{"xl/worksheets/sheet1.xml", `xl\worksheets\sheet1.xml`, "xl/workbook.xml"} {
		book := sheettest.Book{Sheets: [][2]string{{"a", sheettest.Rows([]string{sheettest.Text("x")})}}}
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		for name, text := range book.All() {
			names := []string{name}
			if strings.ReplaceAll(again, `\`, "/") == name {
				names = append(names, again)
			}
			for _, name := range names {
				e, err := w.Create(name)
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprint(e, text)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := read(t, file(t, out.Bytes()), "")
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Key != "sheet.damaged" || !strings.Contains(refusal.Error(), "twice") {
			t.Errorf("%s: %v", again, err)
		}
	}
}

// withinBounds holds what was read against the bounds that keep a file from growing
// in memory: of one row, since no more than one is held at a time.
func withinBounds(t *testing.T, rows []Row, size int) {
	t.Helper()
	last := 0
	for _, row := range rows {
		if row.Number <= last || row.Number > maxRows || len(row.Cells) > maxColumns {
			t.Fatalf("row %d after row %d has %d cells", row.Number, last, len(row.Cells))
		}
		last = row.Number
		for _, c := range row.Cells {
			if len(c.Text) > 4*maxText+400 || c.Kind == Empty && c.Text != "" {
				t.Fatalf("row %d has a cell of %d bytes, kind %d", row.Number, len(c.Text), c.Kind)
			}
		}
	}
	if len(rows) > size {
		t.Fatalf("%d rows from %d bytes", len(rows), size)
	}
}

// FuzzAnySheetIsReadOrRefused puts any XML in the place of a sheet, of the shared
// texts and of the styles: a fuzzer does not get there through a zip's checksums.
func FuzzAnySheetIsReadOrRefused(f *testing.F) {
	book := sheettest.Book{Formats: []string{"0.00", "14", `#,##0,"万"`}, Shared: []string{"<t>甲</t>", "<r><t>乙</t></r>"}, Sheets: [][2]string{{"a", sheettest.Rows(
		[]string{sheettest.Text("x"), sheettest.Number("1.5E3", 1), sheettest.Number("46349", 2), sheettest.Cell(`t="s"`, "<v>1</v>"), sheettest.Cell(`t="e"`, "<v>#N/A</v>"), sheettest.Cell(`t="b"`, "<v>1</v>")},
		[]string{sheettest.Cell(`t="d"`, "<v>2026-11-23T00:00:00</v>"), sheettest.Cell("", "<f>[1]a!A1</f><v>5</v>"), sheettest.Cell(`t="str"`, "<f t=\"shared\" si=\"0\"/><v>_x000D_</v>")}) +
		`<mergeCells><mergeCell ref="A1:B2"/></mergeCells>`}}}
	const sheetPart, sharedPart, stylesPart = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
	parts := book.All()
	f.Add(parts[sheetPart], parts[sharedPart], parts[stylesPart])
	f.Fuzz(func(t *testing.T, sheet, shared, styles string) {
		if len(sheet)+len(shared)+len(styles) > 1<<16 {
			t.Skip()
		}
		fuzzed := book
		fuzzed.Parts = map[string]string{sheetPart: sheet, sharedPart: shared, stylesPart: styles}
		rows, err := read(t, fuzzed.Write(t), "")
		refusedOr(t, rows, err, len(sheet))
	})
}

// refusedOr holds rows against the bounds where they were read, and an error
// against what a file can be refused by.
func refusedOr(t *testing.T, rows []Row, err error, size int) {
	t.Helper()
	var refusal *Refusal
	if err != nil && !errors.As(err, &refusal) {
		t.Fatalf("an error that nobody explains: %v", err)
	}
	withinBounds(t, rows, size)
}

// FuzzAnyTextIsReadOrRefused takes any bytes for CSV in any encoding.
func FuzzAnyTextIsReadOrRefused(f *testing.F) {
	for i, text := range []string{"a,b\n1,2\n", "\ufeffa;b\r\n\"1\n\";=\"2\"\r\n", "\xff\xfea\x00\t\x00b\x00\n\x00", "\xd5\xcb\xb5\xa5,1\r2,3", "a|b\n\"x"} {
		f.Add([]byte(text), uint8(i))
	}
	f.Fuzz(func(t *testing.T, content []byte, encoding uint8) {
		if len(content) > 1<<18 {
			t.Skip()
		}
		rows, err := read(t, file(t, content), []string{"", "utf-8", "gb18030", "utf-16"}[encoding%4])
		refusedOr(t, rows, err, len(content))
	})
}
