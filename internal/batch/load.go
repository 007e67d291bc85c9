package batch

import (
	"context"
	"slices"
	"time"
)

// load plans what a run begins with: it resolves first.
func (d *dispatcher) load() error {
	if d.Send {
		if _, err := d.Journal.Suspect(context.WithoutCancel(d.drain), d.Now(), d.Among); err != nil {
			return err
		}
	}
	if err := d.loadDoubts(); err != nil {
		return err
	}
	return d.loadUndated()
}

// loadDoubts plans a query for every unknown row.
func (d *dispatcher) loadDoubts() error {
	for after := int64(0); ; {
		rows, err := d.read(Unknown, after)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			d.brakes.doubt += doubtful(row)
			d.doubts.add(task{due: NextQuery(row, time.Time{}, d.SettleWindow), id: row.ID})
		}
		after = rows[len(rows)-1].ID
	}
}

// dateFor is how long after its completion a row's missing settle date is asked
// for; datesAtMost is how many are, in one run: UMS asks not to query in bulk.
const (
	dateFor     = 30 * 24 * time.Hour
	datesAtMost = 1000
)

// loadUndated finds the rows that earlier runs completed without a settle date.
func (d *dispatcher) loadUndated() error {
	for after := int64(0); len(d.undated) < datesAtMost; {
		rows, err := d.Journal.Undated(context.WithoutCancel(d.drain), d.Now().Add(-dateFor), after, page)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			if _, chosen := slices.BinarySearch(d.Among, row.ID); d.Among == nil || chosen {
				d.undated = append(d.undated, row)
			}
		}
		after = rows[len(rows)-1].ID
	}
	return nil
}

// distrust is for a journal that turns out to have forgotten a send: that is
// kept in it, and the run begins anew with what it takes for unsent asked about
// first.
func (d *dispatcher) distrust(row Row) {
	if d.warned {
		return
	}
	d.warned, d.forgetful = true, true
	if d.Log != nil {
		d.Log.Warn("an order id that was never sent is used already: this checkpoint has forgotten sends, and its rows are asked about first",
			"batch", row.Batch, "line", row.Line, "bill", row.BillNo, "order", row.OrderID)
	}
	if err := d.Journal.Distrust(context.WithoutCancel(d.drain), d.Now()); err != nil {
		d.err = err
	}
}

// read gives the next rows in a state after that ID, among those that the run
// is about; none when there are no more.
func (d *dispatcher) read(state State, after int64) ([]Row, error) {
	ctx := context.WithoutCancel(d.drain)
	if d.Among == nil {
		return d.Journal.Rows(ctx, state, after, page, nil)
	}
	start, found := slices.BinarySearch(d.Among, after)
	if found {
		start++
	}
	for chunk := range slices.Chunk(d.Among[start:], page) {
		rows, err := d.Journal.Rows(ctx, state, after, page, chunk)
		if err != nil || len(rows) > 0 {
			return rows, err
		}
	}
	return nil, nil
}
