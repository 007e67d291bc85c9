package sheet

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"batchcomplete/internal/sheet/sheettest"
)

const officeKind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

func relations(all ...[3]string) string {
	var b strings.Builder
	b.WriteString(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for _, r := range all {
		b.WriteString(`<Relationship Id="` + r[0] + `" Type="` + officeKind + r[1] + `" Target="` + r[2])
	}
	return b.String() + `</Relationships>`
}

// hung is a workbook with a link, a macro or a formula wherever a drawing, a
// comment's shape, a chart, a diagram, a table, a sheet and the book may have one.
func hung() map[string]string {
	const to = `http://evil.invalid/x" TargetMode="External"/>`
	const in = `"/>`
	all := sheettest.Book{Sheets: [][2]string{{"a", sheettest.Rows(texts3("清单"), texts3("账单号", "金额(元)", "客户"), texts3("1", "5", "x")) +
		`<dataConsolidate><dataRefs><dataRef ref="A1" r:id="evil"/></dataRefs></dataConsolidate><customProperties><customPr name="evil" r:id="v"/></customProperties><cellWatches><cellWatch r="A1"/></cellWatches><smartTags><cellSmartTags r="evil"/></smartTags>` +
		`<drawing r:id="d"/><legacyDrawing r:id="v"/><mc:AlternateContent xmlns:mc="m"><mc:Choice Requires="x14"><controls><control r:id="v" name="evil"/></controls></mc:Choice></mc:AlternateContent>` +
		`<webPublishItems><webPublishItem destinationFile="evil"/></webPublishItems><tableParts><tablePart r:id="t"/></tableParts>`}}}.All()
	all["xl/workbook.xml"] = strings.Replace(all["xl/workbook.xml"], "</workbook>", `<pivotCaches><pivotCache cacheId="1" r:id="evil"/></pivotCaches><webPublishing codePage="65001" title="evil"/><extLst><ext uri="evil"/></extLst></workbook>`, 1)
	all["xl/worksheets/_rels/sheet1.xml.rels"] = relations([3]string{"d", "drawing", "../drawings/drawing1.xml" + in}, [3]string{"v", "vmlDrawing", "../drawings/vml1.vml" + in},
		[3]string{"c", "comments", "../comments1.xml" + in}, [3]string{"t", "table", "../tables/table1.xml" + in}, [3]string{"h", "hyperlink", to})
	all["xl/drawings/drawing1.xml"] = `<xdr:wsDr xmlns:xdr="x" xmlns:a="a" xmlns:r="r"><xdr:sp macro="[0]!Evil" textlink="[1]evil!A1"><a:hlinkClick r:id="h"/><a:hlinkHover r:id="h"/></xdr:sp><a:blip r:embed="i" r:link="e" x:link="e"/><c:chart r:id="c"/><dgm:relIds r:dm="g"/></xdr:wsDr>`
	all["xl/drawings/_rels/drawing1.xml.rels"] = relations([3]string{"i", "image", "../media/image1.png" + in}, [3]string{"e", "image", to}, [3]string{"h", "hyperlink", to}, [3]string{"c", "chart", "../charts/chart1.xml" + in}, [3]string{"g", "diagramData", "../diagrams/data1.xml" + in})
	all["xl/drawings/vml1.vml"] = `<xml xmlns:v="v" xmlns:o="o" xmlns:x="x"><v:shape id="s" href="http://evil.invalid" o:althref="http://evil.invalid"><v:imagedata src="http://evil.invalid/x.png" o:href="\\\\evil.invalid\\x"/><br><x:ClientData ObjectType="Note"><x:FmlaMacro>[0]!Evil</x:FmlaMacro><x:FmlaLink>evil</x:FmlaLink><x:Row>1</x:Row></x:ClientData></v:shape></xml>`
	all["xl/charts/chart1.xml"] = `<c:chartSpace xmlns:c="c"><c:chart/><c:externalData r:id="e"><c:autoUpdate val="evil"/></c:externalData></c:chartSpace>`
	all["xl/diagrams/data1.xml"] = `<dgm:dataModel xmlns:dgm="d"><dgm:cNvPr><a:hlinkClick r:id="h"/></dgm:cNvPr></dgm:dataModel>`
	all["xl/tables/table1.xml"] = `<table xmlns="t" ref="A2:C3"><tableColumns><tableColumn><calculatedColumnFormula>evil</calculatedColumnFormula><totalsRowFormula>evil</totalsRowFormula></tableColumn></tableColumns></table>`
	all["xl/comments1.xml"], all["xl/media/image1.png"] = "<comments/>", "png"
	return all
}

// TestNothingThatIsDrawnInTheCopyLeadsAnywhere: what it looks like stays.
func TestNothingThatIsDrawnInTheCopyLeadsAnywhere(t *testing.T) {
	to, err := spliced(t, sheettest.Zip(t, hung()), "a", nil)
	if err != nil {
		t.Fatal(err)
	}
	copied := parts(t, to)
	for name, text := range copied {
		for _, word := range []string{"evil", "Evil", "External", "hlink", "link=", "macro=", "externalData", "Formula", "Fmla", "AlternateContent", "<control", "dataConsolidate", "customProperties", "cellWatches", "smartTags", "webPublish", "pivotCache"} {
			if strings.Contains(text, word) {
				t.Errorf("%s has %s:\n%s", name, word, text)
			}
		}
	}
	for name, words := range map[string]string{
		"xl/drawings/drawing1.xml": `r:embed="i"`, "xl/drawings/vml1.vml": "<x:Row>1</x:Row>", "xl/charts/chart1.xml": "<c:chart/>", "xl/diagrams/data1.xml": "dgm:cNvPr",
		"xl/tables/table1.xml": `ref="A2:C3"`, "xl/comments1.xml": "<comments/>", "xl/media/image1.png": "png",
	} {
		if !strings.Contains(copied[name], words) {
			t.Errorf("%s lacks %s: %s", name, words, copied[name])
		}
	}
}

// TestARelationIsCopiedAsItWasUnderstood: another program may read it otherwise
// where it says something twice, so nothing of it is copied but what counted here.
func TestARelationIsCopiedAsItWasUnderstood(t *testing.T) {
	book := sheettest.Book{Sheets: [][2]string{{"a", sheettest.Rows(texts3("清单"), texts3("账单号"), texts3("1")) + `<drawing r:id="d"/>`}}}
	plain := `<Relationship Id="d" Type="` + officeKind + `drawing" Target="../drawings/drawing1.xml"/>`
	for name, c := range map[string]struct {
		relations string
		want      error
	}{
		"plain":                        {plain, nil},
		"another meaning by prefix":    {`<Relationship x:Id="d" x:Type="` + officeKind + `drawing" x:Target="../drawings/drawing1.xml" x:TargetMode="Internal" Id="evil" Type="` + officeKind + `hyperlink" Target="http://evil.invalid" TargetMode="External"/>`, nil},
		"another of the same id":       {plain + `<Relationship Id="d" Type="` + officeKind + `hyperlink" Target="http://evil.invalid" TargetMode="External"/>`, nil},
		"another part of the same id":  {plain + `<Relationship Id="d" Type="` + officeKind + `image" Target="../evil.png"/>`, ErrOddWorkbook},
		"one whose mode is in letters": {plain + `<Relationship Id="e" Type="` + officeKind + `image" Target="http://evil.invalid" TargetMode="&#69;xternal"/>`, nil},
		"one without a mode":           {plain + `<Relationship Id="e" Type="` + officeKind + `image" Target="http://evil.invalid"/>`, ErrOddWorkbook},
	} {
		all := book.All()
		all["xl/worksheets/_rels/sheet1.xml.rels"] = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships" xmlns:x="x">` + c.relations + `</Relationships>`
		all["xl/drawings/drawing1.xml"], all["xl/evil.png"] = "<wsDr/>", "evil"
		to, err := spliced(t, sheettest.Zip(t, all), "a", nil)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			continue
		}
		copied := parts(t, to)
		if text := copied["xl/worksheets/_rels/sheet1.xml.rels"]; strings.Contains(text, "evil") || strings.Contains(text, "External") || !strings.Contains(text, plain) || copied["xl/drawings/drawing1.xml"] == "" {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// TestAMarkIsATextWhateverTheFileIsCalled: it holds the name of somebody's file,
// and stands where a workbook keeps a formula.
func TestAMarkIsATextWhateverTheFileIsCalled(t *testing.T) {
	for mark, want := range map[string]string{
		`prod|a"&WEBSERVICE("http:evil")&"b`: "prod|a&WEBSERVICE(http:evil)&b", "prod|<&>'\x1b": "prod|<&>'\uFFFD", "prod|" + strings.Repeat("账", 300): "prod|" + strings.Repeat("账", 250),
	} {
		b := book("x")
		b.Mark(mark)
		whole := filepath.Join(t.TempDir(), "x.xlsx")
		copied, err := spliced(t, accountants(t), "账单'一", func(s *Splice) { s.Mark = mark })
		if err := errors.Join(err, b.Save(whole)); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{whole, copied} {
			var value string
			for _, name := range openBook(t, path).GetDefinedName() {
				if name.Name == markName {
					value = name.RefersTo
				}
			}
			if file, err := Open(path, ""); err != nil || file.Mark() != want || value != `"`+want+`"` {
				t.Errorf("%q: %v, %q", mark, err, value)
			}
		}
	}
}
