package intake

import (
	"batchcomplete/internal/lang"
	"batchcomplete/internal/sheet"
)

// templateFields are the template's columns, in order.
var templateFields = []field{fMID, fTID, fBillNo, fBillDate, fAuthCode, fAmount, fOrderID, fDesc}

// WriteTemplate writes an empty spreadsheet to fill in: every column but the
// amount is formatted as text, so that Excel keeps zeros and long numbers; a
// second sheet explains each column.
func WriteTemplate(path string, l lang.Lang) error {
	book := sheet.NewBook("batchcomplete")
	var titles []sheet.Value
	var widths []int
	for _, f := range templateFields {
		title := heading(f, l)
		titles = append(titles, sheet.TextCell(title).In(sheet.Heading))
		widths = append(widths, max(14, sheet.Width(title)))
	}
	s := book.Sheet(l.T("intake.template.sheet"), sheet.Layout{Widths: widths, Rows: 1, Columns: len(titles), Head: 1, TextColumns: textColumns()})
	s.Row(titles...)
	s.Done()
	help := book.Sheet(l.T("intake.template.help"), sheet.Layout{Widths: []int{24, 10, 80}, Rows: len(templateFields) + 1, Columns: 3})
	help.Row(sheet.TextCell(l.T("intake.template.column")).In(sheet.Heading), sheet.TextCell(l.T("intake.template.needed")).In(sheet.Heading), sheet.TextCell(l.T("intake.template.meaning")).In(sheet.Heading))
	for _, f := range templateFields {
		needed := l.T("intake.template.yes")
		if f == fOrderID || f == fDesc {
			needed = l.T("intake.template.no")
		}
		help.Row(sheet.TextCell(heading(f, l)), sheet.TextCell(needed), sheet.TextCell(l.T("intake.template."+string(f))))
	}
	help.Done()
	return book.SaveNew(path)
}

// heading is a field's heading in a template: the word of the language, the
// amount in yuan.
func heading(f field, l lang.Lang) string {
	switch {
	case f == fAmount:
		return "完成金额(元)"
	case l == lang.En:
		return headings[f][0]
	}
	return headings[f][1]
}

func textColumns() []int {
	var columns []int
	for i, f := range templateFields {
		if f != fAmount {
			columns = append(columns, i)
		}
	}
	return columns
}
