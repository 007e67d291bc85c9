package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"batchcomplete/internal/sheet/sheettest"
)

var problems = List{Name: "问题", Head: []string{"单元格", "错在哪里"}, Rows: [][]string{{"A3", "=甲"}}, Widths: []int{10, 40}}

// look gives a cell's fill, and its comment.
func look(t *testing.T, path, sheet, cell string) (fill, comment string, style *excelize.Style) {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	id, err := f.GetCellStyle(sheet, cell)
	if err == nil {
		style, err = f.GetStyle(id)
	}
	if err != nil {
		t.Fatal(err)
	}
	comments, err := f.GetComments(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range comments {
		if c.Cell == cell {
			comment += c.Text + runs(c.Paragraph)
		}
	}
	return strings.Join(style.Fill.Color, ","), comment, style
}

func TestBadCellsAreColouredAndSayWhatIsWrong(t *testing.T) {
	from := accountants(t)
	to := filepath.Join(t.TempDir(), "check.xlsx")
	const s = "账单'一"
	marked, err := Annotate(from, "", to, []Remark{{s, "A3", "前导零可能已丢失"}, {s, "A3", "太短"}, {s, "C5", "含有换行"}}, problems)
	if err != nil || !marked {
		t.Fatal(marked, err)
	}
	fill, comment, _ := look(t, to, s, "A3")
	if fill != fills[Bad] || comment != "前导零可能已丢失\n太短" {
		t.Errorf("A3: %s %q", fill, comment)
	}
	if fill, comment, _ = look(t, to, s, "C5"); fill != fills[Bad] || !strings.Contains(comment, "含有换行") || !strings.Contains(comment, "核对过") {
		t.Errorf("a comment that was there stays below ours: %s %q", fill, comment)
	}
	if fill, comment, _ = look(t, to, s, "A4"); fill == fills[Bad] || comment != "" {
		t.Errorf("a good cell is left alone: %s %q", fill, comment)
	}
	if fill, _, style := look(t, to, s, "A1"); fill != "FFFF00" || style.Font == nil || !style.Font.Bold {
		t.Errorf("what the accountant coloured stays: %s", fill)
	}
	f, err := excelize.OpenFile(to)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if formula, err := f.GetCellFormula(s, "B4"); err != nil || formula != "B3+1" {
		t.Errorf("formula %q %v", formula, err)
	}
	if rows, err := f.GetRows("问题"); err != nil || len(rows) != 2 || rows[1][1] != "=甲" {
		t.Errorf("%v %v", rows, err)
	}
	if layout, err := f.GetPageLayout("问题"); err != nil || *layout.Orientation != "landscape" || *layout.Size != a4 || *layout.FitToWidth != 1 {
		t.Errorf("it prints as our other sheets do: %+v %v", layout, err)
	}
	if formula, err := f.GetCellFormula("问题", "B2"); err != nil || formula != "" {
		t.Errorf("a value is no formula: %q %v", formula, err)
	}
}

func TestCSVBecomesAWorkbookWithTheSameMarks(t *testing.T) {
	from := filepath.Join(t.TempDir(), "in.csv")
	if err := os.WriteFile(from, []byte("账单号,金额\n000123,=1+1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "out.xlsx")
	if marked, err := Annotate(from, "", to, []Remark{{"", "B2", "不是金额"}}, problems); err != nil || !marked {
		t.Fatal(marked, err)
	}
	if fill, comment, style := look(t, to, "Sheet1", "B2"); fill != fills[Bad] || comment != "不是金额" || style.NumFmt != 49 {
		t.Errorf("%s %q %+v", fill, comment, style)
	}
	f, err := excelize.OpenFile(to)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if rows, err := f.GetRows("Sheet1"); err != nil || rows[1][0] != "000123" || rows[1][1] != "=1+1" {
		t.Errorf("%v %v", rows, err)
	}
	if formula, err := f.GetCellFormula("Sheet1", "B2"); err != nil || formula != "" {
		t.Errorf("a text is no formula: %q %v", formula, err)
	}
}

// TestWhatSomebodyHasSavedSinceIsNotReplaced: they mend in the marked copy.
func TestWhatSomebodyHasSavedSinceIsNotReplaced(t *testing.T) {
	from := accountants(t)
	to := filepath.Join(t.TempDir(), "check.xlsx")
	for range 2 { // our own is replaced
		if _, err := Annotate(from, "", to, nil, problems); err != nil {
			t.Fatal(err)
		}
	}
	f, err := excelize.OpenFile(to)
	if err != nil {
		t.Fatal(err)
	}
	// As a spreadsheet program writes it.
	if err := errors.Join(f.SetAppProps(&excelize.AppProperties{Application: "Microsoft Excel"}), f.SaveAs(to), f.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := Annotate(from, "", to, nil, problems); !errors.Is(err, ErrNotOurs) {
		t.Errorf("it was replaced: %v", err)
	}
	if err := Writable(to, nil); !errors.Is(err, ErrNotOurs) {
		t.Errorf("results would replace it: %v", err)
	}
	if _, err := Annotate(from, "", from, nil, problems); !errors.Is(err, ErrNotOurs) {
		t.Errorf("the accountant's own was replaced: %v", err)
	}
}

func TestAFileTooLargeToMarkOrThatCannotBeReadGetsTheListAlone(t *testing.T) {
	dir := t.TempDir()
	long := filepath.Join(dir, "long.csv")
	old := filepath.Join(dir, "old.xls")
	if err := errors.Join(os.WriteFile(long, []byte(strings.Repeat("a,b\n", maxRemarkedRows+1)), 0o600), os.WriteFile(old, []byte("\xD0\xCF\x11\xE0"), 0o600)); err != nil {
		t.Fatal(err)
	}
	// A small file, and each cell of a few bytes is hundreds in the library's memory.
	cells := sheettest.Book{Sheets: [][2]string{{"a", "<sheetData>" + strings.Repeat("<row>"+strings.Repeat("<c/>", 250)+"</row>", 2_100) + "</sheetData>"}}}.Write(t)
	for _, from := range []string{long, old, cells} {
		to := filepath.Join(dir, "out.xlsx")
		marked, err := Annotate(from, "", to, nil, problems)
		if err != nil || marked {
			t.Errorf("%s: %v %v", from, marked, err)
		}
		f, err := excelize.OpenFile(to)
		if err != nil {
			t.Fatal(err)
		}
		if names := f.GetSheetList(); len(names) != 1 || names[0] != "问题" {
			t.Errorf("%s: %v", from, names)
		}
		f.Close()
	}
}

// TestNoFileIsMarkedThatTheReaderRefusesOrThatIsMostlyEmpty: the library that marks
// cells would make each cell up to a row's last one, and has believed what ours
// does not. Such a file gets the list alone, and soon.
func TestNoFileIsMarkedThatTheReaderRefusesOrThatIsMostlyEmpty(t *testing.T) {
	var wide strings.Builder
	for row := 1; row <= 5000; row++ {
		fmt.Fprintf(&wide, `<row r="%d"><c r="IV%d"><v>1</v></c></row>`, row, row)
	}
	for name, rows := range map[string]string{
		"far apart": wide.String(), "row 0": `<row r="0"><c r="A0"><v>1</v></c></row>`, "a row below 0": `<row r="-5"><c r="A1"><v>1</v></c></row>`, "beyond the last row": `<row r="2147483647"><c r="A2147483647"><v>1</v></c></row>`,
		"beyond the last column": `<row r="1"><c r="ZZZZ1"><v>1</v></c></row>`, "a text below 0": `<row r="1"><c r="A1" t="s"><v>-1</v></c></row>`, "rows out of order": `<row r="2"/><row r="1"/>`,
		"a second sheet": "",
	} {
		book := sheettest.Book{Sheets: [][2]string{{"a", "<sheetData>" + rows + "</sheetData>"}}}
		if rows == "" {
			book.Sheets = append(book.Sheets, [2]string{"b", `<sheetData><row r="1"><c r="A1" t="s"><v>-1</v></c></row></sheetData>`})
		}
		to := filepath.Join(t.TempDir(), "out.xlsx")
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		marked, err := Annotate(book.Write(t), "", to, []Remark{{"a", "A1", "x"}}, problems)
		runtime.ReadMemStats(&after)
		if err != nil || marked || after.TotalAlloc-before.TotalAlloc > 256<<20 {
			t.Errorf("%s: %v, %v, %d MiB", name, marked, err, (after.TotalAlloc-before.TotalAlloc)>>20)
		}
	}
}

// TestLibreOfficeOpensAMarkedCopyAndKeepsItsComments: and what it saves is no
// longer taken for ours.
func TestLibreOfficeOpensAMarkedCopyAndKeepsItsComments(t *testing.T) {
	path := filepath.Join(t.TempDir(), "check.xlsx")
	if _, err := Annotate(accountants(t), "", path, []Remark{{"账单'一", "A3", "前导零可能已丢失"}}, problems); err != nil {
		t.Fatal(err)
	}
	saved := sheettest.NewOffice(t).Save(t, path, sheettest.ExcelWorkbook)
	archive, err := zip.OpenReader(saved)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	var comments string
	for _, part := range archive.File {
		if strings.HasPrefix(part.Name, "xl/comments") {
			r, err := part.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, _ := io.ReadAll(r)
			comments += string(text)
			r.Close()
		}
	}
	if !strings.Contains(comments, "前导零可能已丢失") || !strings.Contains(comments, "核对过") {
		t.Error(comments)
	}
	if err := Annotatable(saved); !errors.Is(err, ErrNotOurs) {
		t.Errorf("what somebody saved would be replaced: %v", err)
	}
}

// TestAMarkedCopyIsAWorkbookWithoutMacros: it is called .xlsx, whatever the file was
// called and whatever it was, and a program opens no other under that name.
func TestAMarkedCopyIsAWorkbookWithoutMacros(t *testing.T) {
	plain := sheettest.Book{Sheets: [][2]string{{"a", sheettest.Rows([]string{sheettest.Text("x")})}}}
	typed := func(b sheettest.Book, kind string) map[string]string {
		all := b.All()
		all["[Content_Types].xml"] = strings.Replace(all["[Content_Types].xml"], bookType, "application/vnd."+kind+".main+xml", 1)
		return all
	}
	macros := plain
	macros.Macros = true
	signed := typed(macros, "ms-excel.sheet.macroEnabled")
	signed["xl/_rels/vbaProject.bin.rels"] = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProjectSignature" Target="vbaProjectSignature.bin"/></Relationships>`
	signed["xl/vbaProjectSignature.bin"] = "signature"
	for name, made := range map[string]map[string]string{
		"a.xlsm": signed, "b.xlsx": typed(macros, "ms-excel.sheet.macroEnabled"), "c.xlsm": typed(plain, "ms-excel.sheet.macroEnabled"),
		"d.xltx": typed(plain, "openxmlformats-officedocument.spreadsheetml.template"), "e.bak": plain.All(),
	} {
		from, to := filepath.Join(t.TempDir(), name), filepath.Join(t.TempDir(), "check.xlsx")
		if err := os.Rename(sheettest.Zip(t, made), from); err != nil {
			t.Fatal(err)
		}
		if marked, err := Annotate(from, "", to, []Remark{{"a", "A1", "前导零可能已丢失"}}, problems); err != nil || !marked {
			t.Errorf("%s: %v %v", name, marked, err)
			continue
		}
		for part, text := range parts(t, to) {
			if strings.Contains(strings.ToLower(part+text), "vbaproject") && part != "[Content_Types].xml" || strings.Contains(text, "macroEnabled") || strings.Contains(text, "template.main") {
				t.Errorf("%s: %s\n%s", name, part, text)
			}
		}
		if types := parts(t, to)["[Content_Types].xml"]; !strings.Contains(types, bookType) || strings.Contains(types, "/xl/vbaProject") {
			t.Errorf("%s: %s", name, types)
		}
	}
	sheets := plain.All()
	sheets["xl/_rels/workbook.xml.rels"] = strings.Replace(sheets["xl/_rels/workbook.xml.rels"], "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet", "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet", 1)
	if marked, err := Annotate(sheettest.Zip(t, sheets), "", filepath.Join(t.TempDir(), "check.xlsx"), []Remark{{"a", "A1", "x"}}, problems); err != nil || marked {
		t.Errorf("macros that are sheets: %v %v", marked, err)
	}
}
