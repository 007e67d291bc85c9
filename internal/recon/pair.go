package recon

import (
	"cmp"
	"slices"

	"batchcomplete/internal/money"
)

// settle gives every row and every line its place.
func (m *matcher) settle() {
	m.sortEdges(m.edges)
	m.sortEdges(m.reversals)
	m.pair()
	m.leftOver()
	m.reverse()
	for i := range int32(m.lines.count) {
		if e := m.lines.at(i); e.place == Nowhere {
			m.alone(i, e)
		}
	}
	m.edges, m.reversals, m.lines.byRef, m.lines.byOrder = nil, nil, nil, nil // a good part of the memory
	for i := range m.marks {
		if mk := &m.marks[i]; mk.place == Nowhere && mk.flags&(completed|inScope) == completed|inScope {
			mk.place = OnlyOurs
			why := ""
			if mk.flags&uncovered != 0 {
				why = "uncovered"
			}
			m.found(OnlyOurs, int32(i), none, why)
		}
	}
}

// sortEdges orders them by how well they fit; what fits alike, by what rows and
// lines are, so that their order in files does not matter.
func (m *matcher) sortEdges(edges []edge) {
	slices.SortFunc(edges, func(a, b edge) int {
		if c := cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.tie, b.tie)); c != 0 {
			return c
		}
		x, y := m.lines.at(a.line), m.lines.at(b.line)
		return cmp.Or(cmp.Compare(x.amount, y.amount), cmp.Compare(x.fee, y.fee), cmp.Compare(x.day, y.day),
			slices.Compare(x.ref[:], y.ref[:]), slices.Compare(x.order[:], y.order[:]), cmp.Compare(a.line, b.line), cmp.Compare(a.row, b.row))
	})
}

// pair joins rows and lines one to one, the best fitting first.
func (m *matcher) pair() {
	for _, e := range m.edges {
		mk, line := &m.marks[e.row], m.lines.at(e.line)
		if e.rank&foundOfRank == byOldID || mk.line != none || line.row != none || line.place != Nowhere {
			continue
		}
		mk.line, line.row = e.line, e.row
		place, why := m.verdict(e, line)
		if !m.concerns(mk, line) {
			place = OutOfScope
		}
		line.place = place
		if place != OutOfScope {
			mk.place = place
		}
		if place.isBreak() {
			m.found(place, e.row, e.line, why)
		}
	}
}

// concerns tells whether a pair is of the workbook's days and batches.
func (m *matcher) concerns(mk *mark, line *entry) bool {
	return mk.flags&ownRow != 0 && (mk.flags&inScope != 0 || m.selects(line))
}

func (m *matcher) selects(line *entry) bool {
	return line.file == carried || m.selection.Selects(dayText(line.day))
}

func (m *matcher) verdict(e edge, line *entry) (Place, string) {
	switch {
	case e.rank&stateOfRank == isDeclined:
		return OnlyUMS, "declined"
	case e.rank&otherAmount != 0 && e.rank&stateOfRank == isNotKnown:
		return AmountDiffers, "notknown"
	case e.rank&otherAmount != 0:
		return AmountDiffers, ""
	case e.rank&stateOfRank == isNotKnown:
		return ProvesUnknown, ""
	case e.rank&otherDate != 0:
		return DateDiffers, ""
	case line.netOff:
		return FeeWrong, "net"
	case line.due != unchecked && !m.near(line, line.due, line.fee):
		return FeeWrong, "rate"
	}
	return Matched, ""
}

// leftOver places what found another that was taken already, and what found an
// order id that a row no longer has.
func (m *matcher) leftOver() {
	for _, e := range m.edges {
		mk, line := &m.marks[e.row], m.lines.at(e.line)
		if line.row == none && line.place == Nowhere {
			place, why := Duplicate, "line"
			if e.rank&foundOfRank == byOldID {
				why = "older"
				if mk.flags&completed == 0 {
					place = OnlyUMS
				}
			}
			if !m.concerns(mk, line) {
				place = OutOfScope
			}
			line.row, line.place = e.row, place
			if place.isBreak() {
				m.found(place, e.row, e.line, why)
			}
		}
		if mk.line == none && mk.place == Nowhere && mk.flags&(ownRow|completed) == ownRow|completed && e.rank&foundOfRank != byOldID && line.row != e.row && m.concerns(mk, line) {
			mk.place, mk.line = Duplicate, e.line
			m.found(Duplicate, e.row, e.line, "row")
		}
	}
}

// reverse gives each reversal to the row that it undoes.
func (m *matcher) reverse() {
	for _, e := range m.reversals {
		mk, line := &m.marks[e.row], m.lines.at(e.line)
		if line.row != none || line.place != Nowhere {
			continue
		}
		line.row, line.place = e.row, OutOfScope
		mk.flags |= undone
		if m.concerns(mk, line) {
			line.place = Reversed
			m.found(Reversed, e.row, e.line, "")
		}
	}
}

// alone places a line that no row of ours has to do with.
func (m *matcher) alone(i int32, e *entry) {
	switch {
	case e.class == OtherBusiness, e.class == Reversal && !m.ofCompletion[e.kind]:
		e.place = Other
	case !m.selects(e):
		e.place = OutOfScope
	default:
		e.place = OnlyUMS
		m.found(OnlyUMS, none, i, "")
	}
}

func (m *matcher) found(place Place, row, line int32, why string) {
	m.findings = append(m.findings, finding{place, row, line, why})
}

// stake is how much money a finding is about.
func (m *matcher) stake(f finding) money.Fen {
	if f.line == none {
		return m.marks[f.row].amount
	}
	line := m.lines.at(f.line)
	switch {
	case f.place == AmountDiffers:
		return abs(line.amount - m.marks[f.row].amount)
	case f.place == FeeWrong && f.why == "rate":
		return abs(line.fee - line.due)
	case f.place == Duplicate && f.why == "row":
		return m.marks[f.row].amount
	}
	return abs(line.amount)
}

func abs(f money.Fen) money.Fen {
	if f < 0 {
		return -f
	}
	return f
}
