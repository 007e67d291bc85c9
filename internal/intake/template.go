package intake

import (
	"slices"

	"batchcomplete/internal/lang"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet"
)

// templateFields are the template's columns, in order.
var templateFields = []field{fMID, fTID, fBillNo, fBillDate, fAuthCode, fAmount, fInstMID, fOrderID, fDesc}

// optional are those that may stay empty.
var optional = []field{fInstMID, fOrderID, fDesc}

// WriteTemplate writes a spreadsheet to fill in: every column but the amount is
// formatted as text, so that Excel keeps zeros and long numbers; what is typed is
// held against the same bounds that a file is read with. The first row is an
// example (example.go), and a second sheet explains each column.
func WriteTemplate(path string, l lang.Lang) error {
	book := sheet.NewBook("batchcomplete")
	writeForm(book, l)
	writeHelp(book, l)
	return book.SaveNew(path)
}

func writeForm(book *sheet.Book, l lang.Lang) {
	layout := sheet.Layout{Rows: 2, Columns: len(templateFields), Head: 1}
	var titles, example []sheet.Value
	for i, f := range templateFields {
		title, sample := heading(f, l), exampleOf(f, l)
		tone := sheet.Heading
		if f == fAmount {
			tone = sheet.NumberHeading
			layout.MoneyColumns = append(layout.MoneyColumns, i)
		} else {
			layout.TextColumns = append(layout.TextColumns, i)
		}
		titles = append(titles, sheet.TextCell(title).In(tone))
		example = append(example, sheet.TextCell(sample).In(sheet.Muted))
		layout.Widths = append(layout.Widths, max(14, sheet.Width(title, sample)))
		layout.Rules = append(layout.Rules, ruleOf(i, f, l))
	}
	s := book.Sheet(l.T("intake.template.sheet"), layout)
	s.Row(titles...)
	s.Row(example...)
	s.Done()
}

// ruleOf is what may be typed into a field's column.
func ruleOf(column int, f field, l lang.Lang) sheet.Rule {
	title, say := heading(f, l), l.T("intake.template."+f.String())
	switch f {
	case fAmount:
		return sheet.AmountRule(column, money.MaxBill.String(), title, say)
	case fBillDate:
		return sheet.DateRule(column, title, say)
	case fInstMID:
		return sheet.ChoiceRule(column, title, say, defaultInstMID)
	}
	b := lengths[f]
	return sheet.LengthRule(column, b.least, b.most, title, say)
}

func writeHelp(book *sheet.Book, l lang.Lang) {
	lines := []string{"example", "text", "paste", "check"}
	help := book.Sheet(l.T("intake.template.help"), sheet.Layout{Widths: []int{20, 8, 80}, Rows: len(templateFields) + len(lines) + 2, Columns: 3})
	help.Row(sheet.TextCell(l.T("intake.template.column")).In(sheet.Heading), sheet.TextCell(l.T("intake.template.needed")).In(sheet.Heading), sheet.TextCell(l.T("intake.template.meaning")).In(sheet.Heading))
	for _, f := range templateFields {
		needed := "intake.template.yes"
		if slices.Contains(optional, f) {
			needed = "intake.template.no"
		}
		help.Row(sheet.TextCell(heading(f, l)), sheet.TextCell(l.T(needed)), sheet.TextCell(l.T("intake.template."+f.String())).Wrapped())
	}
	help.Row()
	for _, line := range lines {
		help.Row(sheet.TextCell(""), sheet.TextCell(""), sheet.TextCell(l.T("intake.template.help."+line)).Wrapped())
	}
	help.Done()
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
