package sheet

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// Rule is what may be typed into a column of a sheet that people fill in, from
// the row below the headings down to the last. Spreadsheet programs hold typing
// against it and not what is pasted, so it is a help and no check.
type Rule struct {
	column     int
	title, say string
	set        func(*excelize.DataValidation, string) error
}

// LengthRule wants a text of so many characters in a column from 0; title and
// say are what a program shows where it is another. Only the widest may be.
func LengthRule(column, least, most int, title, say string) Rule {
	return Rule{column, title, say, func(d *excelize.DataValidation, _ string) error {
		return d.SetRange(least, most, excelize.DataValidationTypeTextLength, excelize.DataValidationOperatorBetween)
	}}
}

// AmountRule wants a number above zero, up to a limit in yuan ("1000000.00"),
// with two decimals at most.
func AmountRule(column int, most, title, say string) Rule {
	return Rule{column, title, say, func(d *excelize.DataValidation, cell string) error {
		d.Formula1 = fmt.Sprintf("AND(ISNUMBER(%[1]s),%[1]s&gt;0,%[1]s&lt;=%[2]s,ROUND(%[1]s,2)=%[1]s)", cell, most)
		d.Type = "custom"
		return nil
	}}
}

// DateRule wants a text like 2026-11-23 that is a day of the calendar. A date
// cell would show itself in another form on another machine.
func DateRule(column int, title, say string) Rule {
	return Rule{column, title, say, func(d *excelize.DataValidation, cell string) error {
		d.Formula1 = fmt.Sprintf(`AND(LEN(%[1]s)=10,MID(%[1]s,5,1)="-",MID(%[1]s,8,1)="-",VALUE(MID(%[1]s,6,2))&lt;=12,`+
			`DAY(DATE(VALUE(LEFT(%[1]s,4)),VALUE(MID(%[1]s,6,2)),VALUE(RIGHT(%[1]s,2))))=VALUE(RIGHT(%[1]s,2)))`, cell)
		d.Type = "custom"
		return nil
	}}
}

// ChoiceRule offers texts to choose from, and only asks before it takes another.
func ChoiceRule(column int, title, say string, choices ...string) Rule {
	return Rule{column, title, say, func(d *excelize.DataValidation, _ string) error {
		d.SetError(excelize.DataValidationErrorStyleWarning, title, say)
		return d.SetDropList(choices)
	}}
}

// form sets a sheet up to be filled in; it must come before the rows.
func (b *Book) form(name string, l Layout) {
	for _, rule := range l.Rules {
		cell := fmt.Sprintf("%s%d", Column(rule.column), l.Head+1)
		d := excelize.NewDataValidation(true)
		d.SetSqref(fmt.Sprintf("%s:%s%d", cell, Column(rule.column), maxRows))
		d.SetError(excelize.DataValidationErrorStyleStop, rule.title, rule.say)
		d.SetInput(rule.title, rule.say)
		b.keep(rule.set(d, cell))
		b.keep(b.f.AddDataValidation(name, d))
	}
	for _, column := range l.TextColumns {
		letters := Column(column)
		b.keep(b.f.AddIgnoredErrors(name, fmt.Sprintf("%s1:%s%d", letters, letters, maxRows), excelize.IgnoredErrorsNumberStoredAsText))
	}
}
