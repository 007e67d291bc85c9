package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"batchcomplete/internal/sheet/sheettest"
)

// TestTheEdgesOfASheetHold has the last of each that is read, and the first that
// is not: rows, columns, the length of values and texts, and how deep elements
// are nested.
func TestTheEdgesOfASheetHold(t *testing.T) {
	row := func(n int, cells string) string {
		return fmt.Sprintf(`<sheetData><row r="%d">%s</row></sheetData>`, n, cells)
	}
	value := func(kind, inside string) string { return row(1, `<c r="A1" t="`+kind+`">`+inside+`</c>`) }
	nested := func(n int) string { // within worksheet, sheetData and row
		return row(1, strings.Repeat("<x>", n-3)+strings.Repeat("</x>", n-3))
	}
	comment := func(n int) string { return "<!--" + strings.Repeat("9", n) + "-->" }
	pieces := strings.Repeat(strings.Repeat("9", 1<<16)+"<!-- -->", 15)
	for name, c := range map[string]struct{ data, want string }{
		"the last row":                          {row(1<<20, `<c r="A1048576"><v>1</v></c>`), ""},
		"a row behind it":                       {row(1<<20+1, `<c r="A1048577"><v>1</v></c>`), "sheet.rows"},
		"the last column that is read":          {row(1, `<c r="IV1"><v>1</v></c>`), ""},
		"a value behind it":                     {row(1, `<c r="IW1"><v>1</v></c>`), "sheet.columns"},
		"a value in the last column of all":     {row(1, `<c r="XFD1"><v>1</v></c>`), "sheet.columns"},
		"a colour in the last column of all":    {row(1, `<c r="XFD1" s="1"/>`), ""},
		"a column that no sheet has":            {row(1, `<c r="ZZZZ1"><v>1</v></c>`), "sheet.damaged"},
		"a row that is no number":               {`<sheetData><row r="99999999999999999999"/></sheetData>`, "sheet.damaged"},
		"a document type":                       {`<!DOCTYPE x [<!ENTITY a "b">]>` + row(1, ""), "sheet.damaged"},
		"a row below nothing":                   {`<sheetData><row r="0"/></sheetData>`, "sheet.damaged"},
		"a long value in pieces":                {value("str", "<v>"+pieces+"</v>"), ""},
		"a longer one":                          {value("str", "<v>"+pieces+pieces+"</v>"), "sheet.damaged"},
		"a text of as many bytes as a cell's":   {value("inlineStr", "<is><t>"+strings.Repeat("长", 32_767)+"</t></is>"), ""},
		"a longer text":                         {value("inlineStr", "<is><t>"+strings.Repeat("长", 50_000)+"</t></is>"), "sheet.damaged"},
		"a comment that nobody reads":           {row(1, "") + comment(maxToken-1<<16), ""},
		"one longer than a token may be":        {row(1, "") + comment(maxToken+1<<16), "sheet.damaged"},
		"elements as deep as they may be":       {nested(256), ""},
		"elements that are one deeper":          {nested(257), "sheet.damaged"},
		"merged cells, as many as there may be": {row(1, "") + "<mergeCells>" + strings.Repeat(`<mergeCell ref="A1:B2"/>`, 1<<16) + "</mergeCells>", ""},
		"and one more":                          {row(1, "") + "<mergeCells>" + strings.Repeat(`<mergeCell ref="A1:B2"/>`, 1<<16+1) + "</mergeCells>", "sheet.toolarge"},
	} {
		err := readThrough(sheettest.Book{Sheets: [][2]string{{"a", c.data}}}.Write(t))
		var refusal *Refusal
		errors.As(err, &refusal)
		if (err == nil) != (c.want == "") || err != nil && (refusal == nil || refusal.Key != c.want) {
			t.Errorf("%s: %.200v, want %q", name, err, c.want)
		}
	}
}

// TestARelationThatLeadsOutOfTheFileIsNotFollowed: what it leads to is not looked
// for, and a sheet that stands elsewhere is none.
func TestARelationThatLeadsOutOfTheFileIsNotFollowed(t *testing.T) {
	book := sheettest.Book{Sheets: [][2]string{{"a", sheettest.Rows([]string{sheettest.Text("x")})}}, Shared: []string{"<t>x</t>"}}
	rels := book.All()["xl/_rels/workbook.xml.rels"]
	for name, target := range map[string]string{
		"a sheet elsewhere":  `Target="worksheets/sheet1.xml"`,
		"a part that is not": `Target="sharedStrings.xml"`,
	} {
		for _, elsewhere := range []string{`Target="file:///etc/hostname" TargetMode="External"`, `Target="../../../../etc/hostname"`, `Target="https://127.0.0.1:9/x"`} {
			book.Parts = map[string]string{"xl/_rels/workbook.xml.rels": strings.Replace(rels, target, elsewhere, 1)}
			_, err := read(t, book.Write(t), "")
			var refusal *Refusal
			external := strings.Contains(elsewhere, "External") && strings.Contains(target, "shared")
			if !external && (!errors.As(err, &refusal) || refusal.Key != "sheet.damaged") || external && err != nil {
				t.Errorf("%s at %s: %v", name, elsewhere, err)
			}
		}
	}
}

// TestTheBoundsOfAZipHold: how large the file is, how many parts it has, and what
// they come to by its directory.
func TestTheBoundsOfAZipHold(t *testing.T) {
	entries := func(n int, size uint64) []byte {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		for i := range n {
			e, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("media/%d.png", i), Method: zip.Deflate, CompressedSize64: 2, UncompressedSize64: size})
			if err == nil {
				_, err = e.Write([]byte{3, 0})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	large := file(t, []byte("PK\x03\x04"))
	if err := os.Truncate(large, maxFile+1); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ path, want string }{
		"a file larger than any is read":         {large, "sheet.toolarge"},
		"as many parts as there may be":          {file(t, entries(10_000, 0)), "sheet.other"},
		"one part more":                          {file(t, entries(10_001, 0)), "sheet.toolarge"},
		"parts that come to as much as they may": {file(t, entries(4, 1<<29)), "sheet.other"},
		"parts that come to more":                {file(t, entries(5, 1<<29)), "sheet.toolarge"},
	} {
		_, err := Open(c.path, "")
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Key != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}
