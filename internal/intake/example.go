package intake

import (
	"strings"
	"unicode"

	"batchcomplete/internal/lang"
)

// A template has one row that shows how a row is filled in. Each of its cells
// begins with a mark: nothing of it, the amount included, could be sent even if
// the mark's meaning were forgotten, and a sum over the column does not count it.
// A row is the example where every cell does; a mark in a row of somebody's own
// is what they have not filled in yet.
var exampleMarks = map[lang.Lang]string{lang.Zh: "示例 ", lang.En: "EXAMPLE "}

var examples = [fieldsEnd]string{
	fMID: "898440355410001", fTID: "40001001", fBillNo: "124F20261120000001", fBillDate: "2026-11-20",
	fAuthCode: "012345", fAmount: "19.08",
}

// exampleOf is what a field's cell of the example holds. What may stay empty is
// empty: whoever types a bill over the example has nothing left of it then.
func exampleOf(f field, l lang.Lang) string {
	sample := examples[f]
	switch {
	case sample == "":
		return ""
	case f == fMID:
		sample += l.T("intake.template.example")
	}
	return exampleMarks[l] + sample
}

func isMarked(text string) bool {
	if isPlain(text) || !strings.ContainsFunc(text, unicode.IsSpace) { // a mark has a blank in it
		return false
	}
	text = seen(text)
	for _, mark := range exampleMarks {
		if strings.HasPrefix(text, mark) {
			return true
		}
	}
	return false
}

// isExample tells whether the row is a template's example, whole: each cell that
// a bill needs is marked, and so is whatever else is filled in.
func (r *reader) isExample() bool {
	if !isMarked(r.cell(fBillNo).Text) || !isMarked(r.cell(fAuthCode).Text) || !isMarked(r.cell(fAmount).Text) {
		return false
	}
	for f := range r.header.columns.all() {
		if text := r.cell(f).Text; strings.TrimSpace(text) != "" && !isMarked(text) {
			return false
		}
	}
	return true
}
