package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"batchcomplete/internal/sheet/sheettest"
)

// accountants is a workbook with what offices put into theirs, and what nobody
// should follow.
func accountants(t *testing.T) string {
	t.Helper()
	f := excelize.NewFile()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(f.SetSheetName("Sheet1", "账单'一"))
	const s = "账单'一"
	red, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Color: "FF0000", Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFFF00"}}})
	check(err)
	check(f.SetCellStr(s, "A1", "某某集团清单"))
	check(f.MergeCell(s, "A1", "C1"))
	check(f.SetCellStyle(s, "A1", "C1", red))
	check(f.SetSheetRow(s, "A2", &[]string{"账单号", "金额(元)", "客户"}))
	for i := 3; i <= 7; i++ {
		check(f.SetSheetRow(s, fmt.Sprintf("A%d", i), &[]any{fmt.Sprintf("00%04d", i), float64(i) + 0.5, "=甲<&>"}))
	}
	check(f.SetCellFormula(s, "B4", "B3+1"))
	check(f.SetCellStr(s, "A8", "合计"))
	check(f.SetColWidth(s, "A", "A", 31))
	check(f.SetCellHyperLink(s, "C3", "https://example.invalid/x", "External"))
	check(f.AddComment(s, excelize.Comment{Cell: "C5", Author: "张三", Text: "核对过"}))
	check(f.SetCellStr(s, "F2", "")) // coloured cells beyond the table
	check(f.SetCellStyle(s, "D2", "F7", red))
	_, err = f.NewSheet("说明")
	check(err)
	check(f.SetCellFormula("说明", "A1", "1+1"))
	check(f.SetDefinedName(&excelize.DefinedName{Name: "部门", RefersTo: "说明!$A$1:$A$3"}))
	path := filepath.Join(t.TempDir(), "in.xlsx")
	check(f.SaveAs(path))
	return path
}

// spliced writes three columns beside rows 3 to 7.
func spliced(t *testing.T, from, sheet string, change func(*Splice)) (string, error) {
	t.Helper()
	file, err := Open(from, "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	s := Splice{Sheet: sheet, Head: 2, Last: 7, At: 3, Titles: []Value{TextCell("状态").In(Heading), TextCell("完成").In(Heading), TextCell("次数").In(Heading)}, Widths: []int{12, 14, 9}, Mark: "test|批次",
		Next: func(row int) ([]Value, error) {
			if row < 3 || row > 7 {
				return nil, nil
			}
			return []Value{TextCell("=1+1 _x000D_ " + fmt.Sprint(row)).In(Good), MoneyCell(123456), IntCell(row)}, nil
		}}
	if change != nil {
		change(&s)
	}
	to := filepath.Join(t.TempDir(), "out.xlsx")
	return to, WriteFile(to, func(w io.Writer) error { return s.Write(file, w) })
}

func parts(t *testing.T, path string) map[string]string {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	all := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(text)
	}
	return all
}

func TestResultsStandBesideTheAccountantsRowsAndTheirWorkbookKeepsItsLook(t *testing.T) {
	from := accountants(t)
	to, err := spliced(t, from, "账单'一", nil)
	if err != nil {
		t.Fatal(err)
	}
	before, after := openBook(t, from), openBook(t, to)
	const s = "账单'一"
	for _, cell := range []string{"A1", "A2", "A3", "B5", "C7", "A8"} {
		a, err1 := before.GetCellValue(s, cell)
		b, err2 := after.GetCellValue(s, cell)
		x, err3 := before.GetCellStyle(s, cell)
		y, err4 := after.GetCellStyle(s, cell)
		if a != b || x != y || errors.Join(err1, err2, err3, err4) != nil {
			t.Errorf("%s was %q in style %d and is %q in style %d", cell, a, x, b, y)
		}
	}
	rows, err := read(t, to, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[2:7] {
		c := row.Cells
		if len(c) != 6 || c[3].Text != fmt.Sprintf("=1+1 _x000D_ %d", row.Number) || c[3].Kind != Text || c[4].Text != "1234.56" || c[4].Kind != Number || c[4].Format != "#,##0.00" || c[5].Text != fmt.Sprint(row.Number) {
			t.Errorf("%+v", row)
		}
	}
	if width, err := after.GetColWidth(s, "A"); err != nil || width != 31 {
		t.Errorf("column A is %v wide", width)
	}
	if width, err := after.GetColWidth(s, "E"); err != nil || width != 14 {
		t.Errorf("column E is %v wide", width)
	}
	merged, err := after.GetMergeCells(s)
	if err != nil || len(merged) != 1 || merged[0].GetStartAxis() != "A1" {
		t.Errorf("%v %v", merged, err)
	}
	panes, err := after.GetPanes(s)
	if err != nil || !panes.Freeze || panes.YSplit != 2 {
		t.Errorf("%+v %v", panes, err)
	}
	comments, err := after.GetComments(s)
	if err != nil || len(comments) != 1 {
		t.Errorf("%v %v", comments, err)
	}
	if !slices.Equal(after.GetSheetList(), before.GetSheetList()) {
		t.Error(after.GetSheetList())
	}
	if style, err := after.GetCellStyle(s, "D3"); err != nil || style == 0 {
		t.Errorf("the state is not coloured: %v", err)
	}
}

func openBook(t *testing.T, path string) *excelize.File {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestNothingInTheCopyIsFollowed(t *testing.T) {
	book := sheettest.Book{Sheets: [][2]string{{"a", sheettest.Rows(
		[]string{sheettest.Text("清单")}, []string{sheettest.Text("账单号"), sheettest.Text("金额(元)"), sheettest.Text("客户")},
		[]string{sheettest.Text("1"), sheettest.Cell("", "<f>[1]Sheet1!A1</f><v>5</v>"), sheettest.Cell(`t="str" cm="1" vm="2"`, `<f>WEBSERVICE("http://x.invalid")</f><v>x</v>`)}) +
		`<hyperlinks><hyperlink ref="A1" r:id="rId1"/></hyperlinks><pageSetup orientation="portrait" r:id="rId2"/><oleObjects><oleObject r:id="rId3"/></oleObjects><controls><control r:id="rId3"/></controls><extLst><ext uri="x"><x14:slicerList xmlns:x14="y"><x14:slicer r:id="rId4"/></x14:slicerList></ext></extLst>`}},
		Names: `<definedName name="外部">[1]Sheet1!$A$1</definedName><definedName name="算">SUM(a!$A$1:$A$2)</definedName><definedName name="部门">a!$A$1:$A$3</definedName>`}
	all := book.All()
	all["xl/workbook.xml"] = strings.Replace(all["xl/workbook.xml"], "<definedNames>", `<externalReferences><externalReference r:id="rId77"/></externalReferences><definedNames>`, 1)
	all["xl/_rels/workbook.xml.rels"] = strings.Replace(all["xl/_rels/workbook.xml.rels"], "</Relationships>", `<Relationship Id="rId77" Type="`+"http://schemas.openxmlformats.org/officeDocument/2006/relationships"+`/externalLink" Target="externalLinks/externalLink1.xml"/><Relationship Id="rId78" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/><Relationship Id="rId79" Type="x/connections" Target="connections.xml"/></Relationships>`, 1)
	all["xl/externalLinks/externalLink1.xml"], all["xl/vbaProject.bin"], all["xl/connections.xml"], all["xl/calcChain.xml"] = "<externalLink/>", "macro", "<connections/>", "<calcChain/>"
	all["xl/worksheets/_rels/sheet1.xml.rels"] = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="x/hyperlink" Target="http://evil.invalid" TargetMode="External"/><Relationship Id="rId2" Type="x/unknown" Target="../x.bin"/><Relationship Id="rId3" Type="x/oleObject" Target="../embeddings/o.bin"/></Relationships>`
	all["xl/x.bin"], all["xl/embeddings/o.bin"] = "x", "x"
	all["[Content_Types].xml"] = strings.Replace(strings.Replace(all["[Content_Types].xml"], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml", 1), "</Types>", `<Override PartName="/xl/vbaProject.bin" ContentType="x"/></Types>`, 1)
	to, err := spliced(t, sheettest.Zip(t, all), "a", nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range parts(t, to) {
		for _, word := range []string{"<f>", "<f ", "hyperlink", "External", "externalRef", "vbaProject", "macroEnabled", "connections", "oleObject", "control", "[1]", "SUM(", "slicer", "calcChain", " cm=", " vm=", "rId2\""} {
			if strings.Contains(text, word) {
				t.Errorf("%s has %s", name, word)
			}
		}
		if strings.HasSuffix(name, ".bin") || strings.Contains(name, "external") {
			t.Errorf("the part %s was copied", name)
		}
	}
	if got := parts(t, to)["xl/workbook.xml"]; !strings.Contains(got, `<definedName name="部门">`) || !strings.Contains(got, `name="_batchcomplete" hidden="1">&#34;test|批次&#34;`) {
		t.Error(got)
	}
	file, err := Open(to, "")
	if err != nil || file.Mark() != "test|批次" {
		t.Errorf("%v", err)
	}
	rows, err := read(t, to, "")
	if err != nil || rows[2].Cells[1].Text != "5" || rows[2].Cells[2].Text != "x" || rows[2].Cells[3].Text == "" {
		t.Errorf("%+v %v", rows, err)
	}
}

// TestTheOrderOfASheetsElementsIsKept: a spreadsheet program repairs, or refuses,
// a sheet whose elements stand in another order.
func TestTheOrderOfASheetsElementsIsKept(t *testing.T) {
	rows := sheettest.Rows(nil, texts3("a", "b", "c"), texts3("1", "2", "3"))
	order := []string{"sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetProtection", "autoFilter", "mergeCells", "conditionalFormatting", "dataValidations", "pageMargins", "pageSetup"}
	for name, xml := range map[string]string{
		"bare":        rows,
		"protected":   `<sheetPr/><dimension ref="A1:C3"/>` + rows + `<sheetProtection sheet="1"/><mergeCells count="1"><mergeCell ref="A1:C1"/></mergeCells>`,
		"views":       `<sheetViews><sheetView workbookViewId="0" topLeftCell="A90"><selection activeCell="A1"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="14"/>` + rows + `<pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/>`,
		"empty view":  `<dimension ref="A1"/><sheetViews><sheetView workbookViewId="0"/></sheetViews>` + rows,
		"filtered":    `<cols><col min="1" max="16384" width="9" customWidth="1"/></cols>` + rows + `<autoFilter ref="A2:C3"><filterColumn colId="0"/></autoFilter><pageSetup orientation="portrait"/>`,
		"frozen":      `<sheetViews><sheetView workbookViewId="0"><pane xSplit="1" topLeftCell="B1" state="frozen"/></sheetView></sheetViews><cols><col min="2" max="5" width="9"/></cols>` + rows,
		"validations": rows + `<conditionalFormatting sqref="A1"><cfRule type="blanks" priority="1"/></conditionalFormatting><dataValidations count="0"/>`,
	} {
		t.Run(name, func(t *testing.T) {
			book := sheettest.Book{Sheets: [][2]string{{"a", xml}}}
			to, err := spliced(t, book.Write(t), "a", nil)
			if err != nil {
				t.Fatal(err)
			}
			sheet := parts(t, to)["xl/worksheets/sheet1.xml"]
			at := -1
			for _, element := range order {
				n := strings.Count(sheet, "<"+element+" ") + strings.Count(sheet, "<"+element+">") + strings.Count(sheet, "<"+element+"/>")
				if n > 1 {
					t.Errorf("%d of %s", n, element)
				}
				if i := strings.Index(sheet, "<"+element); n == 1 && i < at {
					t.Errorf("%s stands too early in %s", element, sheet)
				} else if n == 1 {
					at = i
				}
			}
			for _, wanted := range []string{"<pane ", `ref="A2:F7"`, `<col min="4" max="4" width="12" customWidth="1"/>`, `r="D3"`} {
				if !strings.Contains(sheet, wanted) {
					t.Errorf("no %s in %s", wanted, sheet)
				}
			}
			if strings.Contains(sheet, "A90") {
				t.Error("the frozen header is scrolled out of sight")
			}
			if got, err := read(t, to, ""); err != nil || len(got) != 3 || len(got[2].Cells) != 6 {
				t.Errorf("%+v %v", got, err)
			}
		})
	}
}

func texts3(all ...string) []string {
	var cells []string
	for _, s := range all {
		cells = append(cells, sheettest.Text(s))
	}
	return cells
}

func TestEarlierResultsAreRefreshedNotDoubled(t *testing.T) {
	first, err := spliced(t, accountants(t), "账单'一", nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := spliced(t, first, "账单'一", func(s *Splice) { s.Old = [2]int{3, 6} })
	if err != nil {
		t.Fatal(err)
	}
	a, err1 := read(t, first, "")
	b, err2 := read(t, again, "")
	if errors.Join(err1, err2) != nil || fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("%v\n%v", a, b)
	}
	moved, err := spliced(t, first, "账单'一", func(s *Splice) { s.Old, s.At = [2]int{3, 6}, 6 })
	if err != nil {
		t.Fatal(err)
	}
	rows, err := read(t, moved, "")
	if err != nil || rows[2].Cells[3].Text != "" || rows[2].Cells[6].Text == "" {
		t.Errorf("%+v %v", rows[2], err)
	}
}

func TestAWorkbookThatCannotBeCopiedIsSaidToBeSo(t *testing.T) {
	book := sheettest.Book{Sheets: [][2]string{{"a", sheettest.Rows(texts3("x"))}}}
	all := book.All()
	all["xl/_rels/workbook.xml.rels"] = strings.Replace(all["xl/_rels/workbook.xml.rels"], "</Relationships>", `<Relationship Id="rId5" Type="http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet" Target="macrosheets/sheet1.xml"/></Relationships>`, 1)
	to, err := spliced(t, sheettest.Zip(t, all), "a", nil)
	if !errors.Is(err, ErrOddWorkbook) {
		t.Error(err)
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("half a file was left")
	}
	missing := errors.New("line 9 is missing")
	if _, err := spliced(t, book.Write(t), "a", func(s *Splice) { s.Done = func() error { return missing } }); !errors.Is(err, missing) {
		t.Error(err)
	}
}

// TestAnotherProgramOpensTheCopy has LibreOffice read it.
func TestAnotherProgramOpensTheCopy(t *testing.T) {
	to, err := spliced(t, accountants(t), "账单'一", nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(sheettest.NewOffice(t).Save(t, to, sheettest.CSVInUTF8))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), `000003,3.5,=甲<&>,=1+1 _x000D_ 3,"1,234.56",3`) {
		t.Errorf("%s", text)
	}
}
