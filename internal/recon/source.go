package recon

import (
	"slices"
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

func (s *Sum) plus(other Sum) {
	s.Rows += other.Rows
	s.Fen += other.Fen
}

// Batch is one imported file, with the counts that its import left.
type Batch struct {
	Name, Path, SHA256 string
	Checkpoint         string // the file that holds it; empty where it is the usual one
	Settings           map[string]string
	Imported           Sum
	ImportedAt         time.Time
}

// Source is where the rows are: one or several checkpoints of one environment.
// Each and Rest visit every row once, batch after batch, always in the same
// order, and always as they stood at one moment: they may be asked several times.
type Source struct {
	Env string
	// Batches are those that the workbook is about; no two have the same name.
	Batches []Batch
	Each    func(visit func(batch.Row) error) error
	// Rest visits the rows of the checkpoints' other batches: a statement's lines
	// may be theirs. Nil where there are none.
	Rest func(visit func(batch.Row) error) error
}

// all visits every row, and tells whether it belongs to a batch of the workbook.
func (s Source) all(visit func(row batch.Row, own bool) error) error {
	err := s.Each(func(row batch.Row) error { return visit(row, true) })
	if err != nil || s.Rest == nil {
		return err
	}
	return s.Rest(func(row batch.Row) error { return visit(row, false) })
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
