package checkpoint

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/batch/journaltest"
	"batchcomplete/internal/ums"
)

// sendAll has every pending row completed.
func sendAll(t *testing.T, db *DB) {
	t.Helper()
	rows, err := db.Rows(ctx, batch.Pending, 0, 100, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		complete(t, db, row.ID, "2026-11-20")
	}
}

func complete(t *testing.T, db *DB, id int64, settleDate string) {
	t.Helper()
	row, err := intend(db, id, noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Move(ctx, batch.Move{ID: id, Cause: batch.BySend, From: batch.Sending, To: batch.Completed, At: noon.Add(time.Second), Answer: ums.Answer{
		Code: "SUCCESS", HTTPStatus: 200, Payment: ums.Payment{MerOrderID: row.OrderID, TotalAmount: row.Amount, SettleDate: settleDate, PaySeqID: "35313909095N"}}}); err != nil {
		t.Fatal(err)
	}
}

func closed(t *testing.T, db *DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// distrusted tells whether the checkpoint at path says, when it is opened, that
// it may have forgotten something.
func distrusted(t *testing.T, path string) bool {
	t.Helper()
	db := open(t, path)
	at, err := db.Distrusted(ctx)
	if err != nil {
		t.Fatal(err)
	}
	closed(t, db)
	return !at.IsZero()
}

func TestACheckpointThatWasRestoredOrLostKnowsIt(t *testing.T) {
	for _, c := range []struct {
		name   string
		happen func(t *testing.T, path, backup string)
		want   bool
	}{
		{"nothing happened", func(*testing.T, string, string) {}, false},
		{"a backup is restored", func(t *testing.T, path, backup string) { copyFile(t, backup, path) }, true},
		{"a backup is restored twice", func(t *testing.T, path, backup string) {
			copyFile(t, backup, path)
			if !distrusted(t, path) {
				t.Error("the first time it is trusted")
			}
			copyFile(t, backup, path)
		}, true},
		{"it is lost", func(t *testing.T, path, _ string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"its anchor cannot be read", func(t *testing.T, path, _ string) {
			if err := os.WriteFile(path+".anchor", []byte("{"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"its anchor is lost", func(t *testing.T, path, _ string) {
			if err := os.Remove(path + ".anchor"); err != nil {
				t.Fatal(err)
			}
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path, backup := filepath.Join(dir, "live.db"), filepath.Join(dir, "backup.db")
			db := open(t, path)
			take(t, db, "first", ImportOptions{}, journaltest.Bills(2)...)
			sendAll(t, db)
			take(t, db, "second", ImportOptions{}, journaltest.Bills(5)[2:]...)
			closed(t, db)
			copyFile(t, path, backup)
			db = open(t, path)
			sendAll(t, db)
			closed(t, db)
			c.happen(t, path, backup)
			if got := distrusted(t, path); got != c.want {
				t.Errorf("distrusted: %v", got)
			}
			if got := distrusted(t, path); got != c.want {
				t.Errorf("opened again, distrusted: %v", got)
			}
		})
	}
}

func TestABillWhoseSendMayBeForgottenIsNotReplaced(t *testing.T) {
	db := scratch(t)
	bills := journaltest.Bills(2)
	take(t, db, "bills", ImportOptions{}, bills...)
	if err := db.Distrust(ctx, noon); err != nil {
		t.Fatal(err)
	}
	bills[0].Amount++
	seen := take(t, db, "changed", ImportOptions{AcceptChanges: true}, bills[0])
	if seen[0].State != batch.Invalid || seen[0].Problems[0].Key != "checkpoint.changedDoubt" {
		t.Errorf("%+v", seen[0])
	}
}

// TestTheFirstIntentIsAnchoredBeforeItIsAcknowledged kills nothing: it looks at
// the anchor while the checkpoint is open, as a crash would leave it.
func TestTheFirstIntentIsAnchoredBeforeItIsAcknowledged(t *testing.T) {
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "live.db"), filepath.Join(dir, "backup.db")
	db := open(t, path)
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(2)...)
	closed(t, db)
	copyFile(t, path, backup)
	db = open(t, path)
	if _, err := intend(db, 1, noon); err != nil {
		t.Fatal(err)
	}
	copyFile(t, path+".anchor", backup+".anchor")
	closed(t, db)
	if !distrusted(t, backup) {
		t.Error("a backup of before the first intent is trusted")
	}
}

func TestAnUntouchedHistoryVerifies(t *testing.T) {
	db := storied(t)
	if err := db.Sound(ctx); err != nil {
		t.Error(err)
	}
	v, err := db.Verify(ctx, Filter{}, func(row batch.Row, what string) error {
		return fmt.Errorf("line %d: %s", row.Line, what)
	})
	if err != nil || v.Bills != 6 || len(v.Head) != 64 {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestABillThatWasRetriedBeforeItWasSentVerifies: no attempt has kept the order id
// that it came with, be it the file's or a derived one.
func TestABillThatWasRetriedBeforeItWasSentVerifies(t *testing.T) {
	for _, given := range []string{"", "GIVEN000000000000000000001"} {
		bill := journaltest.Bills(1)[0]
		bill.AuthedOrderID = given
		db := scratch(t)
		take(t, db, "bills", ImportOptions{}, bill)
		if err := db.Distrust(ctx, noon); err != nil {
			t.Fatal(err)
		}
		if n, err := db.Suspect(ctx, noon, nil); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		next := batch.OrderID("test", "", bill.Identity(), 1)
		for _, m := range []batch.Move{
			{Cause: batch.ByPerson, From: batch.Unknown, To: batch.Declined, Actor: "li", Reason: "seen"},
			{Cause: batch.ByRetry, From: batch.Declined, To: batch.Pending, NextOrderID: next, Actor: "li"},
		} {
			m.ID, m.At = 1, noon
			if err := db.Move(ctx, m); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			_, err := db.Verify(ctx, Filter{}, func(_ batch.Row, what string) error { return errors.New(what) })
			if err := errors.Join(err, db.Sound(ctx)); err != nil {
				t.Errorf("%q: %v", given, err)
			}
			if _, err := intend(db, 1, noon); err != nil && !errors.Is(err, batch.ErrMoved) {
				t.Fatal(err)
			}
		}
	}
}

// storied is a checkpoint whose bills have been through everything.
func storied(t *testing.T) *DB {
	t.Helper()
	db := scratch(t)
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(6)...)
	complete(t, db, 1, "2026-11-20")
	complete(t, db, 2, "")
	if err := db.Date(ctx, 2, "2026-11-21", ums.Answer{Code: "SUCCESS"}, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	move := func(id int64, cause batch.Cause, from, to batch.State, more func(*batch.Move)) {
		t.Helper()
		m := batch.Move{ID: id, Cause: cause, From: from, To: to, At: noon.Add(time.Minute), Answer: ums.Answer{Code: "X", Message: "网络", Raw: []byte("{}")}}
		if more != nil {
			more(&m)
		}
		if err := db.Move(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	for id := int64(3); id <= 5; id++ {
		if _, err := intend(db, id, noon); err != nil {
			t.Fatal(err)
		}
	}
	move(3, batch.BySend, batch.Sending, batch.Declined, nil)
	move(3, batch.ByRetry, batch.Declined, batch.Pending, func(m *batch.Move) { m.NextOrderID, m.Actor = "124F0000000000000000000001", "li" })
	if _, err := intend(db, 3, noon.Add(-time.Hour)); err != nil { // the clock was set back
		t.Fatal(err)
	}
	move(3, batch.BySend, batch.Sending, batch.Unknown, nil)
	move(4, batch.BySend, batch.Sending, batch.Held, nil)
	move(4, batch.ByPerson, batch.Held, batch.Completed, func(m *batch.Move) {
		m.Reason, m.Answer = "seen", ums.Answer{Payment: ums.Payment{TotalAmount: 103}}
	})
	if err := db.Distrust(ctx, noon); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Suspect(ctx, noon.Add(time.Minute), nil); err != nil {
		t.Fatal(err)
	}
	if n, err := db.Rescue(ctx, noon.Add(2*time.Minute)); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	return db
}

// TestAChangedOrMissingEventIsFound takes the triggers and keys away first, as
// whoever tampers with the file would.
func TestAChangedOrMissingEventIsFound(t *testing.T) {
	for _, c := range []struct{ name, sql string }{
		{"an amount", `UPDATE row SET amount_fen = amount_fen + 1 WHERE id = 1`},
		{"an authorisation code", `UPDATE row SET auth_code = '999999' WHERE id = 6`},
		{"an order id", `UPDATE progress SET order_id = 'AAAA00' WHERE row_id = 6`},
		{"an order id that was sent", `UPDATE progress SET order_id = 'AAAA00' WHERE row_id = 5`},
		{"a row that was sent is made unsent", `UPDATE progress SET state = 'pending' WHERE row_id = 5`},
		{"a generation", `UPDATE progress SET generation = 2 WHERE row_id = 3`},
		{"an attempt's time", `UPDATE attempt SET at = at + 1 WHERE row_id = 3 AND n = 1`},
		{"an attempt is missing", `DELETE FROM attempt WHERE row_id = 3 AND n = 1`},
		{"the last attempt is missing", `DELETE FROM attempt WHERE row_id = 3 AND n = 2`},
		{"the last attempt is missing, and is not counted", `DELETE FROM attempt WHERE row_id = 5; UPDATE progress SET attempts = 0 WHERE row_id = 5`},
		{"an attempt too many", `INSERT INTO attempt VALUES (1, 2, 0, 'AAAA00', 5)`},
		{"an answer's code", `UPDATE answer SET code = 'SUCCESS' WHERE row_id = 3 AND n = 1`},
		{"the last answer is missing", `DELETE FROM answer WHERE row_id = 3 AND n = (SELECT max(n) FROM answer WHERE row_id = 3)`},
		{"the answer that completed it is missing", `DELETE FROM result WHERE row_id = 4`},
		{"how it was completed", `UPDATE result SET cause = 'query' WHERE row_id = 4`},
		{"from where it was completed", `UPDATE result SET from_state = 'unknown' WHERE row_id = 4`},
		{"when it was completed", `UPDATE result SET at = at + 1 WHERE row_id = 4`},
		{"by which code it was completed", `UPDATE result SET code = 'OK' WHERE row_id = 1`},
		{"by which message it was completed", `UPDATE result SET message = 'OK' WHERE row_id = 1`},
		{"by which HTTP status it was completed", `UPDATE result SET http_status = 201 WHERE row_id = 1`},
		{"who completed it", `UPDATE result SET actor = 'wang' WHERE row_id = 4`},
		{"a reply's body", `UPDATE answer SET raw = x'7b7d20' WHERE row_id = 3 AND n = 1`},
		{"who decided", `UPDATE answer SET actor = 'wang' WHERE row_id = 3 AND n = 2`},
		{"why", `UPDATE result SET reason = 'none' WHERE row_id = 4`},
		{"what was completed", `UPDATE result SET completed_fen = completed_fen - 1 WHERE row_id = 1`},
		{"a settle date", `UPDATE result SET settle_date = '2026-11-22' WHERE row_id = 1`},
		{"a settle date that was added later", `UPDATE result SET settle_date = '2026-11-22' WHERE row_id = 2`},
		{"a reference", `UPDATE result SET pay_seq_id = 'N' WHERE row_id = 1`},
		{"the hash itself", `UPDATE progress SET chain = zeroblob(32) WHERE row_id = 6`},
		{"a row asked about after a restore", `DELETE FROM answer WHERE row_id = 6`},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := storied(t)
			before, err := db.Verify(ctx, Filter{}, func(batch.Row, string) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			untrigger(t, db)
			unruled(t, db, c.sql)
			found := 0
			after, err := db.Verify(ctx, Filter{}, func(batch.Row, string) error { found++; return nil })
			if err != nil {
				t.Fatal(err)
			}
			if found != 1 {
				t.Errorf("%d rows are found", found)
			}
			// A row that is open is found before anything is sent.
			open := !strings.Contains(c.sql, "row_id = 1") && !strings.Contains(c.sql, "id = 1") && !strings.Contains(c.sql, "VALUES (1") && !strings.Contains(c.sql, "row_id = 2") && !strings.Contains(c.sql, "row_id = 4")
			if err := db.Sound(ctx); errors.Is(err, ErrAltered) != open || !open && err != nil {
				t.Errorf("open: %v, and %v", open, err)
			}
			if changed := strings.Contains(c.sql, "chain"); (before.Head != after.Head) != changed {
				t.Error("the head is over the hashes on record")
			}
		})
	}
}

func untrigger(t *testing.T, db *DB) {
	t.Helper()
	var names []string
	if err := db.each(ctx, `SELECT name FROM sqlite_schema WHERE type = 'trigger'`, nil, func(row func(...any) error) error {
		var name string
		err := row(&name)
		names = append(names, name)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if _, err := db.reads.ExecContext(ctx, `DROP TRIGGER `+name); err != nil {
			t.Fatal(err)
		}
	}
}

// unruled executes a statement that no foreign key is held against.
func unruled(t *testing.T, db *DB, statement string) {
	t.Helper()
	conn, err := db.reads.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, text := range []string{"PRAGMA foreign_keys = off", statement, "PRAGMA foreign_keys = on"} {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			t.Fatal(err)
		}
	}
}
