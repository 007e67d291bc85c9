package intake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet"
)

// What is read, and said: each kind once for a file, with how many and where.
const (
	noteFormula   = "intake.note.formula"
	noteInvisible = "intake.note.invisible"
	noteUnwrapped = "intake.note.unwrapped"
	notePadded    = "intake.note.padded"
	noteZeros     = "intake.note.zeros"
	noteUnseen    = "intake.note.unseen"
	noteShort     = "intake.note.short"
	noteMacros    = "intake.note.macros"
)

// notes gathers what a file's notes are made of.
type notes struct {
	counts  map[string]int
	cells   map[string][]string // the first few
	hidden  []int               // the first few hidden rows
	hiddenN int
	hiddenF money.Fen
	formats map[string]display
}

func newNotes() *notes {
	return &notes{counts: map[string]int{}, cells: map[string][]string{}, formats: map[string]display{}}
}

// named is how many cells or rows a note names.
const named = 5

func (n *notes) add(key, cell string) {
	if n.counts[key]++; len(n.cells[key]) < named {
		n.cells[key] = append(n.cells[key], cell)
	}
}

func (n *notes) hide(line int, fen money.Fen) {
	n.hiddenN++
	n.hiddenF += fen
	if len(n.hidden) < named {
		n.hidden = append(n.hidden, line)
	}
}

// list gives the notes in a fixed order.
func (n *notes) list(h Header, marks sheet.Marks) []batch.Problem {
	var all []batch.Problem
	if n.hiddenN > 0 {
		var lines []string
		for _, line := range n.hidden {
			lines = append(lines, strconv.Itoa(line))
		}
		all = append(all, batch.Problem{Key: "intake.note.hidden", Args: []string{strconv.Itoa(n.hiddenN), n.hiddenF.Grouped(), listed(lines, n.hiddenN)}})
	}
	var columns []string
	for f, column := range h.columns.all() {
		if slices.Contains(marks.HiddenColumns, column) {
			columns = append(columns, fmt.Sprintf("%s (%s)", sheet.Column(column), f))
		}
	}
	if slices.Sort(columns); columns != nil {
		all = append(all, batch.Problem{Key: "intake.note.columns", Args: []string{strings.Join(columns, ", ")}})
	}
	if marks.Macros {
		all = append(all, batch.Problem{Key: noteMacros})
	}
	for _, key := range []string{noteFormula, noteInvisible, noteUnwrapped, notePadded, noteZeros, noteUnseen, noteShort} {
		if n.counts[key] > 0 {
			all = append(all, batch.Problem{Key: key, Args: []string{strconv.Itoa(n.counts[key]), listed(n.cells[key], n.counts[key])}})
		}
	}
	return all
}

func listed(some []string, of int) string {
	text := strings.Join(some, ", ")
	if of > len(some) {
		text += " …"
	}
	return text
}
