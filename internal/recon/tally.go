package recon

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
)

// SettleLine is what was completed of one merchant for one settle date.
type SettleLine struct {
	SettleDate string // empty: the gateway gave none
	MID        string
	Rows       int
	Requested  money.Fen
	Completed  money.Fen
	BuyerPaid  money.Fen
	Discount   money.Fen
	Invoice    money.Fen
}

func (l *SettleLine) add(row batch.Row) {
	p := row.Payment
	l.Rows++
	l.Requested += row.Amount
	l.Completed += p.TotalAmount
	l.BuyerPaid += p.BuyerPayAmount
	l.Discount += discountOn(row)
	l.Invoice += p.InvoiceAmount
}

// BatchTally is what the rows of one batch add up to.
type BatchTally struct {
	Batch
	States  map[batch.State]Sum
	Counted Sum
	// Asked is what completed rows asked for; Done what was completed, Discounted
	// the discounts on it.
	Asked, Done, Discounted money.Fen
	// Dates is what was completed, by settle date; Main is the date that most of
	// it has, the earliest of several, empty where there is none.
	Dates map[string]Sum
	Main  string
	// Shown tells whether its rows stand in the details.
	Shown bool
}

// TiesOut tells whether both equations hold of the batch.
func (b BatchTally) TiesOut() bool {
	return b.Imported == b.Counted && b.Asked == b.Done+b.Discounted
}

// OffDates lists the settle dates that its rows have beside Main.
func (b BatchTally) OffDates() []string {
	var dates []string
	for date := range b.Dates {
		if date != "" && date != b.Main {
			dates = append(dates, date)
		}
	}
	slices.Sort(dates)
	return dates
}

// Tally is what the first pass counts. Its sums are those of the batches that
// are shown; Settle is restricted to the selected dates, Unresolved to nothing.
type Tally struct {
	Batches    []*BatchTally
	OK         bool // every batch ties out, shown or not
	Imported   Sum  // by the batches' own counts
	Counted    Sum  // by the rows
	States     map[batch.State]Sum
	Settle     []SettleLine // by date and mid; of rows that have a settle date
	Undated    []SettleLine // completed, and the gateway gave no settle date; by mid
	Unresolved Sum
	Doubt      Sum // of the unresolved: unknown, held, or sending

	Asked, Done, Discounted money.Fen

	byName map[string]*BatchTally
}

// TiesOut tells whether both equations hold of every batch.
func (t Tally) TiesOut() bool { return t.OK }

// Open tells whether a state is unresolved: something about it is still to come.
func Open(s batch.State) bool { return s.Open() || s == batch.Held }

// doubtful tells whether money may have moved that is not in the books.
func doubtful(s batch.State) bool {
	return s == batch.Unknown || s == batch.Held || s == batch.Sending
}

// counter makes the first pass.
type counter struct {
	tally     Tally
	selection Selection
	lines     map[[2]string]*SettleLine
	undated   map[string]*SettleLine
}

// Count makes the first pass.
func Count(source Source, selection Selection) (Tally, error) {
	c := newCounter(source, selection)
	err := source.Each(func(row batch.Row) error {
		c.count(row)
		return nil
	})
	return c.done(), err
}

func newCounter(source Source, selection Selection) *counter {
	c := &counter{selection: selection, lines: map[[2]string]*SettleLine{}, undated: map[string]*SettleLine{}}
	c.tally.byName = map[string]*BatchTally{}
	for _, b := range source.Batches {
		c.batch(b)
	}
	return c
}

func (c *counter) batch(b Batch) *BatchTally {
	t := &BatchTally{Batch: b, States: map[batch.State]Sum{}, Dates: map[string]Sum{}}
	c.tally.Batches = append(c.tally.Batches, t)
	c.tally.byName[b.Name] = t
	return t
}

func (c *counter) count(row batch.Row) {
	b := c.tally.byName[row.Batch]
	if b == nil {
		b = c.batch(Batch{Name: row.Batch}) // of no batch that was imported: it will not tie out
	}
	b.Counted.add(row.Amount)
	bump(b.States, row.State, row.Amount)
	if Open(row.State) {
		c.tally.Unresolved.add(row.Amount)
	}
	if doubtful(row.State) {
		c.tally.Doubt.add(row.Amount)
	}
	if row.State != batch.Completed {
		return
	}
	p := row.Payment
	b.Asked += row.Amount
	b.Done += p.TotalAmount
	b.Discounted += discountOn(row)
	bump(b.Dates, p.SettleDate, p.TotalAmount)
	switch {
	case p.SettleDate == "":
		into(c.undated, row.MID, SettleLine{MID: row.MID}).add(row)
	case c.selection.Selects(p.SettleDate):
		into(c.lines, [2]string{p.SettleDate, row.MID}, SettleLine{SettleDate: p.SettleDate, MID: row.MID}).add(row)
	}
}

// done adds up what is shown.
func (c *counter) done() Tally {
	t := &c.tally
	t.OK, t.States = true, map[batch.State]Sum{}
	for _, b := range t.Batches {
		b.Main = mostly(b.Dates)
		b.Shown = c.shown(b)
		t.OK = t.OK && b.TiesOut()
		if !b.Shown {
			continue
		}
		t.Imported.plus(b.Imported)
		t.Counted.plus(b.Counted)
		for state, sum := range b.States {
			all := t.States[state]
			all.plus(sum)
			t.States[state] = all
		}
		t.Asked += b.Asked
		t.Done += b.Done
		t.Discounted += b.Discounted
	}
	t.Settle, t.Undated = sorted(c.lines), sorted(c.undated)
	return *t
}

// shown tells whether a selection is about a batch: it has rows that settled on
// a selected date, or was imported on one, or does not tie out.
func (c *counter) shown(b *BatchTally) bool {
	if c.selection.all() || !b.TiesOut() || !b.ImportedAt.IsZero() && c.selection.Selects(b.ImportedAt.In(beijing).Format(time.DateOnly)) {
		return true
	}
	for date := range b.Dates {
		if date != "" && c.selection.Selects(date) {
			return true
		}
	}
	return false
}

func mostly(dates map[string]Sum) string {
	best := ""
	for date, sum := range dates {
		if date == "" {
			continue
		}
		most := dates[best].Rows
		if best == "" || sum.Rows > most || sum.Rows == most && date < best {
			best = date
		}
	}
	return best
}

func sorted[K comparable](lines map[K]*SettleLine) []SettleLine {
	var all []SettleLine
	for _, line := range lines {
		all = append(all, *line)
	}
	slices.SortFunc(all, func(a, b SettleLine) int {
		return cmp.Or(strings.Compare(a.SettleDate, b.SettleDate), strings.Compare(a.MID, b.MID))
	})
	return all
}

func into[K comparable, V any](m map[K]*V, key K, empty V) *V {
	if m[key] == nil {
		m[key] = &empty
	}
	return m[key]
}

func bump[K comparable](sums map[K]Sum, key K, fen money.Fen) {
	s := sums[key]
	s.add(fen)
	sums[key] = s
}

// discountOn is the discount that was taken off what a row asked for. A discount
// that the gateway states beside the full amount was not taken off it.
func discountOn(row batch.Row) money.Fen {
	if row.Payment.TotalAmount == row.Amount {
		return 0
	}
	return row.Payment.DiscountAmount
}
