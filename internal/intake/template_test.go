package intake

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"batchcomplete/internal/lang"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet/sheettest"
)

// fillIn writes rows of typed values below the template's example and saves it.
func fillIn(t *testing.T, path string, rows ...[]any) {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name := f.GetSheetName(0)
	for i, values := range rows {
		for j, value := range values {
			if err := f.SetCellValue(name, fmt.Sprintf("%c%d", 'A'+j, i+3), value); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
}

func template(t *testing.T, l lang.Lang) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "账单.xlsx")
	if err := WriteTemplate(path, l); err != nil {
		t.Fatal(err)
	}
	return path
}

var typed = [][]any{
	{"098440355410001", "00000001", "01202611200000000000000000012", "2026-11-20", "012345", 19.08},
	{"898440355410001", "40001001", "12E0A202611200000001", "2026-02-28", "1E5A78", 1_000_000, "QRPAYDEFAULT", "10VQ0000000001", "备注 1"},
	{"898440355410001", "40001001", "124F20261120000003", "2024-02-29", "000000", 0.01},
}

var typedFen = []money.Fen{1908, 100_000_000, 1}

// asTyped holds what was read against typed: every character, every fen.
func asTyped(t *testing.T, path string) {
	t.Helper()
	entries, report, err := readFile(path, Options{})
	if err != nil || len(entries) != len(typed) || report.Skipped != 1 {
		t.Fatalf("%d bills, %d skipped, %v", len(entries), report.Skipped, refusal(err))
	}
	if keysOf(report.Notes) != "note.example" {
		t.Errorf("%+v", report.Notes)
	}
	for i, e := range entries {
		b, want := e.Bill, typed[i]
		if e.Problems != nil || b.MID != want[0] || b.TID != want[1] || b.BillNo != want[2] || b.BillDate != want[3] || b.AuthIDRespCd != want[4] ||
			b.Amount != typedFen[i] {
			t.Errorf("%+v\nwas typed as %v", e, want)
		}
	}
}

func TestATemplateFilledInIsReadAsItWasTyped(t *testing.T) {
	for _, l := range []lang.Lang{lang.Zh, lang.En} {
		path := template(t, l)
		if _, _, err := readFile(path, Options{}); refusal(err) != "intake.norows" {
			t.Errorf("a template that nobody has filled in: %v", refusal(err))
		}
		fillIn(t, path, typed...)
		asTyped(t, path)
	}
}

// TestATemplateSavedByLibreOfficeIsReadAsItWasTyped has another program than
// ours write the file, in each of the ways in which an office saves one.
func TestATemplateSavedByLibreOfficeIsReadAsItWasTyped(t *testing.T) {
	office := sheettest.NewOffice(t)
	for _, c := range []struct {
		name    string
		l       lang.Lang
		formats []string
	}{
		{"a workbook", lang.Zh, []string{sheettest.ExcelWorkbook}},
		{"a workbook in English", lang.En, []string{sheettest.ExcelWorkbook}},
		{"an OpenDocument, and a workbook of it", lang.Zh, []string{sheettest.OpenDocument, sheettest.ExcelWorkbook}},
		{"CSV in UTF-8", lang.En, []string{sheettest.CSVInUTF8}},
		{"CSV in GB18030", lang.Zh, []string{sheettest.CSVInGB18030}},
		{"Unicode text", lang.Zh, []string{sheettest.UnicodeText}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := template(t, c.l)
			fillIn(t, path, typed...)
			for _, format := range c.formats {
				path = office.Save(t, path, format)
			}
			asTyped(t, path)
		})
	}
}

// TestWhatIsNoWorkbookIsNamedAsWhatItIs has the real files of another program, all
// called .xlsx.
func TestWhatIsNoWorkbookIsNamedAsWhatItIs(t *testing.T) {
	office := sheettest.NewOffice(t)
	for format, want := range map[string]string{sheettest.OpenDocument: "sheet.ods", "xls": "sheet.xls", "fods": "sheet.html", "html": "sheet.html", "pdf": "sheet.other"} {
		renamed := filepath.Join(t.TempDir(), "账单.xlsx")
		if err := os.Rename(office.Save(t, template(t, lang.Zh), format), renamed); err != nil {
			t.Fatal(err)
		}
		if _, _, err := readFile(renamed, Options{}); refusal(err) != want {
			t.Errorf("%s: %s", format, refusal(err))
		}
	}
}

func TestAWorkbookWithAPasswordIsNamedAsOne(t *testing.T) {
	path := template(t, lang.Zh)
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.SaveAs(path, excelize.Options{Password: "x"}), f.Close()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := readFile(path, Options{}); refusal(err) != "sheet.password" {
		t.Error(refusal(err))
	}
}

// TestWhatATemplateLetsBeTypedIsWhatIsRead: the bounds in the workbook are the
// reader's own, and reach down to the last row.
func TestWhatATemplateLetsBeTypedIsWhatIsRead(t *testing.T) {
	f, err := excelize.OpenFile(template(t, lang.Zh))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rules, err := f.GetDataValidations("账单")
	if err != nil || len(rules) != len(templateFields) {
		t.Fatalf("%d rules, %v", len(rules), err)
	}
	for i, rule := range rules {
		column := string(rune('A' + i))
		if want := column + "2:" + column + "1048576"; rule.Sqref != want {
			t.Errorf("%s, want %s", rule.Sqref, want)
		}
		if f := templateFields[i]; rule.Type == "textLength" && (rule.Formula1 != fmt.Sprint(lengths[f].least) || rule.Formula2 != fmt.Sprint(lengths[f].most)) {
			t.Errorf("%s: %s to %s", f, rule.Formula1, rule.Formula2)
		}
		if len([]rune(*rule.ErrorTitle)) > 31 || len([]rune(*rule.Error)) > 225 || len([]rune(rule.Formula1)) > 255 {
			t.Errorf("%s: longer than Excel takes it", rule.Sqref)
		}
	}
	for column, want := range map[string]string{"D": "DAY(DATE(", "F": "F2<=1000000.00", "G": defaultInstMID} {
		if rule := rules[column[0]-'A']; !strings.Contains(rule.Formula1, want) {
			t.Errorf("%s: %s", column, rule.Formula1)
		}
	}
	for column := 'A'; column <= 'I'; column++ {
		id, err := f.GetCellStyle("账单", string(column)+"900")
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(id)
		want := 49 // text
		if column == 'F' {
			want = 4 // two decimals
		}
		if err != nil || style.NumFmt != want {
			t.Errorf("column %c has the format %d, %v", column, style.NumFmt, err)
		}
	}
}

// TestTheExampleIsNeverABill: neither the example whole, nor a row in which
// anything of it is left.
func TestTheExampleIsNeverABill(t *testing.T) {
	for _, l := range []lang.Lang{lang.Zh, lang.En} {
		var head, example []string
		for _, f := range templateFields {
			head, example = append(head, sheettest.Text(heading(f, l))), append(example, sheettest.Text(exampleOf(f, l)))
		}
		own := []string{sheettest.Text("898440355410001"), sheettest.Text("40001001"), sheettest.Text("124F20261120000009"), sheettest.Text("2026-11-20"),
			sheettest.Text("012345"), sheettest.Number("19.08", 0), sheettest.Text("QRPAYDEFAULT"), sheettest.Text(""), sheettest.Text("")}
		read := func(rows ...[]string) ([]Entry, Report) {
			t.Helper()
			book := sheettest.Book{Sheets: [][2]string{{"a", sheettest.Rows(append([][]string{head}, rows...)...)}}}
			entries, report, err := readFile(book.Write(t), Options{})
			if err != nil {
				t.Fatal(refusal(err))
			}
			return entries, report
		}
		if entries, report := read(example, own); len(entries) != 1 || entries[0].Line != 3 || report.Total != 1908 || keysOf(report.Notes) != "note.example" {
			t.Errorf("%+v %+v", entries, report)
		}
		for i, f := range templateFields {
			if examples[f] == "" {
				continue
			}
			left := append([]string{}, own...)
			left[i] = example[i]
			if entries, _ := read(own, left); len(entries) != 2 || keysOf(entries[1].Problems) != "example" {
				t.Errorf("%s: %+v", f, entries)
			}
			over := append(append([]string{}, own[:6]...), example[6:]...)
			if entries, _ := read(over); len(entries) != 1 || entries[0].Problems != nil {
				t.Errorf("a bill typed over the example: %+v", entries)
			}
			partly := append([]string{}, example...)
			partly[i] = own[i]
			entries, report := read(own, partly)
			if len(entries) != 2 || len(entries[1].Problems) == 0 || report.Skipped != 0 {
				t.Errorf("%s filled in: %+v", f, entries)
			}
		}
	}
}
