package sheet

import "strings"

// markName is the hidden defined name in which a workbook that we wrote keeps
// whose it is.
const markName = "_batchcomplete"

// maxMark is how long a text may be that stands in a formula.
const maxMark = 255

// markFormula is a mark as a defined name holds it: a text in quotes, which it
// does not leave, though it has the name of somebody's file.
func markFormula(mark string) string {
	text := []rune(visible(strings.ReplaceAll(mark, `"`, "")))
	return `"` + string(text[:min(len(text), maxMark)]) + `"`
}
