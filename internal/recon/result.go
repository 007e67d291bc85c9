package recon

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
)

// Input is what the rows are held against.
type Input struct {
	Statements []StatementFile
	Layouts    []Layout // see Layouts
	Fees       Fees
	Carry      Carry // what was open before
	Today      string
}

// Result is what the first pass finds out: the tally, and where there is a
// statement or something was carried over, what matches.
type Result struct {
	Tally
	Matching *Matching
}

// Matching is what came of holding rows against lines. Every line is in exactly
// one of Matched, Other, OutOfScope and the breaks.
type Matching struct {
	Statements                        []Statement
	Lines, Matched, Other, OutOfScope int
	Breaks                            []Break // open ones, the most urgent first; explained ones last
	Cleared                           []Break // open before, and gone
	Kinds                             map[Place]Sum
	Explained                         Sum
	Theirs                            []TheirSum
	Words                             map[string]Sum // of other business, by its word
	Misnamed                          map[string]int // of these, lines that have an order id of ours
	Missing                           []SettleLine   // completed, of a day and merchant without any line
	Listed                            bool           // false: there are more breaks than are listed, or carried over
	m                                 *matcher
}

// TheirSum is what the statements say of one merchant's day.
type TheirSum struct {
	SettleDate, MID string
	Lines           int
	Amount, Fee     money.Fen // of completions
	Undone          int
	Refunds         money.Fen // of completions undone, above zero, without the fees given back
	OtherLines      int
	OtherNet        money.Fen // other business, after fees
	Settled         money.Fen // 清算金额 of all lines
}

// Credit is what the bank is to be credited with for the completions: settled,
// less fees, less refunds.
func (t TheirSum) Credit() money.Fen { return t.Amount - t.Fee - t.Refunds }

// maxListed is how many breaks are listed and carried over. With more, the wrong
// statement was given; every row and line is still marked in its own sheet.
const maxListed = 100_000

// Reconcile makes the first pass: it reads the statements, counts the rows, and
// finds out which row and which line belong together.
func Reconcile(source Source, selection Selection, in Input) (Result, error) {
	if len(in.Statements) == 0 && len(in.Carry.Breaks) == 0 {
		tally, err := Count(source, selection)
		return Result{Tally: tally}, err
	}
	m := &matcher{source: source, selection: selection, statements: len(in.Statements) > 0, lines: &lines{}, periods: map[string][2]string{},
		covered: map[[2]string]bool{}, carriedRows: map[key]bool{}, cameFrom: map[int32]string{}, ofCompletion: map[int32]bool{}, misnamed: map[int32]int{}}
	r := Result{Matching: &Matching{m: m, Kinds: map[Place]Sum{}, Words: map[string]Sum{}, Misnamed: map[string]int{}, Listed: true}}
	var err error
	if m.lines.texts, err = newSpill(); err != nil {
		return r, err
	}
	theirs := map[[2]string]*TheirSum{}
	if err := r.Matching.read(in, theirs); err != nil {
		return r, err
	}
	m.lines.seal()
	count := newCounter(source, selection)
	err = source.all(func(row batch.Row, own bool) error {
		if own {
			count.count(row)
		}
		m.consider(row, own)
		return nil
	})
	r.Tally = count.done()
	if err != nil {
		return r, err
	}
	m.forgetStrangers()
	m.settle()
	return r, r.Matching.conclude(in, r.Tally, theirs)
}

// Close gives back what the matching holds on disk.
func (r Result) Close() error {
	if r.Matching == nil || r.Matching.m.lines.texts == nil {
		return nil
	}
	return r.Matching.m.lines.texts.close()
}

// read takes in the statements, and what is open of earlier days.
func (x *Matching) read(in Input, theirs map[[2]string]*TheirSum) error {
	m := x.m
	open := map[key]int{} // how many carried lines there are of each identity
	for _, b := range in.Carry.Breaks {
		if b.Cleared != "" || b.stays() {
			continue
		}
		if b.Ours != nil {
			m.carriedRows[b.Ours.bill()] = false
		}
		if b.Theirs != nil {
			open[b.Theirs.line().identity()]++
		}
	}
	seen := map[string]bool{}
	for _, file := range in.Statements {
		if file.SHA256 != "" && seen[file.SHA256] {
			continue // the same file, given twice
		}
		seen[file.SHA256] = true
		if err := x.readFile(file, in, theirs, open); err != nil {
			if r := refused(err); r != nil {
				return &RefusedStatement{file.Name, r}
			}
			return err
		}
	}
	for _, b := range in.Carry.Breaks {
		if b.Cleared != "" || b.stays() || b.Theirs == nil || open[b.Theirs.line().identity()] == 0 {
			continue
		}
		line := b.Theirs.line()
		open[line.identity()]--
		e := m.lines.entryOf(carried, line, in.Fees)
		m.ofCompletion[e.kind] = m.ofCompletion[e.kind] || line.Class == Completion
		if b.Ours != nil {
			m.strangers = append(m.strangers, stranger{int32(m.lines.count), b.Ours.bill()})
		}
		m.cameFrom[int32(m.lines.count)] = b.Theirs.File
		m.lines.add(e)
		if err := m.lines.texts.add(line); err != nil {
			return err
		}
	}
	return nil
}

// RefusedStatement says which statement cannot be read, and why.
type RefusedStatement struct {
	Name string
	Why  error // a *sheet.Refusal
}

func (r *RefusedStatement) Error() string { return r.Name + ": " + r.Why.Error() }
func (r *RefusedStatement) Unwrap() error { return r.Why }

var errTooMany = errors.New("more than 32,000 statements")

func (x *Matching) readFile(file StatementFile, in Input, theirs map[[2]string]*TheirSum, open map[key]int) error {
	m := x.m
	at := len(x.Statements)
	if at > 32_000 {
		return errTooMany
	}
	s := Statement{Name: file.Name, SHA256: file.SHA256}
	m.tolerance = append(m.tolerance, 0)
	layout, err := readStatement(file.File, in.Layouts, func(layout Layout, line Line) error {
		m.tolerance[at] = layout.Tolerance
		s.Lines++
		s.From, s.To = earliest(s.From, line.SettleDate), max(s.To, line.SettleDate)
		p := m.periods[line.MID]
		m.periods[line.MID] = [2]string{earliest(p[0], line.SettleDate), max(p[1], line.SettleDate)}
		day := [2]string{line.SettleDate, line.MID}
		m.covered[day] = true
		into(theirs, day, TheirSum{SettleDate: line.SettleDate, MID: line.MID}).Settled += line.Settled
		e := m.lines.entryOf(int16(at), line, in.Fees)
		if _, known := m.ofCompletion[e.kind]; !known || !m.ofCompletion[e.kind] {
			m.ofCompletion[e.kind] = layout.ofCompletion(line.Type)
		}
		if len(open) > 0 && open[line.identity()] > 0 {
			open[line.identity()]-- // it is here again
		}
		m.lines.add(e)
		return m.lines.texts.add(line)
	})
	s.Layout = layout.Name
	x.Statements = append(x.Statements, s)
	x.Lines += s.Lines
	return err
}

func earliest(a, b string) string {
	if a == "" || b < a {
		return b
	}
	return a
}

// stranger is a carried line whose row may be in a checkpoint that is not looked
// at today: then the line is nobody's business today either.
type stranger struct {
	line int32
	bill key
}

func (m *matcher) forgetStrangers() {
	for _, s := range m.strangers {
		if !m.carriedRows[s.bill] {
			m.lines.at(s.line).place = OutOfScope
		}
	}
}

// conclude counts the places and tells the breaks.
func (x *Matching) conclude(in Input, tally Tally, theirs map[[2]string]*TheirSum) error {
	m := x.m
	for i := range int32(m.lines.count) {
		if e := m.lines.at(i); e.file != carried {
			x.count(e, into(theirs, [2]string{dayText(e.day), m.lines.mids.texts[e.mid]}, TheirSum{}))
		}
	}
	for kind, n := range m.misnamed {
		x.Misnamed[m.lines.kinds.texts[kind]] = n
	}
	for day, sum := range theirs {
		if m.selection.Selects(day[0]) {
			x.Theirs = append(x.Theirs, *sum)
		}
	}
	slices.SortFunc(x.Theirs, func(a, b TheirSum) int {
		return cmp.Or(strings.Compare(a.SettleDate, b.SettleDate), strings.Compare(a.MID, b.MID))
	})
	for _, line := range tally.Settle {
		if m.statements && !m.covered[[2]string{line.SettleDate, line.MID}] {
			x.Missing = append(x.Missing, line)
		}
	}
	found, err := x.tell()
	if err != nil {
		return err
	}
	x.Listed = len(m.findings) <= maxListed
	all := found
	if x.Listed {
		all = in.Carry.next(found, m.carriedRows, in.Today)
	}
	x.sort(all)
	return nil
}

// sort puts breaks where they belong: open, explained, or gone.
func (x *Matching) sort(all []Break) {
	for _, b := range all {
		if b.Cleared != "" {
			x.Cleared = append(x.Cleared, b)
			continue
		}
		x.Breaks = append(x.Breaks, b)
		if b.Explained != nil {
			x.Explained.add(b.Fen)
		} else if x.Listed {
			bump(x.Kinds, b.Kind, b.Fen)
		}
	}
	if !x.Listed {
		for _, f := range x.m.findings {
			bump(x.Kinds, f.place, x.m.stake(f))
		}
	}
	slices.SortFunc(x.Breaks, order)
}

func (x *Matching) count(e *entry, sum *TheirSum) {
	switch e.place {
	case Matched:
		x.Matched++
	case Other:
		x.Other++
		bump(x.Words, x.m.lines.kinds.texts[e.kind], e.amount)
	case OutOfScope:
		x.OutOfScope++
	}
	switch {
	case e.place == Other:
		sum.OtherLines++
		sum.OtherNet += e.amount - e.fee
	case e.class == Completion:
		sum.Lines++
		sum.Amount += e.amount
		sum.Fee += e.fee
	default:
		sum.Undone++
		sum.Refunds -= e.amount - e.fee
	}
}

// tell gives the findings their texts: of the rows by a pass over the rows, of the
// lines by one over what was kept of them.
func (x *Matching) tell() ([]Break, error) {
	m := x.m
	all := m.findings[:min(len(m.findings), maxListed)]
	breaks := make([]Break, len(all))
	byRow, byLine := map[int32][]int{}, map[int32][]int{}
	for i, f := range all {
		breaks[i] = Break{Kind: f.place, Why: f.why, Fen: m.stake(f)}
		if f.row != none {
			byRow[f.row] = append(byRow[f.row], i)
		}
		if f.line != none {
			byLine[f.line] = append(byLine[f.line], i)
		}
	}
	if len(byRow) > 0 {
		at := int32(0)
		err := m.source.all(func(row batch.Row, _ bool) error {
			for _, i := range byRow[at] {
				breaks[i].Ours = oursOf(row)
			}
			at++
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(byLine) > 0 {
		err := m.lines.texts.each(func(at int32, l Line) error {
			for _, i := range byLine[at] {
				breaks[i].Theirs = x.theirs(at, l)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	again := map[string]int{}
	for i, b := range breaks {
		first := b.name(0)
		breaks[i].Key = b.name(again[first])
		again[first]++
	}
	return breaks, nil
}

func (x *Matching) theirs(at int32, l Line) *Theirs {
	e := x.m.lines.at(at)
	file := x.m.cameFrom[at]
	if e.file != carried {
		file = x.Statements[e.file].Name
	}
	return &Theirs{File: file, Line: int(e.number), Class: e.class, MID: l.MID, Type: l.Type, Card: l.Card, Serial: l.Serial, Ref: l.Ref, Order: l.Order,
		SettleDate: dayText(e.day), Time: l.Time, Fen: e.amount, Fee: e.fee, Settled: l.Settled, Discount: e.discount, Due: e.due}
}
