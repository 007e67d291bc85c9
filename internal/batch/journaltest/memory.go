// Package journaltest proves batch.Journal once for every implementation: Suite
// runs against the one in memory, which the Runner's tests use, and against the
// checkpoint's.
package journaltest

import (
	"context"
	"slices"
	"sync"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/ums"
)

// Memory is a batch.Journal that forgets everything with the process.
type Memory struct {
	mu         sync.Mutex
	rows       map[int64]*batch.Row
	distrusted time.Time
}

// NewMemory gives a journal of these rows.
func NewMemory(rows ...batch.Row) *Memory {
	m := &Memory{rows: map[int64]*batch.Row{}}
	for _, row := range rows {
		m.rows[row.ID] = &row
	}
	return m
}

// All gives every row as it stands, by ID.
func (m *Memory) All() []batch.Row {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []batch.Row
	for _, row := range m.rows {
		all = append(all, *row)
	}
	slices.SortFunc(all, func(a, b batch.Row) int { return int(a.ID - b.ID) })
	return all
}

// Row gives one row as it stands.
func (m *Memory) Row(_ context.Context, id int64) (batch.Row, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if row := m.rows[id]; row != nil {
		return *row, nil
	}
	return batch.Row{}, batch.ErrMoved
}

// Rescue implements batch.Journal.
func (m *Memory) Rescue(_ context.Context, now time.Time) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, row := range m.rows {
		if row.State == batch.Sending {
			row.State, row.UpdatedAt = batch.Unknown, now
			n++
		}
	}
	return n, nil
}

// Distrust implements batch.Journal.
func (m *Memory) Distrust(_ context.Context, before time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.distrusted = before
	return nil
}

// Suspect implements batch.Journal.
func (m *Memory) Suspect(_ context.Context, now time.Time, among []int64) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, row := range m.rows {
		if batch.Concerned(*row, m.distrusted) && (among == nil || slices.Contains(among, row.ID)) {
			batch.Move{ID: row.ID, Cause: batch.ByVerify, From: row.State, To: batch.Unknown, At: now}.Apply(row)
			n++
		}
	}
	return n, nil
}

// Undated implements batch.Journal.
func (m *Memory) Undated(_ context.Context, since time.Time, after int64, limit int) ([]batch.Row, error) {
	var some []batch.Row
	for _, row := range m.All() {
		if row.State == batch.Completed && row.Payment.SettleDate == "" && row.UpdatedAt.After(since) && row.ID > after && len(some) < limit {
			some = append(some, row)
		}
	}
	return some, nil
}

// Date implements batch.Journal.
func (m *Memory) Date(_ context.Context, id int64, date string, _ ums.Answer, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	row := m.rows[id]
	if row == nil || row.State != batch.Completed || row.Payment.SettleDate != "" {
		return batch.ErrMoved
	}
	row.Payment.SettleDate = date
	return nil
}

// Rows implements batch.Journal.
func (m *Memory) Rows(_ context.Context, state batch.State, after int64, limit int, among []int64) ([]batch.Row, error) {
	var some []batch.Row
	for _, row := range m.All() {
		if row.State == state && row.ID > after && (among == nil || slices.Contains(among, row.ID)) && len(some) < limit {
			some = append(some, row)
		}
	}
	return some, nil
}

// Intend implements batch.Journal.
func (m *Memory) Intend(_ context.Context, read batch.Row, now time.Time) (batch.Row, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	row := m.rows[read.ID]
	if row == nil || row.State != batch.Pending || row.Attempts != read.Attempts || row.OrderID != read.OrderID {
		return batch.Row{}, batch.ErrMoved
	}
	row.State, row.SentAt, row.UpdatedAt = batch.Sending, now, now
	row.AbsentAt = time.Time{}
	row.Attempts++
	row.Sends++
	return *row, nil
}

// Move implements batch.Journal.
func (m *Memory) Move(_ context.Context, move batch.Move) error {
	if err := move.Check(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	row := m.rows[move.ID]
	if row == nil || row.State != move.From {
		return batch.ErrMoved
	}
	move.Apply(row)
	return nil
}
