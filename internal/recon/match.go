package recon

import (
	"cmp"
	"encoding/binary"
	"slices"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
)

// mark is what is kept in memory of a row of ours.
type mark struct {
	amount money.Fen // completed, or asked for
	line   int32     // the line that it belongs to; none: none
	number int32     // of the row, in its batch
	batch  int32     // in matcher.batches
	place  Place
	flags  uint8
}

const (
	ownRow    = 1 << iota // of a batch that the workbook is about
	inScope               // the statements are expected to have it
	completed             // it is
	isOpen                // what came of it is not known
	undone                // a line says that it was reversed
	uncovered             // no line at all is of its merchant and day
)

// edge says that a row and a line could belong together, and how well they fit:
// the lower the rank, the better.
type edge struct {
	tie       uint64 // the row's own, whatever its place in the order
	row, line int32
	rank      uint8
}

// A rank is, from its highest bits: by what they found each other; the row's
// state; whether the amounts differ; whether the settle dates differ.
const (
	byBoth    uint8 = iota << 4 // 检索号 and 商户订单号
	byRef                       // 检索号
	byOrder                     // 商户订单号, and the amount
	byOrderID                   // 商户订单号 alone
	byOldID                     // an order id that the row had before it was retried
)
const (
	isDeclined  uint8 = 2 << 2
	isNotKnown  uint8 = 1 << 2
	otherAmount uint8 = 1 << 1
	otherDate   uint8 = 1
	stateOfRank uint8 = 3 << 2
	foundOfRank uint8 = 7 << 4
)

// finding is a break before its texts are known.
type finding struct {
	place     Place
	row, line int32
	why       string
}

// matcher finds out which row and which line belong together.
type matcher struct {
	source     Source
	selection  Selection
	lines      *lines
	tolerance  []money.Fen // by file
	statements bool        // there are any, beside what was carried over
	// periods is from when to when the statements have lines of a merchant, and
	// covered each merchant's days.
	periods map[string][2]string
	covered map[[2]string]bool
	// carriedRows are the bills of open breaks of earlier days; true once met.
	carriedRows map[key]bool
	strangers   []stranger
	cameFrom    map[int32]string // the file that a carried line stood in

	batches   numbers
	marks     []mark
	edges     []edge
	reversals []edge
	// ofCompletion tells of each word whether it names a completion.
	ofCompletion map[int32]bool
	misnamed     map[int32]int // lines of other business that have an order id of ours, by word
	findings     []finding
}

// expected is the amount that a statement should show for a row.
func expected(row batch.Row) money.Fen {
	if row.State == batch.Completed {
		return row.Payment.TotalAmount
	}
	return row.Amount
}

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
