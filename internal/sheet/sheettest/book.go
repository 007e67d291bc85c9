// Package sheettest makes workbooks by hand, part by part, for tests: what
// spreadsheet programs write, and what nobody should.
package sheettest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Book is a workbook of one sheet or more.
type Book struct {
	// Sheets are the sheets' names and XML: what stands inside <worksheet>. A
	// name that begins with "-" is a hidden sheet's.
	Sheets [][2]string
	// Formats are the number formats of the cell styles 1, 2, …: a built-in id
	// ("14") or a code ("0.00").
	Formats []string
	Shared  []string // shared texts, as XML inside <si>
	Props   string   // attributes of <workbookPr>
	Names   string   // XML inside <definedNames>
	Macros  bool     // it has a part with macros, as .xlsm has
	// Parts are put beside the others or, under their names, in their place.
	Parts map[string]string
}

const (
	spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	office      = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packages    = "http://schemas.openxmlformats.org/package/2006"
	declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
)

// Rows makes sheetData of rows of cells, each the XML of one <c> or "" for none;
// rows begin at 1.
func Rows(rows ...[]string) string {
	var b strings.Builder
	b.WriteString("<sheetData>")
	for i, cells := range rows {
		fmt.Fprintf(&b, `<row r="%d">`, i+1)
		for j, cell := range cells {
			b.WriteString(strings.ReplaceAll(cell, "@@", fmt.Sprintf("%c%d", 'A'+j, i+1)))
		}
		b.WriteString("</row>")
	}
	return b.String() + "</sheetData>"
}

// Text is the XML of a cell with a text.
func Text(s string) string {
	return `<c r="@@" t="inlineStr"><is><t xml:space="preserve">` + escape(s) + `</t></is></c>`
}

// Number is the XML of a cell with a number, as it is stored, in a style of
// Formats (0: General).
func Number(raw string, style int) string {
	return fmt.Sprintf(`<c r="@@" s="%d"><v>%s</v></c>`, style, raw)
}

// Cell is the XML of a cell of any kind: attributes, and what stands inside.
func Cell(attributes, inside string) string { return `<c r="@@" ` + attributes + `>` + inside + `</c>` }

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// All gives every part by its name.
func (b Book) All() map[string]string {
	parts := map[string]string{
		"_rels/.rels": declaration + `<Relationships xmlns="` + packages + `/relationships"><Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
	}
	var types, sheets, rels strings.Builder
	for i, s := range b.Sheets {
		n := i + 1
		state := ""
		name, hidden := strings.CutPrefix(s[0], "-")
		if hidden {
			state = ` state="hidden"`
		}
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d"%s r:id="rId%d"/>`, escape(name), n, state, n)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, n, office, n)
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, n)
		parts[fmt.Sprintf("xl/worksheets/sheet%d.xml", n)] = declaration + `<worksheet xmlns="` + spreadsheet + `" xmlns:r="` + office + `">` + s[1] + `</worksheet>`
	}
	fmt.Fprintf(&rels, `<Relationship Id="rId90" Type="%s/styles" Target="styles.xml"/>`, office)
	if b.Shared != nil {
		fmt.Fprintf(&rels, `<Relationship Id="rId91" Type="%s/sharedStrings" Target="sharedStrings.xml"/>`, office)
		types.WriteString(`<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>`)
		parts["xl/sharedStrings.xml"] = declaration + `<sst xmlns="` + spreadsheet + `"><si>` + strings.Join(b.Shared, "</si><si>") + `</si></sst>`
	}
	if b.Macros {
		rels.WriteString(`<Relationship Id="rId92" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/>`)
		types.WriteString(`<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>`)
		parts["xl/vbaProject.bin"] = "\xD0\xCF\x11\xE0"
	}
	names := ""
	if b.Names != "" {
		names = "<definedNames>" + b.Names + "</definedNames>"
	}
	parts["xl/workbook.xml"] = declaration + `<workbook xmlns="` + spreadsheet + `" xmlns:r="` + office + `"><workbookPr ` + b.Props + `/><sheets>` + sheets.String() + `</sheets>` + names + `</workbook>`
	parts["xl/_rels/workbook.xml.rels"] = declaration + `<Relationships xmlns="` + packages + `/relationships">` + rels.String() + `</Relationships>`
	parts["xl/styles.xml"] = declaration + b.styles()
	parts["[Content_Types].xml"] = declaration + `<Types xmlns="` + packages + `/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` + types.String() + `</Types>`
	for name, text := range b.Parts {
		parts[name] = text
	}
	return parts
}

func (b Book) styles() string {
	var codes, xfs strings.Builder
	custom := 0
	for i, format := range b.Formats {
		id := format
		if strings.Trim(format, "0123456789") != "" || format == "0" || strings.HasPrefix(format, "00") {
			custom++
			id = fmt.Sprint(164 + i)
			fmt.Fprintf(&codes, `<numFmt numFmtId="%s" formatCode="%s"/>`, id, strings.ReplaceAll(escape(format), `"`, "&quot;"))
		}
		fmt.Fprintf(&xfs, `<xf numFmtId="%s" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`, id)
	}
	formats := ""
	if custom > 0 {
		formats = fmt.Sprintf(`<numFmts count="%d">%s</numFmts>`, custom, codes.String())
	}
	return `<styleSheet xmlns="` + spreadsheet + `">` + formats +
		`<fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		fmt.Sprintf(`<cellXfs count="%d"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>%s</cellXfs>`, len(b.Formats)+1, xfs.String()) +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
}

// Write writes the workbook into a new folder and gives its path.
func (b Book) Write(t testing.TB) string {
	t.Helper()
	return Zip(t, b.All())
}

// Zip writes parts as a zip file and gives its path.
func Zip(t testing.TB, parts map[string]string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(parts)) { // in one order: a fuzzer compares what runs
		text := parts[name]
		e, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "made.xlsx")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
