package sheet

import (
	"fmt"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/xuri/excelize/v2"
)

const a4 = 9 // the number that workbooks have for the paper

// print sets a sheet up to be printed: landscape on A4, one page wide, the
// heading on every page, page numbers with the sheet's name, and of wide sheets
// the first columns alone: the others would make the print too small to read.
func (b *Book) print(name string, l Layout) {
	landscape, paper, wide, high := "landscape", a4, 1, 0
	b.keep(b.f.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &paper, FitToWidth: &wide, FitToHeight: &high}))
	fit := true
	b.keep(b.f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}))
	side, end := 0.4, 0.6
	b.keep(b.f.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &end, Bottom: &end}))
	b.keep(b.f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&L" + strings.ReplaceAll(name, "&", "&&") + "&R&P / &N"}))
	if l.Head > 0 {
		b.keep(b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: name,
			RefersTo: fmt.Sprintf("%s!$%d:$%d", quoted(name), l.Head, l.Head)}))
	}
	if l.Printed > 0 {
		b.keep(b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", Scope: name,
			RefersTo: fmt.Sprintf("%s!$A$1:$%s$%d", quoted(name), Column(l.Printed-1), l.Rows+l.Notes)}))
	}
}

// lineHeight is what a line of text needs, in points.
const lineHeight = 15

// height gives a row with wrapped texts the height that they need: not every
// program finds that out by itself.
func (s *Sheet) height(values []Value) []excelize.RowOpts {
	lines := 1
	for i, v := range values {
		if v.wrap && i < len(s.widths) && s.widths[i] > 1 {
			lines = max(lines, 1+(runewidth.StringWidth(v.text)-1)/(s.widths[i]-1))
		}
	}
	if lines == 1 {
		return nil
	}
	return []excelize.RowOpts{{Height: float64(min(lines, 20) * lineHeight)}}
}

// quoted is a sheet's name as a formula writes it.
func quoted(name string) string { return "'" + strings.ReplaceAll(name, "'", "''") + "'" }
