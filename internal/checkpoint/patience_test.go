package checkpoint

import (
	"testing"
	"testing/synctest"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/batch/journaltest"
	"batchcomplete/internal/ums"
)

// outcome records that a row that is sending was completed.
func outcome(db *DB, row batch.Row, patient bool) error {
	return db.Move(ctx, batch.Move{ID: row.ID, Cause: batch.BySend, From: batch.Sending, To: batch.Completed, At: time.Now(), Patient: patient, Answer: ums.Answer{
		Code: "SUCCESS", Payment: ums.Payment{MerOrderID: row.OrderID, SettleDate: "2026-11-20", TotalAmount: row.Amount},
	}})
}

// sent gives a checkpoint with that many bills, the first of which is sending. A
// bubble's clock goes on only while everybody waits.
func sent(t *testing.T, bills int) (*DB, batch.Row) {
	t.Helper()
	db := scratch(t)
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(bills)...)
	row, err := intend(db, 1, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return db, row
}

// flushes counts the transactions that had no intent.
func flushes(t *testing.T, db *DB) (n int) {
	t.Helper()
	if err := db.reads.QueryRow(`SELECT value FROM meta WHERE key = 'commits'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAnOutcomeThatNobodyWaitsForSharesTheNextIntentsFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, row := sent(t, 2)
		before, began := flushes(t, db), time.Now()
		recorded := make(chan error, 1)
		go func() { recorded <- outcome(db, row, true) }()
		synctest.Wait()
		if _, err := intend(db, 2, time.Now()); err != nil {
			t.Fatal(err)
		}
		if err := <-recorded; err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(began); waited != 0 || flushes(t, db) != before {
			t.Errorf("it waited %v, and for %d flushes of its own", waited, flushes(t, db)-before)
		}
	})
}

func TestAnOutcomeWaitsNoLongerThanItsPatience(t *testing.T) {
	for _, c := range []struct {
		patient bool
		waits   time.Duration
	}{{true, patience}, {false, 0}} {
		synctest.Test(t, func(t *testing.T) {
			db, row := sent(t, 1)
			began := time.Now()
			if err := outcome(db, row, c.patient); err != nil {
				t.Fatal(err)
			}
			if waited := time.Since(began); waited != c.waits {
				t.Errorf("patient %v: waited %v", c.patient, waited)
			}
		})
	}
}

func TestAnIntentWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		db, _ := sent(t, 2)
		if _, err := intend(db, 2, time.Now()); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("waited %v", waited)
		}
	})
}

func TestAnOutcomeThatWaitsIsWrittenBeforeTheCheckpointIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, row := sent(t, 1)
		began := time.Now()
		recorded := make(chan error, 1)
		go func() { recorded <- outcome(db, row, true) }()
		synctest.Wait()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-recorded; err != nil || time.Since(began) != 0 {
			t.Errorf("%v, after %v", err, time.Since(began))
		}
		if got := states(t, open(t, db.Path())); got[0] != batch.Completed {
			t.Error(got)
		}
	})
}
