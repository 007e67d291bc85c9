package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// payloads are texts that somebody writes into a cell in the hope that a
// spreadsheet program does something about them.
var payloads = []string{
	`=1+1`, `+1+1`, `-1+1`, `@SUM(1,1)`, `=cmd|'/c calc'!A0`, `+cmd|'/c calc'!A0`, `-cmd|'/c calc'!A0`, `@cmd|'/c calc'!A0`,
	`=HYPERLINK("http://evil.example","张三")`, `=IMPORTXML("http://evil.example","//a")`, `=WEBSERVICE("http://evil.example")`, `=DDE("cmd";"/c calc";"x")`,
	"\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "  \t =1+1", "\u00a0=1+1", "\u3000=1+1", "\ufeff=1+1", "\u200b=1+1", "\v=1+1",
	`＝1+1`, `＋1+1`, `－1+1`, `＠SUM(1)`, ` ＝1+1`, `﹦1+1`, `=`, `-`, `+`, `@`,
	`";=1+1;"`, `x","=1+1`, "x\"\n=1+1", "x\r\n=1+1", `'=1+1`, `=1+1'`, `-1.0E+5x`, `-2+3+cmd|' /C calc'!D2`,
	`<f>1+1</f>`, `</t></is></c><c><f>1+1</f></c>`, `<![CDATA[=1+1]]>`, `&#61;1+1`, `http://evil.example`, `file:///etc/passwd`, `\\evil.example\share`, `mailto:x@evil.example`,
	`_x003D_1+1`, "\x00=1+1", "\x1b[2J=1+1", "a\x00b", strings.Repeat("=", 40000), "\xff=1+1", "\u0085=1+1", "\u2028=1+1",
}

// TestNoPayloadBecomesAnythingInAWorkbook writes every payload as a text, as a
// copied cell, as a heading, a title and a sheet's name, and reads the workbook
// again as XML.
func TestNoPayloadBecomesAnythingInAWorkbook(t *testing.T) {
	for i, payload := range append([]string{"all"}, payloads...) {
		b := NewBook(payload)
		s := b.Sheet(payload, Layout{Rows: len(payloads) + 1, Head: 1, Columns: 2, Widths: []int{10, 10}})
		s.Row(TextCell(payload).In(Heading), TextCell(payload).In(Title))
		if i == 0 { // every payload in a row of one workbook
			for _, p := range payloads {
				s.Row(TextCell(p), Copy(Cell{Kind: Text, Text: p}))
			}
		} else {
			s.Row(TextCell(payload), Copy(Cell{Kind: Text, Text: payload}))
		}
		s.Done()
		path := filepath.Join(t.TempDir(), "x.xlsx")
		if err := b.Save(path); err != nil {
			t.Errorf("%.40q: %v", payload, err)
			continue
		}
		inert(t, path, payload)
		rows, err := read(t, path, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for _, c := range row.Cells {
				if c.Formula || c.Kind != Text && c.Kind != Empty {
					t.Errorf("%.40q came back as %+v", payload, c)
				}
			}
		}
		// _x005F_ is how a workbook writes the underscore before x003D_.
		if got := strings.ReplaceAll(rows[1].Cells[0].Text, "_x005F_", "_"); i > 0 && got != cellText(payload) {
			t.Errorf("%.40q came back as %.40q", payload, got)
		}
	}
}

// reference is an area, or whole rows, of one sheet.
var reference = regexp.MustCompile(`^'[^'!]+'!(\$[A-Z]+\$\d+:\$[A-Z]+\$\d+|\$\d+:\$\d+)$`)

// inert fails where a workbook has anything in it that does something.
func inert(t *testing.T, path, payload string) {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	for _, member := range archive.File {
		r, err := member.Open()
		if err != nil {
			t.Fatal(err)
		}
		xml, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"<f>", "<f ", "<hyperlink", "<oleObject", "<ddeLink", "<externalReference", `TargetMode="External"`, "<control", "<webPublishing"} {
			if bytes.Contains(xml, []byte(word)) {
				t.Errorf("%.40q: %s has %s", payload, member.Name, word)
			}
		}
		if strings.Contains(member.Name, "externalLink") || strings.Contains(member.Name, "vba") || strings.Contains(member.Name, "embeddings") || strings.Contains(member.Name, "..") {
			t.Errorf("%.40q: a part %s", payload, member.Name)
		}
		for _, name := range regexp.MustCompile(`(?s)<definedName [^>]*>(.*?)</definedName>`).FindAllSubmatch(xml, -1) {
			if text := strings.ReplaceAll(string(name[1]), "&#39;", "'"); !reference.MatchString(text) {
				t.Errorf("%.40q: the name %s", payload, text)
			}
		}
	}
}

// TestNoPayloadBecomesAFormulaInCSV reads what was written again: as many fields
// as there were, each the payload, and none that begins with a formula's sign.
func TestNoPayloadBecomesAFormulaInCSV(t *testing.T) {
	var b bytes.Buffer
	w := NewCSV(&b)
	for _, payload := range payloads {
		if err := w.Write([]string{"before", payload, "after"}); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != len(payloads) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, row := range rows {
		if len(row) != 3 || row[0] != "before" || row[2] != "after" {
			t.Errorf("%.40q broke its row: %.80q", payloads[i], row)
			continue
		}
		lead := strings.TrimLeftFunc(row[1], func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == '\uFFFD' })
		if lead != "" && strings.ContainsRune("=+-@＝＋－＠﹢﹣﹦﹫", []rune(lead)[0]) && !strings.HasPrefix(row[1], "'") && !strings.HasPrefix(row[1], "\uFFFD") {
			t.Errorf("%.40q is a formula: %.40q", payloads[i], row[1])
		}
		if strings.ContainsAny(row[1], "\x00\x1b\v") {
			t.Errorf("%.40q keeps its control characters: %.40q", payloads[i], row[1])
		}
		same := strings.ReplaceAll(visible(payloads[i]), "\r\n", "\n")
		if got := strings.TrimPrefix(row[1], "'"); got != strings.TrimPrefix(same, "'") {
			t.Errorf("%.40q came back as %.40q", payloads[i], got)
		}
	}
}

func TestNumbersStayNumbersInCSV(t *testing.T) {
	for _, s := range []string{"-19.08", "19.08", "0", "012345", "", "张三", "-1"} {
		if got := defuse(s); got != s {
			t.Errorf("%q: %q", s, got)
		}
	}
}

// TestWhatWasDefusedComesBackAsItWas: results are mended and handed in again, and
// what the accountant wrote is then what the gateway is told. An apostrophe of
// their own before a sign is taken for ours; everywhere else it stays.
func TestWhatWasDefusedComesBackAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv")
	own := []string{"'", "''", "'abc", "'012345", "'19.08", "'-19.08", "O'Neill", "it's =1"}
	if err := WriteFile(path, func(out io.Writer) error {
		w := NewCSV(out)
		for _, s := range append(payloads, own...) {
			if err := w.Write([]string{"before", strings.ReplaceAll(s, strings.Repeat("=", 40000), "====")}); err != nil {
				return err
			}
		}
		w.Flush()
		return w.Error()
	}); err != nil {
		t.Fatal(err)
	}
	rows, err := read(t, path, "")
	if err != nil || len(rows) != len(payloads)+len(own) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, s := range append(payloads, own...) {
		want := strings.ReplaceAll(strings.ReplaceAll(visible(s), strings.Repeat("=", 40000), "===="), "\r\n", "\n")
		if i < len(payloads) {
			want = strings.TrimPrefix(want, "'")
		}
		if got := rows[i].Cells[1].Text; got != want {
			t.Errorf("%.40q came back as %.40q", s, got)
		}
	}
}
