package checkpoint

import (
	"bytes"
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
	sent := func(id int64, to batch.State, a ums.Answer, foreseen bool) {
		t.Helper()
		row, err := intend(db, id, noon.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		var chain []byte
		if err := db.reads.QueryRow(`SELECT chain FROM progress WHERE row_id = ?`, id).Scan(&chain); err != nil {
			t.Fatal(err)
		}
		thought, _ := db.underway.hashes.Load(id)
		if hash, _ := thought.([]byte); bytes.Equal(hash, chain) != foreseen {
			t.Errorf("row %d: the hash of its intent is %x, and %x was foreseen", id, chain, hash)
		}
		a.Payment.MerOrderID = row.OrderID
		if err := db.Move(ctx, batch.Move{ID: id, Cause: batch.BySend, From: batch.Sending, To: to, At: noon.Add(time.Hour), Answer: a}); err != nil {
			t.Fatal(err)
		}
		if _, kept := db.underway.hashes.Load(id); kept {
			t.Errorf("row %d is under way still", id)
		}
	}

	sent(1, batch.Completed, completed, true)

	sent(2, batch.Pending, ums.Answer{Code: "TXN_DISCARDED"}, true)
	sent(2, batch.Completed, completed, false) // it has an attempt already

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
	sent(3, batch.Completed, completed, false)
	sent(4, batch.Declined, ums.Answer{Code: "NO_FUNDS"}, false)

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
