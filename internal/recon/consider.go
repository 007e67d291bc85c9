package recon

import (
	"encoding/binary"
	"slices"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
)

// consider takes a row in, and the lines that could be its.
func (m *matcher) consider(row batch.Row, own bool) {
	at := int32(len(m.marks))
	mk := mark{amount: expected(row), line: none, number: int32(row.Line), batch: m.batches.number(row.Batch)}
	if own {
		mk.flags |= ownRow
	}
	switch {
	case row.State == batch.Completed:
		mk.flags |= completed
		if own {
			mk.flags |= m.scope(row)
		}
	case Open(row.State):
		mk.flags |= isOpen
	}
	m.marks = append(m.marks, mk)
	if row.OrderID == "" || row.State == batch.Invalid || row.State == batch.Duplicate {
		return
	}
	if len(m.carriedRows) > 0 {
		bill := keyOf(row.MID, row.BillDate, row.BillNo)
		if _, ok := m.carriedRows[bill]; ok && own {
			m.carriedRows[bill] = true
		}
	}
	m.connect(at, row)
}

// scope tells whether the statements are expected to have a completed row: its
// settle date is selected, or where nothing is selected lies within the days that
// the statements have of its merchant; or it was open on an earlier day.
func (m *matcher) scope(row batch.Row) uint8 {
	date := row.Payment.SettleDate
	if len(m.carriedRows) > 0 {
		if _, ok := m.carriedRows[keyOf(row.MID, row.BillDate, row.BillNo)]; ok {
			return inScope
		}
	}
	if !m.statements || date == "" {
		return 0
	}
	if m.selection.all() {
		if p, ok := m.periods[row.MID]; !ok || date < p[0] || date > p[1] {
			return 0
		}
	} else if !m.selection.Selects(date) {
		return 0
	}
	if !m.covered[[2]string{date, row.MID}] {
		return inScope | uncovered
	}
	return inScope
}

// hit is a line that a row found, and by what.
type hit struct {
	line            int32
	ref, order, old bool
}

func (m *matcher) connect(at int32, row batch.Row) {
	var hits []hit
	var buffer [4]hit
	hits = buffer[:0]
	note := func(line int32, set func(*hit)) {
		i := slices.IndexFunc(hits, func(h hit) bool { return h.line == line })
		if i < 0 {
			i = len(hits)
			hits = append(hits, hit{line: line})
		}
		set(&hits[i])
	}
	if ref := keyOf(row.MID, row.Payment.PaySeqID); row.State == batch.Completed {
		find(m.lines.byRef, ref, func(line int32) {
			if m.lines.at(line).ref == ref {
				note(line, func(h *hit) { h.ref = true })
			}
		})
	}
	for generation, id := range m.orderIDs(row) {
		k := keyOf(row.MID, id)
		find(m.lines.byOrder, k, func(line int32) {
			if m.lines.at(line).order == k {
				note(line, func(h *hit) {
					h.order = h.order || generation == 0
					h.old = h.old || generation > 0
				})
			}
		})
	}
	if len(hits) == 0 {
		return
	}
	tie := keyOf(row.Batch, row.MID, row.BillDate, row.BillNo)
	for _, h := range hits {
		m.join(edge{binary.BigEndian.Uint64(tie[:8]), at, h.line, m.rank(row, h)}, h)
	}
}

func (m *matcher) join(e edge, h hit) {
	switch line := m.lines.at(h.line); line.class {
	case Completion:
		m.edges = append(m.edges, e)
	case Reversal:
		m.reversals = append(m.reversals, e)
	case OtherBusiness:
		if h.order {
			m.misnamed[line.kind]++
		}
	}
}

// orderIDs gives the order ids that a row has and had: the present one first.
func (m *matcher) orderIDs(row batch.Row) []string {
	ids := []string{row.OrderID}
	for g := range row.Generation {
		if g == 0 && row.AuthedOrderID != "" {
			ids = append(ids, row.AuthedOrderID)
			continue
		}
		ids = append(ids, batch.OrderID(m.source.Env, row.OrderID[:min(4, len(row.OrderID))], row.Identity(), g))
	}
	return ids
}

func (m *matcher) rank(row batch.Row, h hit) uint8 {
	line := m.lines.at(h.line)
	var rank uint8
	if !m.agrees(line, row) {
		rank |= otherAmount
	}
	if row.Payment.SettleDate != "" && dayNumber(row.Payment.SettleDate) != line.day {
		rank |= otherDate
	}
	switch {
	case row.State == batch.Completed:
	case Open(row.State):
		rank |= isNotKnown
	default:
		rank |= isDeclined
	}
	switch {
	case h.ref && h.order:
		return rank | byBoth
	case h.ref:
		return rank | byRef
	case h.order && rank&otherAmount == 0:
		return rank | byOrder
	case h.order:
		return rank | byOrderID
	}
	return rank | byOldID
}

// agrees tells whether a line's amount is the row's: equal, or equal once the
// discount that both state is taken off it.
func (m *matcher) agrees(line *entry, row batch.Row) bool {
	want := expected(row)
	if m.near(line, line.amount, want) {
		return true
	}
	discount := row.Payment.DiscountAmount
	return discount > 0 && discount == line.discount && m.near(line, line.amount-discount, want)
}

func (m *matcher) near(line *entry, a, b money.Fen) bool {
	var tolerance money.Fen
	if line.file != carried {
		tolerance = m.tolerance[line.file]
	}
	return a-b <= tolerance && b-a <= tolerance
}
