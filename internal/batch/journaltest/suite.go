package journaltest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
	"batchcomplete/internal/ums"
)

// Open makes a journal in which these bills are pending, and gives their rows'
// ids in order.
type Open func(t *testing.T, bills []batch.Bill) (batch.Journal, []int64)

// at is a moment of the suite's: whole microseconds, as journals keep them.
func at(minute int) time.Time { return time.Date(2026, 11, 20, 12, minute, 0, 1000, time.UTC) }

// Bills gives n bills that differ.
func Bills(n int) []batch.Bill {
	var bills []batch.Bill
	for i := range n {
		bills = append(bills, batch.Bill{
			MID: "89844035541APR4", TID: "APR40001", InstMID: "QRPAYDEFAULT",
			BillNo: fmt.Sprintf("124F20261120%010d", i), BillDate: "2026-11-20", AuthIDRespCd: "012345", Amount: money.Fen(100 + i),
		})
	}
	return bills
}

// Suite proves that a journal keeps what batch.Journal promises.
func Suite(t *testing.T, open Open) {
	ctx := context.Background()

	t.Run("of many who take one row, one gets it", func(t *testing.T) {
		journal, ids := open(t, Bills(1))
		pending := find(t, journal, ids[0])
		var won atomic.Int32
		var all sync.WaitGroup
		for range 32 {
			all.Go(func() {
				_, err := journal.Intend(ctx, pending, at(0))
				if err == nil {
					won.Add(1)
				} else if !errors.Is(err, batch.ErrMoved) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("%d took it", won.Load())
		}
	})

	t.Run("a row that has gone on since it was read is not taken", func(t *testing.T) {
		journal, ids := open(t, Bills(2))
		again, retried := find(t, journal, ids[0]), find(t, journal, ids[1])
		intend(t, journal, ids[0], at(1))
		must(t, journal.Move(ctx, batch.Move{ID: ids[0], Cause: batch.BySend, From: batch.Sending, To: batch.Pending, At: at(2)}))
		for _, m := range []batch.Move{ // under another order id, and never attempted
			{Cause: batch.ByVerify, From: batch.Pending, To: batch.Unknown},
			{Cause: batch.ByQuery, From: batch.Unknown, To: batch.Declined},
			{Cause: batch.ByRetry, From: batch.Declined, To: batch.Pending, NextOrderID: "124F9999999999999999999999"},
		} {
			m.ID, m.At = ids[1], at(3)
			must(t, journal.Move(ctx, m))
		}
		for _, stale := range []batch.Row{again, retried} {
			if _, err := journal.Intend(ctx, stale, at(4)); !errors.Is(err, batch.ErrMoved) {
				t.Errorf("taken as it was read: %v", err)
			}
			if row := find(t, journal, stale.ID); row.State != batch.Pending {
				t.Errorf("%+v", row)
			}
		}
	})

	t.Run("an intent counts, and forgets an earlier absence", func(t *testing.T) {
		journal, ids := open(t, Bills(1))
		row := intend(t, journal, ids[0], at(1))
		if row.State != batch.Sending || row.Attempts != 1 || row.Sends != 1 || !row.SentAt.Equal(at(1)) {
			t.Errorf("after the first: %+v", row)
		}
		must(t, journal.Move(ctx, batch.Move{ID: ids[0], Cause: batch.BySend, From: batch.Sending, To: batch.Unknown, At: at(2)}))
		must(t, journal.Move(ctx, batch.Move{ID: ids[0], Cause: batch.ByQuery, From: batch.Unknown, To: batch.Unknown, At: at(12), AbsentAt: at(12)}))
		if row := only(t, journal, batch.Unknown); !row.AbsentAt.Equal(at(12)) {
			t.Errorf("the absence is not kept: %v", row.AbsentAt)
		}
		must(t, journal.Move(ctx, batch.Move{ID: ids[0], Cause: batch.ByQuery, From: batch.Unknown, To: batch.Pending, At: at(14)}))
		row = intend(t, journal, ids[0], at(15))
		if row.Attempts != 2 || row.Sends != 2 || !row.AbsentAt.IsZero() {
			t.Errorf("after the second: %+v", row)
		}
	})

	t.Run("every permitted move comes to what Apply says", func(t *testing.T) {
		for _, transition := range batch.Transitions {
			if transition.To == batch.Sending || transition.Cause == batch.ByRescue || transition.Cause == batch.ByVerify {
				continue
			}
			journal, ids := open(t, Bills(1))
			before := bring(t, journal, ids[0], transition.From)
			move := batch.Move{ID: ids[0], Cause: transition.Cause, From: transition.From, To: transition.To, At: at(30), Answer: ums.Answer{
				Code: "SOME_CODE", Message: "银行未答复", HTTPStatus: 200, Raw: []byte("{}"),
			}}
			if transition.Cause == batch.ByRetry {
				move.NextOrderID = "124F9999999999999999999999"
			}
			if transition.To == batch.Completed {
				move.Answer.Payment = ums.Payment{
					MerOrderID: before.OrderID, PaySeqID: "35313909095N", TargetOrderID: "1123", TargetSys: "ACP", Status: "TRADE_SUCCESS",
					PayTime: "2026-11-20 12:00:00", SettleDate: "2026-11-20", PayDetail: "现金支付", CardAttr: "DEBIT_CARD",
					TotalAmount: 95, BuyerPayAmount: 50, InvoiceAmount: 50, DiscountAmount: 5,
				}
			}
			must(t, journal.Move(ctx, move))
			want := before
			move.Apply(&want)
			got := find(t, journal, ids[0])
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%v: want(-) got(+)\n%s", transition, diff)
			}
			if err := journal.Move(ctx, move); transition.From != transition.To && !errors.Is(err, batch.ErrMoved) {
				t.Errorf("%v a second time: %v", transition, err)
			}
		}
	})

	t.Run("a move that is not permitted changes nothing", func(t *testing.T) {
		for _, from := range []batch.State{batch.Pending, batch.Sending, batch.Unknown, batch.Held, batch.Completed, batch.Declined} {
			journal, ids := open(t, Bills(1))
			before := bring(t, journal, ids[0], from)
			for _, to := range batch.States {
				for _, cause := range []batch.Cause{batch.BySend, batch.ByQuery, batch.ByPerson, batch.ByRetry} {
					if batch.Legal(cause, from, to) {
						continue
					}
					if err := journal.Move(ctx, batch.Move{ID: ids[0], Cause: cause, From: from, To: to, At: at(40)}); err == nil {
						t.Errorf("%s moved a row from %s to %s", cause, from, to)
					}
				}
			}
			if diff := cmp.Diff(before, find(t, journal, ids[0])); diff != "" {
				t.Errorf("%s: %s", from, diff)
			}
		}
	})

	t.Run("a completion from a state that the row is not in leaves nothing behind", func(t *testing.T) {
		for _, stale := range []batch.Transition{
			{Cause: batch.ByQuery, From: batch.Unknown, To: batch.Completed}, {Cause: batch.ByPerson, From: batch.Held, To: batch.Completed},
		} {
			journal, ids := open(t, Bills(1))
			before := bring(t, journal, ids[0], batch.Sending)
			move := batch.Move{ID: ids[0], Cause: stale.Cause, From: stale.From, To: stale.To, At: at(30), Answer: ums.Answer{
				Payment: ums.Payment{MerOrderID: before.OrderID, Status: "TRADE_SUCCESS", TotalAmount: 1},
			}}
			if err := journal.Move(ctx, move); !errors.Is(err, batch.ErrMoved) {
				t.Errorf("%v: %v", stale, err)
			}
			if diff := cmp.Diff(before, find(t, journal, ids[0])); diff != "" {
				t.Errorf("%v: %s", stale, diff)
			}
			move.Cause, move.From, move.Answer.Payment.TotalAmount = batch.BySend, batch.Sending, before.Amount
			must(t, journal.Move(ctx, move))
			if got := find(t, journal, ids[0]).Payment.TotalAmount; got != before.Amount {
				t.Errorf("%v: completed with %v", stale, got)
			}
		}
	})

	t.Run("rescue makes every sending row unknown, and only these", func(t *testing.T) {
		journal, ids := open(t, Bills(4))
		intend(t, journal, ids[1], at(1))
		intend(t, journal, ids[3], at(2))
		n, err := journal.Rescue(ctx, at(5))
		if err != nil || n != 2 {
			t.Fatalf("%d, %v", n, err)
		}
		rows, err := journal.Rows(ctx, batch.Unknown, 0, 10, nil)
		if err != nil || len(rows) != 2 || rows[0].ID != ids[1] || rows[1].ID != ids[3] {
			t.Errorf("%v, %v", rows, err)
		}
		if rows, _ := journal.Rows(ctx, batch.Sending, 0, 10, nil); len(rows) != 0 {
			t.Errorf("still sending: %v", rows)
		}
	})

	t.Run("without distrust nothing is suspected, with it every bill that existed then and was not asked about since", func(t *testing.T) {
		bills := Bills(6)
		bills[2].BillDate = "2026-11-21" // of the day after
		journal, ids := open(t, bills)
		suspect := func(now time.Time, among []int64) int {
			t.Helper()
			n, err := journal.Suspect(ctx, now, among)
			must(t, err)
			return n
		}
		if n := suspect(at(1), nil); n != 0 {
			t.Errorf("%d rows without distrust", n)
		}
		intend(t, journal, ids[0], at(2)) // sending: none of Suspect's business
		intend(t, journal, ids[1], at(3))
		must(t, journal.Move(ctx, batch.Move{ID: ids[1], Cause: batch.BySend, From: batch.Sending, To: batch.Pending, At: at(3), Answer: ums.Answer{Code: "never_sent"}}))
		must(t, journal.Distrust(ctx, at(10)))
		before := find(t, journal, ids[3])
		if n := suspect(at(11), []int64{ids[3]}); n != 1 {
			t.Errorf("%d rows among one", n)
		}
		batch.Move{Cause: batch.ByVerify, From: batch.Pending, To: batch.Unknown, At: at(11)}.Apply(&before)
		if diff := cmp.Diff(before, find(t, journal, ids[3])); diff != "" {
			t.Error(diff)
		}
		bring(t, journal, ids[4], batch.Unknown)
		bring(t, journal, ids[5], batch.Declined)
		declined := find(t, journal, ids[5])
		if n := suspect(at(12), nil); n != 3 { // 1 pending, 4 unknown, 5 declined
			t.Errorf("%d rows", n)
		}
		batch.Move{Cause: batch.ByVerify, From: batch.Declined, To: batch.Unknown, At: at(12)}.Apply(&declined)
		if diff := cmp.Diff(declined, find(t, journal, ids[5])); diff != "" || declined.SendCode != ums.CodeForgottenRefusal {
			t.Error(diff)
		}
		must(t, journal.Move(ctx, batch.Move{ID: ids[3], Cause: batch.ByQuery, From: batch.Unknown, To: batch.Pending, At: at(30)}))
		if n := suspect(at(31), nil); n != 0 {
			t.Errorf("%d rows a second time", n)
		}
		must(t, journal.Distrust(ctx, at(40)))
		if n := suspect(at(41), nil); n != 4 {
			t.Errorf("%d rows after a second distrust", n)
		}
	})

	t.Run("a completed row without a settle date is given one, once", func(t *testing.T) {
		journal, ids := open(t, Bills(3))
		bring(t, journal, ids[0], batch.Completed)
		bring(t, journal, ids[1], batch.Unknown)
		undated := func(since time.Time) int {
			t.Helper()
			rows, err := journal.Undated(ctx, since, 0, 10)
			must(t, err)
			return len(rows)
		}
		if n := undated(at(0)); n != 1 {
			t.Errorf("%d rows lack a date", n)
		}
		if n := undated(at(59)); n != 0 {
			t.Errorf("%d rows that were completed after all", n)
		}
		must(t, journal.Date(ctx, ids[0], "2026-11-20", ums.Answer{}, at(9)))
		if row := find(t, journal, ids[0]); row.Payment.SettleDate != "2026-11-20" || undated(at(0)) != 0 {
			t.Errorf("%+v", row.Payment)
		}
		for _, id := range ids[:2] {
			if err := journal.Date(ctx, id, "2026-11-21", ums.Answer{}, at(10)); !errors.Is(err, batch.ErrMoved) {
				t.Errorf("row %d: %v", id, err)
			}
		}
	})

	t.Run("rows come in order, in pages, and among those asked for", func(t *testing.T) {
		journal, ids := open(t, Bills(7))
		var got []int64
		for after := int64(0); ; {
			page, err := journal.Rows(ctx, batch.Pending, after, 3, nil)
			must(t, err)
			if len(page) == 0 {
				break
			}
			for _, row := range page {
				got = append(got, row.ID)
			}
			after = got[len(got)-1]
		}
		if diff := cmp.Diff(ids, got); diff != "" {
			t.Error(diff)
		}
		some, err := journal.Rows(ctx, batch.Pending, ids[1], 10, []int64{ids[0], ids[2], ids[6]})
		if err != nil || len(some) != 2 || some[0].ID != ids[2] || some[1].ID != ids[6] {
			t.Errorf("%v, %v", some, err)
		}
	})

	t.Run("many moves at once are each made once", func(t *testing.T) {
		journal, ids := open(t, Bills(200))
		var all sync.WaitGroup
		for _, id := range ids {
			all.Go(func() {
				row, err := journal.Intend(ctx, find(t, journal, id), at(1))
				if err == nil {
					err = journal.Move(ctx, batch.Move{ID: id, Cause: batch.BySend, From: batch.Sending, To: batch.Completed, At: at(2), Answer: ums.Answer{
						Code: "SUCCESS", Payment: ums.Payment{MerOrderID: row.OrderID, Status: "TRADE_SUCCESS", TotalAmount: row.Amount, SettleDate: "2026-11-20"},
					}})
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		rows, err := journal.Rows(ctx, batch.Pending, 0, 1000, nil)
		if err != nil || len(rows) != 0 {
			t.Errorf("%d still pending, %v", len(rows), err)
		}
		for _, id := range ids {
			if row := find(t, journal, id); row.State != batch.Completed || row.Payment.TotalAmount != row.Amount {
				t.Errorf("%+v", row)
			}
		}
	})
}

// bring takes a pending row to a state, by permitted moves.
func bring(t *testing.T, journal batch.Journal, id int64, state batch.State) batch.Row {
	t.Helper()
	ctx := context.Background()
	send := func(to batch.State, code string) batch.Move {
		return batch.Move{ID: id, Cause: batch.BySend, From: batch.Sending, To: to, At: at(2), Answer: ums.Answer{Code: code, Message: code}}
	}
	if state != batch.Pending {
		row := intend(t, journal, id, at(1))
		switch state {
		case batch.Sending:
		case batch.Completed:
			move := send(batch.Completed, "SUCCESS")
			move.Answer.Payment = ums.Payment{MerOrderID: row.OrderID, Status: "TRADE_SUCCESS", TotalAmount: row.Amount}
			must(t, journal.Move(ctx, move))
		case batch.Held:
			must(t, journal.Move(ctx, send(batch.Unknown, "other_amount")))
			must(t, journal.Move(ctx, batch.Move{ID: id, Cause: batch.ByQuery, From: batch.Unknown, To: batch.Held, At: at(3)}))
		default:
			must(t, journal.Move(ctx, send(state, "FIRST_CODE")))
		}
	}
	return find(t, journal, id)
}

func intend(t *testing.T, journal batch.Journal, id int64, now time.Time) batch.Row {
	t.Helper()
	row, err := journal.Intend(context.Background(), find(t, journal, id), now)
	must(t, err)
	return row
}

// finder is what the suite needs to look at a row in a final state.
type finder interface {
	Row(ctx context.Context, id int64) (batch.Row, error)
}

func find(t *testing.T, journal batch.Journal, id int64) batch.Row {
	t.Helper()
	row, err := journal.(finder).Row(context.Background(), id)
	must(t, err)
	return row
}

func only(t *testing.T, journal batch.Journal, state batch.State) batch.Row {
	t.Helper()
	rows, err := journal.Rows(context.Background(), state, 0, 10, nil)
	must(t, err)
	if len(rows) != 1 {
		t.Fatalf("%d rows are %s", len(rows), state)
	}
	return rows[0]
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
