package checkpoint

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/batch/journaltest"
	"batchcomplete/internal/money"
	"batchcomplete/internal/ums"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)
)

func open(t *testing.T, path string) *DB {
	t.Helper()
	db, err := Open(ctx, Options{Path: path, Env: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// intend takes a row as it is now.
func intend(db *DB, id int64, at time.Time) (batch.Row, error) {
	row, err := db.Row(ctx, id)
	if err != nil {
		return row, err
	}
	return db.Intend(ctx, row, at)
}

func scratch(t *testing.T) *DB { return open(t, filepath.Join(t.TempDir(), "test.db")) }

// take imports a file of these bills and gives what each was taken for in the end.
func take(t *testing.T, db *DB, name string, o ImportOptions, bills ...batch.Bill) []Seen {
	t.Helper()
	imp, err := db.Import(ctx, File{Path: name + ".xlsx", SHA256: name, At: noon}, o)
	if err != nil {
		t.Fatal(err)
	}
	defer imp.Rollback()
	var entries []Entry
	for i, bill := range bills {
		entries = append(entries, Entry{Line: i + 2, Bill: bill})
	}
	all := make([]Seen, len(bills))
	if _, err := imp.AddAll(of(entries), func(e Entry, seen Seen) { all[e.Line-2] = seen }); err != nil {
		t.Fatal(err)
	}
	if _, err := imp.Commit(); err != nil {
		t.Fatal(err)
	}
	return all
}

func states(t *testing.T, db *DB) []batch.State {
	t.Helper()
	var all []batch.State
	if err := db.Each(ctx, Filter{}, func(row batch.Row) error {
		all = append(all, row.State)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheCheckpointIsAJournal(t *testing.T) {
	journaltest.Suite(t, func(t *testing.T, bills []batch.Bill) (batch.Journal, []int64) {
		db := scratch(t)
		take(t, db, "suite", ImportOptions{}, bills...)
		var ids []int64
		for i := range bills {
			ids = append(ids, int64(i+1))
		}
		return db, ids
	})
}

func TestTheDatabaseKnowsTheSameMovesAsTheProgram(t *testing.T) {
	db := scratch(t)
	var moves []batch.Transition
	if err := db.each(ctx, "SELECT cause, from_state, to_state FROM legal", nil, func(row func(...any) error) error {
		var m batch.Transition
		err := row((*string)(&m.Cause), (*string)(&m.From), (*string)(&m.To))
		moves = append(moves, m)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(moves) != len(batch.Transitions) {
		t.Errorf("%d there, %d here", len(moves), len(batch.Transitions))
	}
	for _, m := range batch.Transitions {
		if !slices.Contains(moves, m) {
			t.Errorf("the database does not permit %v", m)
		}
	}
}

func TestARefusedMoveLeavesTheOthersOfItsGroupAlone(t *testing.T) {
	db := scratch(t)
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(3)...)
	mend := func(id int64, bad bool) op {
		row, err := db.Row(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return op{do: func(st *statements) error {
			if bad {
				return st.sending.run(id, int64(1), nil, nil, []byte{}) // no attempt on record: a trigger refuses it
			}
			if err := st.attempt.run(id, int64(1), int64(0), row.OrderID, micros(noon)); err != nil {
				return err
			}
			return st.sending.run(id, int64(1), nil, nil, []byte{})
		}, done: make(chan error, 1)}
	}
	group := []op{mend(1, false), mend(2, true), mend(3, false)}
	db.queue.commit(group)
	for i, bad := range []bool{false, true, false} {
		if err := <-group[i].done; (err != nil) != bad {
			t.Errorf("row %d: %v", i+1, err)
		}
	}
	if got := states(t, db); !slices.Equal(got, []batch.State{batch.Sending, batch.Pending, batch.Sending}) {
		t.Error(got)
	}
}

func TestNothingIsWrittenAfterTheDiskFailed(t *testing.T) {
	db := scratch(t)
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(2)...)
	failure := errors.New("disk I/O error")
	if err := db.queue.submit(func(*statements) error { return failure }); !errors.Is(err, failure) {
		t.Fatal(err)
	}
	if _, err := intend(db, 1, noon); !errors.Is(err, failure) {
		t.Errorf("an intent after a failure: %v", err)
	}
	if got := states(t, db); got[0] != batch.Pending {
		t.Error(got)
	}
}

func TestAFullDiskStopsTheRunAndLosesNothing(t *testing.T) {
	db := scratch(t)
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(50)...)
	// max_page_count is how SQLite is told that there is no more room.
	if _, err := db.queue.conn.ExecContext(ctx, "PRAGMA max_page_count = 1"); err != nil {
		t.Fatal(err)
	}
	big := bytes.Repeat([]byte("x"), 100_000)
	var failed error
	sent := 0
	for id := int64(1); id <= 50 && failed == nil; id++ {
		if _, failed = intend(db, id, noon); failed == nil {
			sent++
			failed = db.Move(ctx, batch.Move{ID: id, Cause: batch.BySend, From: batch.Sending, To: batch.Unknown, At: noon, Answer: ums.Answer{Raw: big}})
		}
	}
	if failed == nil || !strings.Contains(failed.Error(), "full") {
		t.Fatalf("the disk never was full: %v", failed)
	}
	if err := db.Move(ctx, batch.Move{ID: 50, Cause: batch.BySend, From: batch.Sending, To: batch.Unknown, At: noon}); err == nil {
		t.Error("written after the disk was full")
	}
	path := db.Path()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, path)
	if n, err := again.Rescue(ctx, noon); err != nil || n > 1 {
		t.Errorf("%d rows were left sending, %v", n, err)
	}
	if got := states(t, again); len(got) != 50 {
		t.Errorf("%d rows", len(got))
	}
}

func TestOneRunAtATime(t *testing.T) {
	db := scratch(t)
	if _, err := Open(ctx, Options{Path: db.Path(), Env: "test"}); !errors.Is(err, ErrLocked) {
		t.Errorf("a second one: %v", err)
	}
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(db.Path(), link); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, Options{Path: link, Env: "test"}); !errors.Is(err, ErrLocked) {
		t.Errorf("by another name: %v", err)
	}
	reader, err := OpenRead(ctx, db.Path())
	if err != nil {
		t.Fatalf("reading meanwhile: %v", err)
	}
	defer reader.Close()
	if reader.Env() != "test" {
		t.Error(reader.Env())
	}
	if _, err := reader.reads.ExecContext(ctx, "DELETE FROM meta"); err == nil {
		t.Error("a reader wrote")
	}
}

func TestACheckpointThatCannotBeUsedSaysWhy(t *testing.T) {
	makeDB := func(t *testing.T, statements ...string) string {
		path := filepath.Join(t.TempDir(), "x.db")
		pool, err := sql.Open("sqlite3", path)
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		for _, s := range statements {
			if _, err := pool.Exec(s); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	valid := func(t *testing.T) string {
		db := scratch(t)
		take(t, db, "bills", ImportOptions{}, journaltest.Bills(500)...)
		path := db.Path()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		return path
	}
	edit := func(t *testing.T, path string, change func([]byte) []byte) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, change(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		name string
		path string
		want error
	}{
		{"another program's database", makeDB(t, "CREATE TABLE x (y)"), ErrForeign},
		{"a newer version's", makeDB(t, "CREATE TABLE x (y)", "PRAGMA application_id = 1111706960", "PRAGMA user_version = 99"), ErrNewer},
		{"no database at all", edit(t, valid(t), func([]byte) []byte { return bytes.Repeat([]byte("workbook"), 1000) }), ErrForeign},
		{"cut off", edit(t, valid(t), func(b []byte) []byte { return b[:len(b)/2] }), ErrDamaged},
		{"cut off by its last page", edit(t, valid(t), func(b []byte) []byte { return b[:len(b)-onePage] }), ErrDamaged},
		{"cut off by its last byte", edit(t, valid(t), func(b []byte) []byte { return b[:len(b)-1] }), ErrDamaged},
		{"cut off within the header", edit(t, valid(t), func(b []byte) []byte { return b[:50] }), ErrDamaged},
		{"overwritten", edit(t, valid(t), func(b []byte) []byte { copy(b[100:], bytes.Repeat([]byte{0xff}, 4000)); return b }), ErrDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Open(ctx, Options{Path: c.path, Env: "test"}); !errors.Is(err, c.want) {
				t.Errorf("for writing: %v", err)
			}
			if _, err := OpenRead(ctx, c.path); !errors.Is(err, c.want) {
				t.Errorf("for reading: %v", err)
			}
		})
	}
	other := &EnvError{}
	if _, err := Open(ctx, Options{Path: valid(t), Env: "prod"}); !errors.As(err, &other) || other.Has != "test" {
		t.Errorf("another environment's: %v", err)
	}
}

// TestAConnectionThatDoesNotKeepItsWordIsNotWrittenThrough: what durability rests
// on is read back.
func TestAConnectionThatDoesNotKeepItsWordIsNotWrittenThrough(t *testing.T) {
	for settings, says := range map[string]string{
		"_journal_mode=DELETE&_synchronous=FULL&_foreign_keys=on": "journal_mode is delete", "_journal_mode=WAL&_synchronous=NORMAL&_foreign_keys=on": "synchronous is 1",
		"_journal_mode=WAL&_synchronous=OFF&_foreign_keys=on": "synchronous is 0", "_journal_mode=WAL&_synchronous=FULL&_foreign_keys=off": "foreign_keys is 0", "_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on": "",
	} {
		pool, err := look(filepath.Join(t.TempDir(), "x.db"), settings)
		if err != nil {
			t.Fatal(err)
		}
		if err := assertDurable(ctx, pool); (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", settings, err)
		}
		pool.Close()
	}
}

func TestTheCheckpointIsPrivate(t *testing.T) {
	db := scratch(t)
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(1)...)
	for _, suffix := range []string{"", "-wal", "-shm", ".lock"} {
		info, err := os.Stat(db.Path() + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: others may read it: %v", suffix, info.Mode())
		}
	}
}

func TestABillIsOneRowOverEveryFile(t *testing.T) {
	bill := journaltest.Bills(1)[0]
	dearer := bill
	dearer.Amount++
	otherCode := bill
	otherCode.AuthIDRespCd = "999999"
	otherOrder := bill
	otherOrder.AuthedOrderID = "124F0000000001"

	t.Run("the same in another file", func(t *testing.T) {
		db := scratch(t)
		take(t, db, "monday", ImportOptions{}, bill)
		seen := take(t, db, "tuesday", ImportOptions{}, bill)[0]
		if seen.State != batch.Duplicate || seen.Original.Batch != "monday-2026-11-20" || seen.Original.Line != 2 {
			t.Errorf("%+v %+v", seen, seen.Original)
		}
	})
	t.Run("the same twice in one file", func(t *testing.T) {
		db := scratch(t)
		seen := take(t, db, "monday", ImportOptions{}, bill, bill)
		if seen[0].State != batch.Pending || seen[1].State != batch.Duplicate {
			t.Errorf("%+v", seen)
		}
	})
	t.Run("twice in one file, and they disagree", func(t *testing.T) {
		db := scratch(t)
		take(t, db, "monday", ImportOptions{}, bill, dearer, bill)
		if got := states(t, db); !slices.Equal(got, []batch.State{batch.Invalid, batch.Invalid, batch.Invalid}) {
			t.Error(got)
		}
	})
	for name, changed := range map[string]batch.Bill{"amount": dearer, "authorisation code": otherCode, "order id": otherOrder} {
		t.Run("another "+name+", never sent", func(t *testing.T) {
			db := scratch(t)
			take(t, db, "monday", ImportOptions{}, bill)
			if seen := take(t, db, "tuesday", ImportOptions{}, changed)[0]; seen.State != batch.Invalid || seen.Problems[0].Key != "checkpoint.changed" {
				t.Errorf("%+v", seen)
			}
			if seen := take(t, db, "wednesday", ImportOptions{AcceptChanges: true}, changed)[0]; seen.State != batch.Pending {
				t.Errorf("accepted: %+v", seen)
			}
			if got := states(t, db); !slices.Equal(got, []batch.State{batch.Duplicate, batch.Invalid, batch.Pending}) {
				t.Error(got)
			}
		})
		t.Run("another "+name+", after it was sent", func(t *testing.T) {
			db := scratch(t)
			take(t, db, "monday", ImportOptions{}, bill)
			if _, err := intend(db, 1, noon); err != nil {
				t.Fatal(err)
			}
			if seen := take(t, db, "tuesday", ImportOptions{AcceptChanges: true}, changed)[0]; seen.State != batch.Invalid || seen.Problems[0].Key != "checkpoint.changedSent" {
				t.Errorf("%+v", seen)
			}
		})
	}
	t.Run("an order id that another bill has", func(t *testing.T) {
		db := scratch(t)
		two := journaltest.Bills(2)
		two[0].AuthedOrderID, two[1].AuthedOrderID = "124F0000000001", "124F0000000001"
		if seen := take(t, db, "monday", ImportOptions{}, two...); seen[1].State != batch.Invalid || seen[1].Problems[0].Key != "checkpoint.order" {
			t.Errorf("%+v", seen)
		}
	})
	t.Run("in a scratch checkpoint beside the real one", func(t *testing.T) {
		prior := scratch(t)
		take(t, prior, "monday", ImportOptions{}, bill)
		db := scratch(t)
		seen := take(t, db, "tuesday", ImportOptions{Prior: prior}, bill, dearer)
		if seen[0].State != batch.Duplicate || seen[1].Problems[0].Key != "checkpoint.changed" {
			t.Errorf("%+v", seen)
		}
	})
}

// TestTheOrderIDComesOfTheBillsIdentityAlone: a checkpoint that is made anew, of
// a file that was edited, at another time, sends the same order id.
func TestTheOrderIDComesOfTheBillsIdentityAlone(t *testing.T) {
	bill := journaltest.Bills(1)[0]
	var ids []string
	for i, at := range []time.Time{noon, noon.AddDate(0, 1, 0)} {
		db := scratch(t)
		edited := bill
		edited.Amount, edited.AuthIDRespCd, edited.TID = bill.Amount+money.Fen(i), fmt.Sprint("00012", i), fmt.Sprint("4000100", i)
		imp, err := db.Import(ctx, File{Path: fmt.Sprint(i, ".csv"), SHA256: fmt.Sprint(i), At: at}, ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := imp.Add(Entry{Line: 2 + i, Bill: edited}); err != nil {
			t.Fatal(err)
		}
		if _, err := imp.Commit(); err != nil {
			t.Fatal(err)
		}
		row, err := db.Row(ctx, 1)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, row.OrderID)
	}
	if ids[0] != ids[1] {
		t.Errorf("one bill, two order ids: %v", ids)
	}
}

func TestAFileThatIsGivenUpLeavesNothing(t *testing.T) {
	db := scratch(t)
	imp, err := db.Import(ctx, File{Path: "bills.xlsx", SHA256: "x", At: noon}, ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := imp.Add(Entry{Line: 2, Bill: journaltest.Bills(1)[0]}); err != nil {
		t.Fatal(err)
	}
	if err := imp.Rollback(); err != nil {
		t.Fatal(err)
	}
	if got := states(t, db); len(got) != 0 {
		t.Error(got)
	}
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(1)...)
	if b, err := db.FindBatch(ctx, "bi"); err != nil || b.Name != "bills-2026-11-20" || b.Rows != 1 || b.Fen != 100 {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestRowsToBeWorkedOnAreFoundWithoutReadingThoseThatAreDone(t *testing.T) {
	db := scratch(t)
	for name, query := range map[string]string{
		"rows":  inState + " ORDER BY p.row_id LIMIT ?3",
		"among": inState + " AND p.row_id IN (SELECT value FROM json_each(?4)) ORDER BY p.row_id LIMIT ?3",
		"open":  "SELECT DISTINCT r.file_id FROM progress p JOIN row r ON r.id = p.row_id WHERE " + openOnly + " AND p.state <> 'held'",
	} {
		var plan strings.Builder
		if err := db.each(ctx, "EXPLAIN QUERY PLAN "+query, []any{"pending", 0, 10, "[]"}[:min(4, strings.Count(query, "?"))], func(row func(...any) error) error {
			var id, parent, unused int
			var detail string
			err := row(&id, &parent, &unused, &detail)
			plan.WriteString(detail + "\n")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan.String(), "progress_open") && !strings.Contains(plan.String(), "p USING INTEGER PRIMARY KEY") || strings.Contains(plan.String(), "SCAN p\n") || strings.Contains(plan.String(), "SCAN r\n") {
			t.Errorf("%s:\n%s", name, plan.String())
		}
	}
}

func TestAStoryTellsIntentsAndAnswersInOrder(t *testing.T) {
	db := scratch(t)
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(1)...)
	if _, err := intend(db, 1, noon); err != nil {
		t.Fatal(err)
	}
	for _, m := range []batch.Move{
		{Cause: batch.BySend, From: batch.Sending, To: batch.Unknown, At: noon.Add(time.Second), Answer: ums.Answer{Code: "timeout"}},
		{Cause: batch.ByPerson, From: batch.Unknown, To: batch.Declined, At: noon.Add(time.Minute), Actor: "li", Reason: "bank says no"},
	} {
		m.ID = 1
		if err := db.Move(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	story, err := db.Story(ctx, 1)
	if err != nil || len(story) != 3 {
		t.Fatalf("%v, %v", story, err)
	}
	if story[0].To != batch.Sending || story[0].OrderID == "" || story[1].Code != "timeout" || story[2].Actor != "li" || story[2].Reason != "bank says no" {
		t.Errorf("%+v", story)
	}
}

func TestASettleDateIsAddedOnceAndNeverChanged(t *testing.T) {
	db := scratch(t)
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(1)...)
	row, err := intend(db, 1, noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Move(ctx, batch.Move{ID: 1, Cause: batch.BySend, From: batch.Sending, To: batch.Completed, At: noon, Answer: ums.Answer{Payment: ums.Payment{TotalAmount: row.Amount}}}); err != nil {
		t.Fatal(err)
	}
	if rows, err := db.Undated(ctx, noon.Add(-time.Hour), 0, 10); err != nil || len(rows) != 1 {
		t.Errorf("%v, %v", rows, err)
	}
	if err := db.Date(ctx, 1, "2026-11-20", ums.Answer{}, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if rows, err := db.Undated(ctx, noon.Add(-time.Hour), 0, 10); err != nil || len(rows) != 0 {
		t.Errorf("%v, %v", rows, err)
	}
	if err := db.Date(ctx, 1, "2026-11-21", ums.Answer{}, noon.Add(time.Hour)); !errors.Is(err, batch.ErrMoved) {
		t.Errorf("a second date: %v", err)
	}
	tally, err := db.Tally(ctx, []int64{1})
	if err != nil || len(tally.SettleDates) != 1 || tally.SettleDates[0].SettleDate != "2026-11-20" || tally.States[batch.Completed].Rows != 1 {
		t.Errorf("%+v, %v", tally, err)
	}
}
