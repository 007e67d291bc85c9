package intake

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"batchcomplete/internal/sheet"
	"batchcomplete/internal/sheet/sheettest"
)

// outcome says what comes of a file in one line: the refusal; or for each row its
// fen and what of it is not as in goodRow, or each problem with its cell; and the
// notes.
func outcome(path string, o Options) string {
	entries, report, err := readFile(path, o)
	if err != nil {
		return refusal(err)
	}
	var rows []string
	for _, e := range entries {
		var words []string
		for _, p := range e.Problems {
			words = append(words, strings.TrimPrefix(p.Key, "intake.")+"@"+p.Cell)
		}
		if words == nil {
			words = append(words, fmt.Sprint(int64(e.Bill.Amount)))
			for _, field := range [][2]string{{e.Bill.MID, "898440355410001"}, {e.Bill.TID, "40001001"}, {e.Bill.BillNo, "124F20261120000001"}, {e.Bill.BillDate, "2026-11-20"}, {e.Bill.AuthIDRespCd, "012345"}} {
				if field[0] != field[1] {
					words = append(words, field[0])
				}
			}
		}
		rows = append(rows, strings.Join(words, " "))
	}
	if notes := keysOf(report.Notes); notes != "" {
		rows = append(rows, "("+notes+")")
	}
	return strings.Join(rows, "; ")
}

// TestEveryPitfallOfCSVHasItsOutcome is the list of what was measured of CSV files
// and their readers, line by line.
func TestEveryPitfallOfCSVHasItsOutcome(t *testing.T) {
	const no = "124F20261120000001"
	line := func(cells ...string) string { return strings.Join(cells, ",") + "\n" }
	good := line("898440355410001", "40001001", no, "2026-11-20", "012345", "19.08", "甲")
	with := func(column int, text string) string {
		cells := strings.Split(strings.TrimSpace(good), ",")
		cells[column] = text
		return line(cells...)
	}
	gb18030 := func(text string) string {
		text, err := simplifiedchinese.GB18030.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	unicodeText := func(text string) string {
		out := "\xff\xfe"
		for _, unit := range utf16.Encode([]rune(text)) {
			out += string([]byte{byte(unit), byte(unit >> 8)})
		}
		return out
	}
	english := "mid,tid,billNo,billDate,authIdRespCd,totalAmount,note\n"
	foreign := func(amount, note string) string {
		return line("898440355410001", "40001001", no, "2026-11-20", "012345", amount, note)
	}
	wechat := "微信支付账单明细,,,,,,\n" + head
	for _, c := range []struct {
		name, text, want string
		o                Options
	}{
		{"numeric fields: a fraction is no whole number", head + with(5, "19.99"), "1999", Options{}},
		{"numeric fields: a leading zero is no octal", head + with(5, "010"), "1000", Options{}},
		{"numeric fields: a negative is no huge positive", head + with(5, "-5.5"), "amount.low@F2", Options{}},
		{"numeric fields: a comma is no point", head + with(5, `"1,908"`), "190800", Options{}},
		{"numeric fields: empty is no zero", head + with(5, ""), "missing@F2", Options{}},
		{"a column is misspelt", strings.Replace(head, "授权码", "授全码", 1) + good, "intake.header", Options{}},
		{"semicolons", strings.ReplaceAll(head+good, ",", ";"), "1908", Options{}},
		{"tabs", strings.ReplaceAll(head+good, ",", "\t"), "1908", Options{}},
		{"commas, and a list of more bars in a field", head + strings.Repeat(with(6, "a|b|c|d|e|f|g|h|i"), 3), "1908; 1908; 1908", Options{}},
		{"semicolons, thousands, and commas above", "账单,十一月,甲,乙\n打印,丙\n" + strings.ReplaceAll(strings.ReplaceAll(head+strings.Repeat(good, 3), ",", ";"), "19.08", "1,908.00"), "190800; 190800; 190800", Options{}},
		{"tabs, and commas in every field", strings.ReplaceAll(strings.ReplaceAll(head+good, ",", "\t"), "甲", "甲,乙,丙,丁,戊,己,庚,辛"), "1908", Options{}},
		{"bars", strings.ReplaceAll(head+good, ",", "|"), "1908", Options{}},
		{"two words for one field", strings.Replace(head, "客户", "金额(元)", 1) + good, "intake.header.twice", Options{}},
		{"headings in two rows", "商户,,账单,,,完成金额(元),客户\n商户号,终端号,账单号,账单日期,授权码,,\n" + good, "1908", Options{}},
		{"a byte order mark", "\ufeff" + head + good, "1908", Options{}},
		{"GBK", gb18030(head + good), "1908", Options{}},
		{"GBK that is valid UTF-8 too", gb18030(english + foreign("1908", "3楼")), "sheet.encoding.either", Options{}},
		{"GBK that is valid UTF-8 too, in the amount", gb18030(english + foreign("楼1908", "x")), "sheet.encoding.either", Options{}},
		{"GBK that is valid UTF-8 too, by its word", gb18030(english + foreign("1908", "3楼")), "1908", Options{Encoding: "gbk"}},
		{"GBK that is valid UTF-8 too, and a character that is not", gb18030(english + foreign("1908", "3楼") + foreign("1908", "甲")), "1908; 1908", Options{}},
		{"UTF-8 without Chinese", english + foreign("1908", "José"), "sheet.encoding.either", Options{}},
		{"UTF-8 without Chinese, by its word", english + foreign("1908", "José"), "1908", Options{Encoding: "utf-8"}},
		{"UTF-8 without Chinese, with a byte order mark", "\ufeff" + english + foreign("1908", "José"), "1908", Options{}},
		{"UTF-8 with Chinese somewhere", english + foreign("1908", "José") + foreign("1908", "甲"), "1908; 1908", Options{}},
		{"nothing but ASCII", english + foreign("1908", "x"), "1908", Options{}},
		{"UTF-8 that is called GBK", head + good, "sheet.encoding", Options{Encoding: "gbk"}},
		{"Unicode text", unicodeText(strings.ReplaceAll(head+good, ",", "\t")), "1908", Options{}},
		{"a lone CR ends a line", strings.ReplaceAll(head+good, "\n", "\r"), "1908", Options{}},
		{"CRLF", strings.ReplaceAll(head+good, "\n", "\r\n"), "1908", Options{}},
		{"ragged: one field too many", head + strings.Replace(good, "19.08", "1,908.00", 1), "ragged@A2", Options{}},
		{"ragged: the end left out", head + strings.Replace(good, ",甲", "", 1), "1908; (note.short)", Options{}},
		{"a stray quote", head + with(6, `甲"`) + good, "sheet.csv", Options{}},
		{"a stray quote that opens a field", head + with(6, `"甲`) + good, "sheet.csv", Options{}},
		{"a line break in an identifier", head + with(2, "\"124F\n20261120000001\""), "characters@C2", Options{}},
		{"a line break in an amount", head + with(5, "\"19\n.08\""), "amount@F2", Options{}},
		{"an equals sign and quotes", head + with(4, `="012345"`), "1908; (note.unwrapped)", Options{}},
		{"WeChat: back-ticks, and a total", wechat + "`" + strings.ReplaceAll(strings.TrimSpace(good), ",", ",`") + "\n合计,,,,,`19.08,\n", "1908; (note.agrees note.unwrapped)", Options{}},
		{"WeChat: a total that differs", wechat + "`" + strings.ReplaceAll(strings.TrimSpace(good), ",", ",`") + "\n合计,,,,,`19.09,\n", "intake.total", Options{}},
		{"Alipay: a preamble, padded with tabs, a comma at the end", gb18030("支付宝账单\n账号:[20881234]\n---------\n" + strings.ReplaceAll(strings.TrimSpace(head), ",", "\t,") + "\t,\n" + strings.ReplaceAll(strings.TrimSpace(good), ",", "\t ,") + "\t,\n"), "1908", Options{}},
		{"the line of a mistake below a line break", head + with(6, "\"甲\n乙\"") + with(5, "x"), "1908; amount@F4", Options{}},
		{"what stood in a longer row above does not come back", head + good + "898440355410001,40001001\n" + good, "1908; missing@C3 missing@D3 missing@E3 missing@F3; 1908; (note.short)", Options{}},
		{"a heading of two lines", strings.Replace(head, "账单号", "\"账单\r\n号\"", 1) + good, "1908", Options{}},
		{"a total by its other words", head + good + "汇总:,,,,,19.08,\nTotal,,,,,19.08,\n本页小计,,,,,19.08,\nSubtotal,,,,,19.08,\n", "1908; (note.agrees note.agrees note.agrees note.agrees)", Options{}},
		{"a total by another word that differs", head + good + "汇总:,,,,,19.09,\n", "intake.total", Options{}},
		{"saved again: a long number", head + with(2, "2.02601011234568E+019"), "scientific@C2", Options{}},
		{"saved again: a lost zero", head + with(4, "12345"), "length@E2", Options{}},
		{"saved again: zeros that became one", head + with(4, "0"), "length@E2", Options{}},
		{"saved again: a number that looked scientific", head + with(2, "2.00E+10"), "scientific@C2", Options{}},
		{"saved again: a date without its year", head + with(3, "3月4日"), "date@D2", Options{}},
		{"saved again: brackets", head + with(5, "(19.08)"), "amount@F2", Options{}},
	} {
		path := filepath.Join(t.TempDir(), "bills.csv")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := outcome(path, c.o); got != c.want {
			t.Errorf("%s: %s; want %s", c.name, got, c.want)
		}
	}
}

// TestATextThatReadsInTwoWaysIsShownInBoth: whoever made it sees at once which is
// right; no more of the line is shown.
func TestATextThatReadsInTwoWaysIsShownInBoth(t *testing.T) {
	_, _, err := readText(t, "mid,tid,billNo,billDate,authIdRespCd,totalAmount,note\n"+
		"898440355410001,40001001,124F20261120000001,2026-11-20,012345,19.08,x\n898440355410001,40001001,124F20261120000002,2026-11-20,012345,19.08,3\xc2\xa5\n", Options{})
	var refused *sheet.Refusal
	if !errors.As(err, &refused) || fmt.Sprint(refused.Args) != "[3 楼 ¥]" {
		t.Errorf("%v", err)
	}
}

// TestEveryPitfallOfALayoutHasItsOutcome has those of the measured ones that stand
// in no other table: how cells stand in a workbook, and what its parts say.
func TestEveryPitfallOfALayoutHasItsOutcome(t *testing.T) {
	second := goodRow(map[int]string{2: sheettest.Text("124F20261120000002")})
	sheets := func(rows ...[]string) sheettest.Book {
		return sheettest.Book{Sheets: [][2]string{{"账单", sheettest.Rows(append([][]string{headRow()}, rows...)...)}}}
	}
	shared := func(index string, texts ...string) sheettest.Book {
		b := sheets(goodRow(map[int]string{4: sheettest.Cell(`t="s"`, "<v>"+index+"</v>")}))
		b.Shared = texts
		return b
	}
	without := func(b sheettest.Book, part string) map[string]string {
		parts := b.All()
		delete(parts, part)
		return parts
	}
	edit := func(b sheettest.Book, part, old, new string) map[string]string {
		parts := b.All()
		if !strings.Contains(parts[part], old) {
			t.Fatalf("%s has no %s", part, old)
		}
		parts[part] = strings.Replace(parts[part], old, new, 1)
		return parts
	}
	const sheet1, texts1, rels = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"
	renamed := shared("0", "<t>012345</t>").All()
	renamed["xl/texts.xml"] = renamed[texts1]
	delete(renamed, texts1)
	renamed[rels] = strings.Replace(renamed[rels], "sharedStrings.xml", "texts.xml", 1)
	moved := sheets(goodRow(nil)).All()
	moved["xl/book.xml"], moved["xl/_rels/book.xml.rels"] = moved["xl/workbook.xml"], moved[rels]
	delete(moved, "xl/workbook.xml")
	delete(moved, rels)
	moved["_rels/.rels"] = strings.Replace(moved["_rels/.rels"], "xl/workbook.xml", "xl/book.xml", 1)
	active := sheettest.Book{Sheets: [][2]string{{"说明", sheettest.Rows([]string{sheettest.Text("x")})}, {"账单", sheettest.Rows(headRow(), goodRow(nil))}}}
	withMacros := sheets(goodRow(nil))
	withMacros.Macros = true
	macros := edit(withMacros, "[Content_Types].xml", "spreadsheetml.sheet.main+xml", "ms-excel.sheet.macroEnabled.main+xml")
	for _, c := range []struct {
		name  string
		parts map[string]string
		want  string
	}{
		{"a shared text", shared("0", "<t>012345</t>").All(), "1908"},
		{"a shared text of several runs, and how it is spoken", shared("0", `<r><t>012</t></r><r><t>345</t></r><rPh sb="0" eb="1"><t>99</t></rPh>`).All(), "1908"},
		{"a shared text that is not there", shared("7", "<t>012345</t>").All(), "sheet.damaged"},
		{"a shared text whose number is none", shared("abc", "<t>012345</t>").All(), "sheet.damaged"},
		{"the shared texts are missing", without(shared("0", "<t>012345</t>"), texts1), "sheet.damaged"},
		{"the shared texts under another name", renamed, "1908"},
		{"the shared texts are cut off", edit(shared("0", "<t>012345</t>"), texts1, "</sst>", ""), "sheet.damaged"},
		{"the sheet is cut off between two rows", edit(sheets(goodRow(nil), second), sheet1, sheettest.Rows(headRow(), goodRow(nil), second)[len(sheettest.Rows(headRow(), goodRow(nil)))-len("</sheetData>"):]+"</worksheet>", ""), "sheet.damaged"},
		{"a part names an entity of its own", edit(sheets(goodRow(nil)), sheet1, "<worksheet", `<!DOCTYPE x [<!ENTITY a "1">]><worksheet`), "sheet.damaged"},
		{"rows out of order", edit(sheets(goodRow(nil), second), sheet1, `<row r="3">`, `<row r="2">`), "sheet.damaged"},
		{"cells out of order", edit(sheets(goodRow(nil)), sheet1, `r="G2"`, `r="B2"`), "sheet.damaged"},
		{"the first part under another name", moved, "1908"},
		{"the second sheet has the table", active.All(), "1908"},
		{"what merged cells left behind in others", edit(sheets(goodRow(nil), second), sheet1, "</sheetData>", `</sheetData><mergeCells count="1"><mergeCell ref="F2:F3"/></mergeCells>`), "intake.merged"},
		{"a hidden row", edit(sheets(goodRow(nil)), sheet1, `<row r="2">`, `<row r="2" hidden="1">`), "1908; (note.hidden)"},
		{"a hidden column", edit(sheets(goodRow(nil)), sheet1, "<sheetData>", `<cols><col min="6" max="6" width="9" hidden="1"/></cols><sheetData>`), "1908; (note.columns)"},
		{"cells at the end that are left out", sheets(goodRow(nil)[:6]).All(), "1908"},
		{"styled cells beyond the headings", sheets(append(goodRow(nil), "", `<c r="@@" s="0"/>`)).All(), "1908"},
		{"a cell beyond the headings", sheets(append(goodRow(nil), "", sheettest.Text("?"))).All(), "beyond@I2"},
		{"a picture in a cell, as WPS writes it", sheets(goodRow(map[int]string{6: sheettest.Cell(`t="str"`, `<f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v>`)})).All(), "1908"},
		{"a workbook with macros", macros, "1908; (note.macros)"},
		{"a workbook with macros of Excel 4", edit(active, rels, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet", "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet"), "1908; (note.macros)"},
	} {
		if got := outcome(sheettest.Zip(t, c.parts), Options{}); got != c.want {
			t.Errorf("%s: %s; want %s", c.name, got, c.want)
		}
	}
	called := filepath.Join(t.TempDir(), "bills.xlsx")
	if err := os.WriteFile(called, []byte(head+"898440355410001,40001001,124F20261120000001,2026-11-20,012345,19.08,甲\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := outcome(called, Options{}); got != "1908" {
		t.Errorf("CSV that is called .xlsx: %s", got)
	}
	locked := filepath.Join(t.TempDir(), "~$bills.xlsx")
	if err := os.WriteFile(locked, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := outcome(locked, Options{}); got != "sheet.lockfile" {
		t.Errorf("a lock file: %s", got)
	}
}

// TestNothingOfOneFileIsLeftForTheNext: an encoding, a delimiter, a unit, a way of
// counting days; whichever file comes first.
func TestNothingOfOneFileIsLeftForTheNext(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(strings.ReplaceAll(head+"898440355410001,40001001,124F20261120000001,2026-11-20,012345,19.08,甲\n", ",", ";"))
	if err != nil {
		t.Fatal(err)
	}
	text := func(content string) string {
		path := filepath.Join(t.TempDir(), "bills.csv")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	book := func(b sheettest.Book, above []string, cell string) string {
		b.Sheets = [][2]string{{"账单", sheettest.Rows(above, headRow(), goodRow(map[int]string{3: cell}))}}
		return b.Write(t)
	}
	files := map[string]string{
		text(gb): "1908",
		text("mid,tid,billNo,billDate,authIdRespCd,totalAmount\n898440355410001,40001001,124F20261120000001,2026-11-20,=\"012345\",1908\n"): "1908; (note.unwrapped)",
		book(sheettest.Book{Formats: []string{"14"}, Props: `date1904="1"`}, nil, sheettest.Number("44884", 1)):                             "1908",
		book(sheettest.Book{Formats: []string{"14"}}, []string{sheettest.Text("单位:元")}, sheettest.Number("46346", 1)):                       "1908",
		book(sheettest.Book{Formats: []string{"0"}, Macros: true}, nil, sheettest.Number("20261120", 1)):                                    "1908; (note.macros)",
	}
	for first := range files {
		for second, want := range files {
			outcome(first, Options{})
			if got := outcome(second, Options{}); got != want {
				t.Errorf("%s after %s: %s; want %s", second, first, got, want)
			}
		}
	}
}
