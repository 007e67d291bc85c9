package checkpoint

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/batch/journaltest"
	"batchcomplete/internal/money"
)

// odd is a file of many rows, of which one in so many is something else than a
// bill that is new: unusable, an earlier row once more or with another amount, a
// bill of the file before, or under another's order id.
func odd(random *rand.Rand, earlier []batch.Bill, oneIn int) []Entry {
	var entries []Entry
	for n := range many + 2*some + random.IntN(some) {
		e := Entry{Line: n + 2, Bill: journaltest.Bills(1)[0]}
		e.Bill.BillNo = fmt.Sprintf("NEW%d", n)
		if random.IntN(oneIn) == 0 {
			other := earlier[random.IntN(len(earlier))]
			if len(entries) > 0 && random.IntN(2) == 0 {
				other = entries[max(0, len(entries)-1-random.IntN(2*some))].Bill
			}
			switch random.IntN(5) {
			case 0:
				e = e.because("intake.amount.zero")
			case 1:
				e.Bill = other
			case 2:
				e.Bill = other
				e.Bill.Amount += money.Fen(random.IntN(2))
				e.Bill.MsgID = "M"
			case 3:
				e.Bill.AuthedOrderID = batch.OrderID("test", e.Bill.BillNo[:4], other.Identity(), 0)
			case 4:
				e.Bill.AuthedOrderID = other.AuthedOrderID
			}
		}
		entries = append(entries, e)
	}
	return entries
}

func of(entries []Entry) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// standingOf is all that a checkpoint says about its files' rows.
func standingOf(t *testing.T, db *DB) []string {
	t.Helper()
	var all []string
	for _, query := range []string{
		`SELECT id || ' rows ' || rows || ' fen ' || fen FROM file ORDER BY id`,
		`SELECT concat_ws(' ', id, file_id, line, entry, bill_no, amount_fen, given_order_id, msg_id, problem, original_id) FROM row ORDER BY id`,
		`SELECT concat_ws(' ', row_id, state, order_id, attempts, updated_at, hex(chain)) FROM progress ORDER BY row_id`,
		`SELECT concat_ws(' ', order_id, row_id) FROM claim ORDER BY order_id`,
	} {
		if err := db.each(ctx, query, nil, func(row func(...any) error) error {
			var line string
			err := row(&line)
			all = append(all, line)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// TestManyAtOnceAreTakenInAsOneByOne holds the two ways of taking in a file
// together: what each row was taken for, and what is in the checkpoint then.
func TestManyAtOnceAreTakenInAsOneByOne(t *testing.T) {
	var states [3]int
	clashes := 0
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 2026))
		earlier := journaltest.Bills(8)
		for n := range earlier {
			if n%2 == 0 {
				earlier[n].AuthedOrderID = fmt.Sprintf("GIVEN%021d", n)
			}
		}
		entries := odd(random, earlier, []int{2, 10, 40, 1000}[seed%4])
		options := ImportOptions{AcceptChanges: seed%3 == 0}
		var want, got []Seen
		var stand [2][]string
		for way := range 2 {
			db := scratch(t)
			take(t, db, "before", ImportOptions{}, earlier...)
			if _, err := intend(db, 1, noon); err != nil {
				t.Fatal(err)
			}
			imp, err := db.Import(ctx, File{Path: "odd.xlsx", SHA256: "odd", At: noon}, options)
			if err != nil {
				t.Fatal(err)
			}
			if way == 0 {
				for _, e := range entries {
					seen, err := imp.Add(e)
					if err != nil {
						t.Fatal(err)
					}
					want = append(want, seen)
				}
			} else if n, err := imp.AddAll(of(slices.Clone(entries)), func(e Entry, seen Seen) {
				switch {
				case e.Line == len(got)+2:
					got = append(got, seen)
				case len(got) == len(entries) && got[e.Line-2].State == batch.Pending && seen.State == batch.Invalid && seen.Withdrawn == e.Bill.Amount:
					clashes++
				default:
					t.Errorf("seed %d: line %d comes after %d others: %+v", seed, e.Line, len(got), seen)
				}
			}); err != nil || n != len(entries) {
				t.Fatal(n, err)
			}
			if _, err := imp.Commit(); err != nil {
				t.Fatal(err)
			}
			stand[way] = standingOf(t, db)
		}
		if len(got) != len(want) || len(stand[0]) != len(stand[1]) {
			t.Fatalf("seed %d: %d rows, and one by one %d; %d lines, and one by one %d", seed, len(got), len(want), len(stand[1]), len(stand[0]))
		}
		for n := range want {
			if !reflect.DeepEqual(got[n], want[n]) {
				t.Fatalf("seed %d: line %d is taken for %+v, and one by one %+v", seed, n+2, got[n], want[n])
			}
		}
		for n := range stand[0] {
			if stand[0][n] != stand[1][n] {
				t.Fatalf("seed %d: there is\n%s\nand one by one\n%s", seed, stand[1][n], stand[0][n])
			}
		}
		for _, s := range got {
			states[slices.Index([]batch.State{batch.Pending, batch.Invalid, batch.Duplicate}, s.State)]++
		}
	}
	if slices.Min(states[:]) < 100 || clashes < 100 {
		t.Errorf("pending, invalid and duplicate rows: %v; under another's order id %d", states, clashes)
	}
}

// manyBillsBut is a file of two statements' worth of new bills, as change makes it.
func manyBillsBut(change func(entries []Entry)) []Entry {
	var entries []Entry
	for n, bill := range journaltest.Bills(2 * many) {
		entries = append(entries, Entry{Line: n + 2, Bill: bill})
	}
	change(entries)
	return entries
}

// TestOneOddRowAmongManyIsSeen where nothing in the database would refuse it.
func TestOneOddRowAmongManyIsSeen(t *testing.T) {
	const odd = many + 7
	prior := scratch(t)
	take(t, prior, "before", ImportOptions{}, journaltest.Bills(odd + 1)[odd])
	for _, c := range []struct {
		name    string
		options ImportOptions
		change  func(entries []Entry)
		want    batch.State
	}{
		{"a bill that two rows before disagree about", ImportOptions{}, func(entries []Entry) {
			entries[1].Bill = entries[0].Bill
			entries[1].Bill.Amount++
			entries[odd].Bill = entries[0].Bill
		}, batch.Invalid},
		{"a bill that another checkpoint has", ImportOptions{Prior: prior}, func([]Entry) {}, batch.Duplicate},
		{"a row with a problem", ImportOptions{}, func(entries []Entry) { entries[odd] = entries[odd].because("intake.amount.zero") }, batch.Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			imp, err := scratch(t).Import(ctx, File{Path: "odd.xlsx", SHA256: "odd", At: noon}, c.options)
			if err != nil {
				t.Fatal(err)
			}
			defer imp.Rollback()
			var got []batch.State
			if _, err := imp.AddAll(of(manyBillsBut(c.change)), func(_ Entry, seen Seen) { got = append(got, seen.State) }); err != nil {
				t.Fatal(err)
			}
			if got[odd] != c.want || got[odd+1] != batch.Pending {
				t.Errorf("%v", got)
			}
		})
	}
}

// TestOrderIDsAreClaimedAlongTheWay: those of a long file are not all kept until its
// end, and the earlier line has the order id that two bills come with, also where
// they are far apart.
func TestOrderIDsAreClaimedAlongTheWay(t *testing.T) {
	db := scratch(t)
	imp, err := db.Import(ctx, File{Path: "long.xlsx", SHA256: "long", At: noon}, ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer imp.Rollback()
	imp.unclaimed = many
	const rows, first, later = 4 * many, 3, 3*many + 5
	var entries []Entry
	for n, bill := range journaltest.Bills(rows) {
		entries = append(entries, Entry{Line: n + 2, Bill: bill})
	}
	derived := func(n int) string {
		return batch.OrderID("test", entries[n].Bill.BillNo[:4], entries[n].Bill.Identity(), 0)
	}
	entries[later].Bill.AuthedOrderID = derived(first)
	entries[first+1].Bill.AuthedOrderID = derived(later + 1)
	entries[later-many].Bill.AuthedOrderID = derived(later + 2)
	told, early := map[int][]batch.State{}, 0
	if _, err := imp.AddAll(of(entries), func(e Entry, seen Seen) {
		told[e.Line-2] = append(told[e.Line-2], seen.State)
		if e.Line == rows+1 && imp.claimed > 1 {
			early++
		}
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := imp.Commit(); err != nil {
		t.Fatal(err)
	}
	if early != 1 {
		t.Error("no order id was claimed before the end")
	}
	for n := range rows {
		want := []batch.State{batch.Pending}
		if n == later || n == later+1 || n == later+2 {
			want = append(want, batch.Invalid)
		}
		if !slices.Equal(told[n], want) {
			t.Errorf("row %d was told of as %v", n, told[n])
		}
	}
	found, err := db.FindBill(ctx, derived(later+1))
	if err != nil || len(found) != 1 || found[0].Line != first+3 {
		t.Errorf("%+v, %v", found, err)
	}
}

// TestAnOrderIDStaysItsBills when a retry has given the bill another: the bill is
// found by both, and no other bill is taken in under either.
func TestAnOrderIDStaysItsBills(t *testing.T) {
	db := sixBills(t) // 5 is declined
	before, err := db.Row(ctx, 5)
	if err != nil {
		t.Fatal(err)
	}
	next := batch.OrderID("test", before.SourceCode(), before.Identity(), 1)
	if err := db.Move(ctx, batch.Move{ID: 5, Cause: batch.ByRetry, From: batch.Declined, To: batch.Pending, At: noon, NextOrderID: next, Actor: "li", Reason: "x"}); err != nil {
		t.Fatal(err)
	}
	bills := journaltest.Bills(9)
	for n, id := range []string{before.OrderID, next} {
		if found, err := db.FindBill(ctx, id); err != nil || len(found) != 1 || found[0].ID != 5 || found[0].OrderID != next {
			t.Errorf("%s: %+v, %v", id, found, err)
		}
		bills[6+n].AuthedOrderID = id
	}
	seen := take(t, db, "more", ImportOptions{}, bills[6:]...)
	for n, want := range []batch.State{batch.Invalid, batch.Invalid, batch.Pending} {
		if seen[n].State != want {
			t.Errorf("%d: %+v", n, seen[n])
		}
	}
}

// TestARowThatCannotBeWrittenIsNamed also where it is one of many in a statement:
// the intake lets no such bill through, and the database would not.
func TestARowThatCannotBeWrittenIsNamed(t *testing.T) {
	db := scratch(t)
	imp, err := db.Import(ctx, File{Path: "bad.xlsx", SHA256: "bad", At: noon}, ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer imp.Rollback()
	told := 0
	n, err := imp.AddAll(of(manyBillsBut(func(entries []Entry) { entries[many+5].Bill.Amount = 0 })), func(Entry, Seen) { told++ })
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("line %d of bad.xlsx", many+7)) || told != many+5 || n != 2*many {
		t.Errorf("%d were read, %d told of: %v", n, told, err)
	}
}

// TestAnImportEndsWithItsContext, and with the error of what it reads from.
func TestAnImportEndsWithItsContext(t *testing.T) {
	db := scratch(t)
	within, cancel := context.WithCancel(ctx)
	imp, err := db.Import(within, File{Path: "x.xlsx", SHA256: "x", At: noon}, ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer imp.Rollback()
	unreadable := errors.New("unreadable")
	n, err := imp.AddAll(func(yield func(Entry, error) bool) { yield(Entry{}, unreadable) }, nil)
	if n != 0 || !errors.Is(err, unreadable) {
		t.Errorf("%d, %v", n, err)
	}
	cancel()
	if _, err := imp.AddAll(of(manyBillsBut(func([]Entry) {})), func(e Entry, _ Seen) { t.Errorf("line %d", e.Line) }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestALongImportIsWrittenBack to the file itself, without anybody waiting for it:
// otherwise the first rows that are sent would.
func TestALongImportIsWrittenBack(t *testing.T) {
	db := scratch(t)
	const rows = 8 * many
	take(t, db, "long", ImportOptions{}, journaltest.Bills(rows)...)
	db.aside.Wait()
	file, err := look(db.Path(), "mode=ro&immutable=1")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var found int
	if err := file.QueryRowContext(ctx, `SELECT count(*) FROM claim JOIN progress USING (row_id) JOIN row ON row.id = row_id`).Scan(&found); err != nil || found != rows {
		t.Errorf("%d of %d rows are in the file: %v", found, rows, err)
	}
}
