package checkpoint

import (
	"testing"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/batch/journaltest"
	"batchcomplete/internal/ums"
)

func TestAChainIsTheSameWhetherItsHashesWereForeseenOrNot(t *testing.T) {
	db := scratch(t)
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(4)...)
	completed := ums.Answer{Code: "SUCCESS", Payment: ums.Payment{SettleDate: "2026-11-20", TotalAmount: 1}}
	sent := func(id int64, to batch.State, a ums.Answer) {
		t.Helper()
		row, err := intend(db, id, noon.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		a.Payment.MerOrderID = row.OrderID
		if err := db.Move(ctx, batch.Move{ID: id, Cause: batch.BySend, From: batch.Sending, To: to, At: noon.Add(time.Hour), Answer: a}); err != nil {
			t.Fatal(err)
		}
	}

	sent(1, batch.Completed, completed) // both foreseen

	sent(2, batch.Pending, ums.Answer{Code: "TXN_DISCARDED"}) // both
	sent(2, batch.Completed, completed)                       // neither: it has an attempt already

	// Asked about before its first intent: what is foreseen is not so.
	if err := db.Distrust(ctx, noon.AddDate(10, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if n, err := db.Suspect(ctx, noon, []int64{3, 4}); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	for _, id := range []int64{3, 4} {
		if err := db.Move(ctx, batch.Move{ID: id, Cause: batch.ByQuery, From: batch.Unknown, To: batch.Pending, At: noon.Add(time.Minute)}); err != nil {
			t.Fatal(err)
		}
	}
	sent(3, batch.Completed, completed)
	sent(4, batch.Declined, ums.Answer{Code: "NO_FUNDS"})

	v, err := db.Verify(ctx, Filter{}, func(row batch.Row, what string) error {
		t.Errorf("row %d: %s", row.ID, what)
		return nil
	})
	if err != nil || v.Bills != 4 {
		t.Error(v.Bills, err)
	}
}

func TestAHashIsForeseenOnce(t *testing.T) {
	var u underway
	h := follow([]byte("the last"), event("an event"))
	u.put(1, h.to)
	u.put(2, follow(nil, event("an event")).to)
	if got := string(u.take(1)); got != string(link([]byte("the last"), []byte("an event"))) {
		t.Errorf("%x", got)
	}
	if u.take(1) != nil || u.take(2) != nil || u.take(3) != nil {
		t.Error("there is one still")
	}
}
