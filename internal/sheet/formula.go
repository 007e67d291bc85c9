package sheet

import (
	"fmt"
	"strings"
)

// Formula is a live formula. It is made of areas of the book by the functions
// here and of nothing else: what a cell holds cannot get into one.
type Formula struct{ text string }

// Area is a part of a column: rows First to Last, from 1, of a column from 0. An
// area on the formula's own sheet has no Sheet.
type Area struct {
	Sheet       string
	Column      int
	First, Last int
}

// Spot is the area of one cell of the formula's own sheet.
func Spot(column, row int) Area { return Area{"", column, row, row} }

func (a Area) String() string {
	column := Column(a.Column)
	cells := fmt.Sprintf("$%s$%d", column, a.First)
	if a.Last != a.First {
		cells += fmt.Sprintf(":$%s$%d", column, a.Last)
	}
	if a.Sheet == "" {
		return cells
	}
	return quoted(a.Sheet) + "!" + cells
}

// Sum adds areas up.
func Sum(areas ...Area) Formula {
	return Formula{"SUM(" + join(areas, ",", Area.String) + ")"}
}

// CountIf counts the cells that hold the word of another cell.
func CountIf(word Area, areas ...Area) Formula {
	return Formula{join(areas, "+", func(a Area) string { return fmt.Sprintf("COUNTIF(%s,%s)", a, word) })}
}

// SumIf adds up the cells of a column beside which a column holds the word of
// another cell.
func SumIf(word Area, sum int, areas ...Area) Formula {
	return Formula{join(areas, "+", func(a Area) string {
		beside := a
		beside.Column = sum
		return fmt.Sprintf("SUMIF(%s,%s,%s)", a, word, beside)
	})}
}

// Minus is the difference of two cells, to the fen.
func Minus(a, b Area) Formula { return Formula{fmt.Sprintf("ROUND(%s-%s,2)", a, b)} }

func join(areas []Area, between string, text func(Area) string) string {
	var texts []string
	for _, a := range areas {
		texts = append(texts, text(a))
	}
	if texts == nil {
		return "0"
	}
	return strings.Join(texts, between)
}

// Live gives a number that a formula recomputes; the number is shown until it is.
func (v Value) Live(f Formula) Value {
	if v.shape == asText {
		panic("sheet: a text cannot be a formula")
	}
	v.formula = f.text
	return v
}

// CheckCell is a difference that should be nothing: a tick where it is.
func CheckCell(difference Value) Value {
	difference.shape, difference.format = asNumber, `[=0]"✓";[Red]#,##0.00`
	return difference
}
