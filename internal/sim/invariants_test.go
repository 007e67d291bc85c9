package sim

import (
	"fmt"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/sandbox"
)

// judge holds what the program knows against what the gateway's books and the
// witness say, and gives everything that is wrong, and how much of what there was.
func (w *world) judge() ([]string, tally) {
	// The nightly command once more: everything is done with, so it does nothing.
	before := w.witness.calls()
	db := w.open()
	defer func() { w.check(db.Close()) }()
	p := w.start(db, func(string) bool { return false })
	w.work(p, w.runner(p, true, nil), false)
	after := w.witness.calls()

	rows := w.rows(db)
	wrong := append([]string(nil), w.witness.wrong...)
	if after != before {
		wrong = append(wrong, fmt.Sprintf("a run of finished batches made %d requests", after-before))
	}
	if got := w.witness.most(); got > w.plan.rate {
		wrong = append(wrong, fmt.Sprintf("%d requests in one second, at a rate of %d", got, w.plan.rate))
	}
	wrong = append(wrong, w.judgeMoney(rows)...)
	wrong = append(wrong, w.judgeWire()...)
	_, err := db.Verify(w.t.Context(), checkpoint.Filter{}, func(row batch.Row, what string) error {
		wrong = append(wrong, fmt.Sprintf("bill %s: %s", row.BillNo, what))
		return nil
	})
	w.check(err)
	return append(wrong, w.judgeLines(db)...), w.count(rows)
}

// judgeMoney: never twice, nothing lost, never a wrong amount.
func (w *world) judgeMoney(rows []batch.Row) []string {
	var wrong []string
	byBill := map[batch.Identity]batch.Row{}
	for _, row := range rows {
		if row.State != batch.Duplicate && row.State != batch.Invalid {
			byBill[row.Identity()] = row
		}
	}
	paid := map[batch.Identity]sandbox.Execution{}
	for _, e := range w.gateway.Ledger() {
		id := batch.Identity{MID: e.MID, BillDate: e.BillDate, BillNo: e.BillNo}
		if _, twice := paid[id]; twice {
			wrong = append(wrong, fmt.Sprintf("bill %s was completed twice, the second time as %s", e.BillNo, e.OrderID))
		}
		paid[id] = e
		row, known := byBill[id]
		if !known || row.State != batch.Completed && row.State != batch.Held {
			wrong = append(wrong, fmt.Sprintf("bill %s was completed, and its row is %q", e.BillNo, row.State))
		}
	}
	for id, row := range byBill {
		e, executed := paid[id]
		switch {
		case row.State == batch.Completed && !executed:
			wrong = append(wrong, fmt.Sprintf("bill %s is completed here, and the gateway never did it", id.BillNo))
		case row.State == batch.Completed && (e.OrderID != row.OrderID || e.Amount != row.Amount):
			wrong = append(wrong, fmt.Sprintf("bill %s is completed here as %s for %d, there as %s for %d", id.BillNo, row.OrderID, row.Amount, e.OrderID, e.Amount))
		case row.State == batch.Completed && row.Payment.SettleDate != "" && row.Payment.SettleDate != e.SettleDate:
			wrong = append(wrong, fmt.Sprintf("bill %s settles on %s here, on %s there", id.BillNo, row.Payment.SettleDate, e.SettleDate))
		case row.State == batch.Completed && row.Payment.SettleDate == "":
			wrong = append(wrong, fmt.Sprintf("bill %s still has no settle date", id.BillNo))
		case row.State.Open():
			wrong = append(wrong, fmt.Sprintf("bill %s is %s in the end", id.BillNo, row.State))
		}
	}
	return wrong
}

// judgeWire: no request without its intent.
func (w *world) judgeWire() []string {
	var wrong []string
	for order, posts := range w.witness.posts {
		if posts > w.intents[order] {
			wrong = append(wrong, fmt.Sprintf("order %s: %d requests for %d intents", order, posts, w.intents[order]))
		}
	}
	return wrong
}

// judgeLines: each line of each file is there exactly once, and is accounted
// for.
func (w *world) judgeLines(db *checkpoint.DB) []string {
	var wrong []string
	for _, f := range w.files {
		b, known, err := db.BatchByHash(w.t.Context(), f.name)
		w.check(err)
		if !known {
			wrong = append(wrong, "file "+f.name+" is not there")
			continue
		}
		lines := map[int]int{}
		w.check(db.Each(w.t.Context(), checkpoint.Filter{Batches: []int64{b.ID}}, func(row batch.Row) error {
			lines[row.Line]++
			if bill := f.bills[row.Line-2]; row.BillNo != bill.BillNo || row.Amount != bill.Amount {
				wrong = append(wrong, fmt.Sprintf("%s line %d says %s, %d fen", f.name, row.Line, row.BillNo, row.Amount))
			}
			return nil
		}))
		if len(lines) != len(f.bills) {
			wrong = append(wrong, fmt.Sprintf("%s has %d lines, and %d are there", f.name, len(f.bills), len(lines)))
		}
		for line, n := range lines {
			if n != 1 {
				wrong = append(wrong, fmt.Sprintf("%s line %d is there %d times", f.name, line, n))
			}
		}
	}
	return wrong
}

// paid gives the execution of a row's bill, under whatever order id; nil for
// none.
func (w *world) paid(row batch.Row) *sandbox.Execution {
	for _, e := range w.gateway.Ledger() {
		if e.MID == row.MID && e.BillDate == row.BillDate && e.BillNo == row.BillNo {
			return &e
		}
	}
	return nil
}
