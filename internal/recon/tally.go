package recon

import (
	"slices"
	"strings"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
)

// Sum is a number of rows and their amount in fen.
type Sum struct {
	Rows int       `json:"rows"`
	Fen  money.Fen `json:"fen"`
}

func (s *Sum) add(fen money.Fen) {
	s.Rows++
	s.Fen += fen
}

// Batch is one imported file, with the counts that its import left.
type Batch struct {
	Name, Path, SHA256 string
	Settings           map[string]string
	Imported           Sum
	ImportedAt         time.Time
}

// Source is where the rows are: one or several checkpoints of one environment.
type Source struct {
	Env     string
	Batches []Batch
	// Each visits every row of the batches, once, always in the same order.
	Each func(visit func(batch.Row) error) error
}

// Selection restricts the settle dates that are shown; empty shows all. What is
// unresolved is always shown: it has no settle date.
type Selection struct {
	From, To string   // "2006-01-02", included; empty: unbounded
	Dates    []string // any of these; nil: all between From and To
}

// Selects tells whether a settle date is shown.
func (s Selection) Selects(date string) bool {
	if s.Dates != nil {
		return slices.Contains(s.Dates, date)
	}
	return (s.From == "" || date >= s.From) && (s.To == "" || date != "" && date <= s.To)
}

// all tells whether nothing is restricted.
func (s Selection) all() bool { return s.From == "" && s.To == "" && s.Dates == nil }

// shows tells whether a row stands in the details.
func (s Selection) shows(row batch.Row) bool {
	return s.all() || row.State == batch.Completed && s.Selects(row.Payment.SettleDate)
}

// SettleLine is what was completed of one merchant for one settle date.
type SettleLine struct {
	SettleDate string // empty: the gateway gave none yet
	MID        string
	Rows       int
	Requested  money.Fen
	Completed  money.Fen
	BuyerPaid  money.Fen
	Discount   money.Fen
}

// Tally is what the first pass counts.
type Tally struct {
	Imported   Sum // by the batches' own counts
	Counted    Sum // by the rows
	States     map[batch.State]Sum
	Settle     []SettleLine // by date and mid
	Unresolved Sum
	Shown      int // rows in the details
	// Asked is what completed rows asked for; Done what was completed, Discounted
	// the discounts on it.
	Asked, Done, Discounted money.Fen
	perBatch                map[string]map[batch.State]Sum
}

// TiesOut tells whether both equations hold.
func (t Tally) TiesOut() bool {
	return t.Imported == t.Counted && t.Asked == t.Done+t.Discounted
}

// Open tells whether a state is unresolved: something about it is still to come.
func Open(s batch.State) bool { return s.Open() || s == batch.Held }

// Count makes the first pass.
func Count(source Source, selection Selection) (Tally, error) {
	t := Tally{States: map[batch.State]Sum{}, perBatch: map[string]map[batch.State]Sum{}}
	for _, b := range source.Batches {
		t.Imported.Rows += b.Imported.Rows
		t.Imported.Fen += b.Imported.Fen
	}
	lines := map[[2]string]*SettleLine{}
	err := source.Each(func(row batch.Row) error {
		t.count(row, selection, lines)
		return nil
	})
	for _, line := range lines {
		t.Settle = append(t.Settle, *line)
	}
	slices.SortFunc(t.Settle, func(a, b SettleLine) int {
		return strings.Compare(a.SettleDate+"\x00"+a.MID, b.SettleDate+"\x00"+b.MID)
	})
	return t, err
}

func (t *Tally) count(row batch.Row, selection Selection, lines map[[2]string]*SettleLine) {
	t.Counted.add(row.Amount)
	bump(t.States, row)
	if t.perBatch[row.Batch] == nil {
		t.perBatch[row.Batch] = map[batch.State]Sum{}
	}
	bump(t.perBatch[row.Batch], row)
	if selection.shows(row) {
		t.Shown++
	}
	if Open(row.State) {
		t.Unresolved.add(row.Amount)
	}
	if row.State != batch.Completed {
		return
	}
	p := row.Payment
	t.Asked += row.Amount
	t.Done += p.TotalAmount
	t.Discounted += discountOn(row)
	if !selection.Selects(p.SettleDate) {
		return
	}
	key := [2]string{p.SettleDate, row.MID}
	if lines[key] == nil {
		lines[key] = &SettleLine{SettleDate: p.SettleDate, MID: row.MID}
	}
	line := lines[key]
	line.Rows++
	line.Requested += row.Amount
	line.Completed += p.TotalAmount
	line.BuyerPaid += p.BuyerPayAmount
	line.Discount += discountOn(row)
}

// discountOn is the discount that was taken off what a row asked for. A discount
// that the gateway states beside the full amount was not taken off it.
func discountOn(row batch.Row) money.Fen {
	if row.Payment.TotalAmount == row.Amount {
		return 0
	}
	return row.Payment.DiscountAmount
}

func bump(sums map[batch.State]Sum, row batch.Row) {
	s := sums[row.State]
	s.add(row.Amount)
	sums[row.State] = s
}
