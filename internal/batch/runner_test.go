package batch_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/batch/journaltest"
	"batchcomplete/internal/money"
	"batchcomplete/internal/ums"
)

// gateway answers from functions and keeps its own account of what it was asked
// to do, which is what the tests hold the Runner to.
type gateway struct {
	mu       sync.Mutex
	complete func(n int, c ums.Completion) ums.Answer // n: the how-manieth send of that order id
	query    func(n int, c ums.Completion) ums.Answer
	sends    map[string]int
	queries  map[string]int
	during   map[string]bool
	raced    []string
	delay    time.Duration
}

func newGateway() *gateway {
	return &gateway{sends: map[string]int{}, queries: map[string]int{}, during: map[string]bool{}}
}

func done(c ums.Completion) ums.Answer {
	return ums.Answer{Outcome: ums.Completed, Code: "SUCCESS", Payment: ums.Payment{
		MerOrderID: c.AuthedOrderID, TotalAmount: c.TotalAmount, Status: "TRADE_SUCCESS", SettleDate: "2026-11-20",
	}}
}

func (g *gateway) Complete(ctx context.Context, c ums.Completion) ums.Answer {
	return g.called(ctx, c, g.sends, g.complete, done)
}

func (g *gateway) Query(ctx context.Context, c ums.Completion) ums.Answer {
	absent := func(ums.Completion) ums.Answer { return ums.Answer{Outcome: ums.Absent, Code: "no_payment"} }
	return g.called(ctx, c, g.queries, g.query, absent)
}

func (g *gateway) called(ctx context.Context, c ums.Completion, count map[string]int,
	script func(int, ums.Completion) ums.Answer, otherwise func(ums.Completion) ums.Answer) ums.Answer {
	g.mu.Lock()
	if g.during[c.BillNo] {
		g.raced = append(g.raced, c.BillNo)
	}
	g.during[c.BillNo] = true
	count[c.AuthedOrderID]++
	n := count[c.AuthedOrderID]
	g.mu.Unlock()
	if g.delay > 0 {
		select {
		case <-time.After(g.delay):
		case <-ctx.Done():
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.during[c.BillNo] = false
	if script != nil {
		return script(n, c)
	}
	return otherwise(c)
}

func rowsOf(n int) []batch.Row {
	var rows []batch.Row
	for i := range n {
		b := batch.Bill{MID: "M1", BillNo: fmt.Sprintf("124F%08d", i), BillDate: "2026-11-20", Amount: 100, AuthIDRespCd: "000665"}
		rows = append(rows, batch.Row{ID: int64(i + 1), Batch: "b", Line: i + 2, Bill: b, State: batch.Pending,
			OrderID: batch.OrderID("test", "", b.Identity(), 0)})
	}
	return rows
}

func runner(g *gateway, j batch.Journal) *batch.Runner {
	return &batch.Runner{
		Gateway: g, Journal: j, Pace: func(ctx context.Context) error { return ctx.Err() }, Now: time.Now,
		Send: true, Workers: 8, SettleWindow: 10 * time.Minute, ResolveFor: 15 * time.Minute, StopAfterFailures: 10,
	}
}

func states(t *testing.T, j *journaltest.Memory) map[batch.State]int {
	t.Helper()
	count := map[batch.State]int{}
	for _, row := range j.All() {
		count[row.State]++
	}
	return count
}

func run(t *testing.T, r *batch.Runner) batch.Stop {
	t.Helper()
	stop, err := r.Run(t.Context(), t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return stop
}

func TestEveryPendingRowIsSentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, j := newGateway(), journaltest.NewMemory(rowsOf(1200)...)
		if stop := run(t, runner(g, j)); stop != batch.NotStopped {
			t.Errorf("stopped: %v", stop)
		}
		if got := states(t, j); got[batch.Completed] != 1200 {
			t.Errorf("states: %v", got)
		}
		for id, n := range g.sends {
			if n != 1 {
				t.Errorf("order %s was sent %d times", id, n)
			}
		}
		run(t, runner(g, j))
		if len(g.sends) != 1200 || len(g.queries) != 0 {
			t.Error("a second run sent or asked something")
		}
	})
}

func TestTheZeroRunnerSendsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, j := newGateway(), journaltest.NewMemory(rowsOf(3)...)
		r := &batch.Runner{Gateway: g, Journal: j, Pace: func(context.Context) error { return nil }, Now: time.Now}
		run(t, r)
		if len(g.sends) != 0 {
			t.Errorf("it sent %v", g.sends)
		}
	})
}

func TestATimeoutIsAskedAboutAndNeverSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, j := newGateway(), journaltest.NewMemory(rowsOf(3)...)
		g.complete = func(int, ums.Completion) ums.Answer { return ums.Answer{Code: "timeout"} }
		g.query = func(n int, c ums.Completion) ums.Answer {
			if n < 3 {
				return ums.Answer{Code: "payment_open"}
			}
			return done(c)
		}
		run(t, runner(g, j))
		if got := states(t, j); got[batch.Completed] != 3 {
			t.Errorf("states: %v", got)
		}
		for id, n := range g.sends {
			if n != 1 {
				t.Errorf("order %s was sent %d times", id, n)
			}
		}
	})
}

func TestProvenAbsentIsSentAgainUnderTheSameOrderID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, j := newGateway(), journaltest.NewMemory(rowsOf(1)...)
		began := time.Now()
		var again time.Duration
		g.complete = func(n int, c ums.Completion) ums.Answer {
			if n == 1 {
				return ums.Answer{Code: "timeout"}
			}
			again = time.Since(began)
			return done(c)
		}
		run(t, runner(g, j))
		if got := states(t, j); got[batch.Completed] != 1 || len(g.sends) != 1 {
			t.Errorf("states %v, order ids %v", got, g.sends)
		}
		if again < 11*time.Minute {
			t.Errorf("sent again %v after the first send: before the settle window and its tenth were over", again)
		}
	})
}

func TestOneRunSendsARowThreeTimesAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, j := newGateway(), journaltest.NewMemory(rowsOf(2)...)
		g.complete = func(int, ums.Completion) ums.Answer {
			return ums.Answer{Outcome: ums.NotExecuted, Code: "never_sent"}
		}
		r := runner(g, j)
		r.StopAfterFailures = 0
		run(t, r)
		for id, n := range g.sends {
			if n != 3 {
				t.Errorf("order %s was sent %d times", id, n)
			}
		}
		if got := states(t, j); got[batch.Pending] != 2 {
			t.Errorf("states: %v", got)
		}
	})
}

func TestAQueryNeverRacesASend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, j := newGateway(), journaltest.NewMemory(rowsOf(40)...)
		g.delay = 7 * time.Second
		g.complete = func(n int, c ums.Completion) ums.Answer {
			if n%2 == 1 {
				return ums.Answer{Code: "NET_ERROR"}
			}
			return done(c)
		}
		r := runner(g, j)
		r.StopAfterFailures = 0
		run(t, r)
		if len(g.raced) > 0 {
			t.Errorf("two requests of one bill were under way together: %v", g.raced)
		}
	})
}

func TestBrakes(t *testing.T) {
	refuse := func(scope ums.Scope, outcome ums.Outcome) func(int, ums.Completion) ums.Answer {
		return func(int, ums.Completion) ums.Answer { return ums.Answer{Outcome: outcome, Scope: scope, Code: "X"} }
	}
	for _, c := range []struct {
		name     string
		answer   func(int, ums.Completion) ums.Answer
		set      func(*batch.Runner)
		stop     batch.Stop
		atMost   int // sends
		leftover batch.State
	}{
		{"credentials refused", refuse(ums.ThisClient, ums.NotExecuted), nil, batch.ByClient, 8, batch.Pending},
		{"too many failures", refuse(ums.ThisRow, ums.Unknown), nil, batch.ByFailures, 17, batch.Pending},
		{"too much in doubt", refuse(ums.ThisRow, ums.Unknown), func(r *batch.Runner) { r.MaxUnknown, r.StopAfterFailures = 300, 0 }, batch.ByDoubt, 11, batch.Pending},
		{"merchant refused", refuse(ums.ThisMerchant, ums.Declined), nil, batch.ByMerchant, 16, batch.Pending},
		{"time is up", nil, func(r *batch.Runner) { r.Deadline = time.Now() }, batch.ByTime, 0, batch.Pending},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, j := newGateway(), journaltest.NewMemory(rowsOf(700)...)
				g.complete, g.delay = c.answer, time.Second
				r := runner(g, j)
				if c.set != nil {
					c.set(r)
				}
				if stop := run(t, r); stop != c.stop {
					t.Errorf("stopped by %q, want %q", stop, c.stop)
				}
				if len(g.sends) > c.atMost {
					t.Errorf("%d rows were sent, at most %d may be", len(g.sends), c.atMost)
				}
				if got := states(t, j); got[c.leftover] < 700-c.atMost || got[batch.Sending] > 0 {
					t.Errorf("states: %v", got)
				}
			})
		})
	}
}

func TestASignalFinishesWhatIsInFlightAndBeginsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, j := newGateway(), journaltest.NewMemory(rowsOf(100)...)
		g.delay = time.Second
		drain, signal := context.WithCancel(t.Context())
		time.AfterFunc(2500*time.Millisecond, signal)
		stop, err := runner(g, j).Run(drain, t.Context())
		if err != nil || stop != batch.BySignal {
			t.Errorf("stop %q, error %v", stop, err)
		}
		got := states(t, j)
		if got[batch.Completed] != 24 || got[batch.Pending] != 76 {
			t.Errorf("states: %v", got)
		}
	})
}

func TestASignalReachesThoseWhoWaitForTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, j := newGateway(), journaltest.NewMemory(rowsOf(20)...)
		r := runner(g, j)
		r.Pace = func(ctx context.Context) error {
			select {
			case <-time.After(time.Second):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		drain, signal := context.WithCancel(t.Context())
		time.AfterFunc(500*time.Millisecond, signal)
		if stop, err := r.Run(drain, t.Context()); err != nil || stop != batch.BySignal {
			t.Errorf("stop %q, error %v", stop, err)
		}
		if len(g.sends) != 0 {
			t.Errorf("sent after the signal: %v", g.sends)
		}
	})
}

func TestAJournalInDangerStopsTheRunAndLosesNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, j := newGateway(), journaltest.NewMemory(rowsOf(100)...)
		broken := &failing{Memory: j, after: 20}
		_, err := runner(g, broken).Run(t.Context(), t.Context())
		if !errors.Is(err, errDisk) {
			t.Errorf("error: %v", err)
		}
		if got := states(t, j); got[batch.Sending] > 8 || len(g.sends) > 28 {
			t.Errorf("states %v after %d sends", got, len(g.sends))
		}
		if _, err := runner(g, j).Run(t.Context(), t.Context()); err != nil {
			t.Fatal(err)
		}
		for id, n := range g.sends {
			if n != 1 && g.queries[id] < 2 {
				t.Errorf("order %s was sent %d times", id, n)
			}
		}
	})
}

var errDisk = errors.New("disk I/O error")

// failing is a journal whose moves fail after a number of them.
type failing struct {
	*journaltest.Memory
	mu    sync.Mutex
	after int
}

func (f *failing) Move(ctx context.Context, m batch.Move) error {
	f.mu.Lock()
	f.after--
	broken := f.after < 0
	f.mu.Unlock()
	if broken {
		return errDisk
	}
	return f.Memory.Move(ctx, m)
}

func TestWhatTheJournalForgotIsFoundBeforeItIsSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rows := rowsOf(4)
		for i := range rows {
			rows[i].BillDate = "1999-12-31" // the bubble's clock begins in 2000
		}
		g, j := newGateway(), journaltest.NewMemory(rows...)
		forgotten := j.All()[0].OrderID
		g.query = func(_ int, c ums.Completion) ums.Answer {
			if c.AuthedOrderID == forgotten {
				return done(c)
			}
			return ums.Answer{Outcome: ums.Absent}
		}
		if err := j.Distrust(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		g.complete = func(_ int, c ums.Completion) ums.Answer {
			if time.Since(began) < 10*time.Minute {
				t.Errorf("%s was sent %v after the run began: a send that was forgotten may still be under way", c.BillNo, time.Since(began))
			}
			return done(c)
		}
		run(t, runner(g, j))
		if g.sends[forgotten] != 0 || len(g.sends) != 3 {
			t.Errorf("sends: %v", g.sends)
		}
		if got := states(t, j); got[batch.Completed] != 4 {
			t.Errorf("states: %v", got)
		}
	})
}

func TestOnlyTheChosenRowsAreTouched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rows := rowsOf(1500)
		g, j := newGateway(), journaltest.NewMemory(rows...)
		r := runner(g, j)
		for i := 1; i < 1500; i += 3 {
			r.Among = append(r.Among, int64(i))
		}
		run(t, r)
		if got := states(t, j); got[batch.Completed] != 500 || len(g.sends) != 500 {
			t.Errorf("states %v, %d sent", got, len(g.sends))
		}
		var sum money.Fen
		for _, row := range j.All() {
			if row.State == batch.Completed {
				sum += row.Amount
			}
		}
		if sum != 50000 {
			t.Errorf("completed %v", sum)
		}
	})
}

// old makes rows whose bills existed before the bubble's clock began.
func old(n int) []batch.Row {
	rows := rowsOf(n)
	for i := range rows {
		rows[i].BillDate = "1999-12-31"
	}
	return rows
}

func TestAnOrderIDThatIsUsedAlreadyMakesTheRestBeAskedAboutFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rows := old(30)
		g, j := newGateway(), journaltest.NewMemory(rows...)
		g.delay = time.Second
		executed := map[string]bool{} // by runs that the journal has forgotten
		for _, row := range rows[:20] {
			executed[row.OrderID] = true
		}
		g.complete = func(_ int, c ums.Completion) ums.Answer {
			if executed[c.AuthedOrderID] {
				return ums.Answer{Code: ums.CodeDupOrder}
			}
			return done(c)
		}
		g.query = func(_ int, c ums.Completion) ums.Answer {
			if executed[c.AuthedOrderID] || g.sends[c.AuthedOrderID] > 0 {
				return done(c)
			}
			return ums.Answer{Outcome: ums.Absent}
		}
		run(t, runner(g, j))
		if got := states(t, j); got[batch.Completed] != 30 {
			t.Errorf("states: %v", got)
		}
		sentUsed := 0
		for id := range g.sends {
			if executed[id] {
				sentUsed++
			}
		}
		if sentUsed > 8 { // what was in flight when the first answer came
			t.Errorf("%d order ids that are used already were sent", sentUsed)
		}
	})
}

func TestACompletionUnderALaterOrderIDIsFoundAndHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rows := old(1)
		g, j := newGateway(), journaltest.NewMemory(rows...)
		later := batch.OrderID("test", "", rows[0].Identity(), 2)
		g.query = func(_ int, c ums.Completion) ums.Answer {
			if c.AuthedOrderID == later {
				return done(c)
			}
			return ums.Answer{Outcome: ums.Absent}
		}
		if err := j.Distrust(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		r := runner(g, j)
		r.Env = "test"
		run(t, r)
		row := j.All()[0]
		if row.State != batch.Held || row.Message != later || len(g.sends) != 0 {
			t.Errorf("%s, %q, sends %v", row.State, row.Message, g.sends)
		}
	})
}

func TestAnAbsenceProvesNothingWhileTheClocksDisagree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, j := newGateway(), journaltest.NewMemory(rowsOf(1)...)
		g.complete = func(int, ums.Completion) ums.Answer { return ums.Answer{Code: "timeout"} }
		g.query = func(int, ums.Completion) ums.Answer {
			return ums.Answer{Outcome: ums.Absent, Code: ums.CodeNoPayment, GatewayTime: time.Now().Add(-6 * time.Minute)}
		}
		run(t, runner(g, j))
		if row := j.All()[0]; row.State != batch.Unknown || row.Code != ums.CodeClock || row.Attempts != 1 {
			t.Errorf("%s %s after %d attempts", row.State, row.Code, row.Attempts)
		}
	})
}

func TestAMissingSettleDateIsAskedForByLaterRunsAndNeverInvented(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, j := newGateway(), journaltest.NewMemory(rowsOf(2)...)
		undated := func(c ums.Completion) ums.Answer {
			a := done(c)
			a.Payment.SettleDate = ""
			return a
		}
		g.complete = func(_ int, c ums.Completion) ums.Answer { return undated(c) }
		g.query = func(n int, c ums.Completion) ums.Answer {
			if n < 2 {
				return undated(c)
			}
			return done(c)
		}
		for i, want := range []string{"", "", "2026-11-20", "2026-11-20"} {
			run(t, runner(g, j))
			for _, row := range j.All() {
				if row.State != batch.Completed || row.Payment.SettleDate != want || g.sends[row.OrderID] != 1 || g.queries[row.OrderID] != min(i, 2) {
					t.Errorf("run %d: %s, settle date %q, %d sends, %d queries", i+1, row.State, row.Payment.SettleDate, g.sends[row.OrderID], g.queries[row.OrderID])
				}
			}
		}
	})
}

func TestDoubtsOfEarlierRunsHoldSendsBackUntilTheyAreClearedUp(t *testing.T) {
	for _, found := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			rows := rowsOf(10)
			for i := range 5 {
				rows[i].State, rows[i].SentAt, rows[i].Sends = batch.Unknown, time.Now(), 1
			}
			g, j := newGateway(), journaltest.NewMemory(rows...)
			g.query = func(_ int, c ums.Completion) ums.Answer {
				if found {
					return done(c)
				}
				return ums.Answer{Code: ums.CodeOpen}
			}
			r := runner(g, j)
			r.MaxUnknown = 300
			stop := run(t, r)
			got := states(t, j)
			switch {
			case found && (stop != batch.NotStopped || got[batch.Completed] != 10):
				t.Errorf("cleared up, yet %q and %v", stop, got)
			case !found && (stop != batch.ByDoubt || len(g.sends) != 0 || got[batch.Pending] != 5):
				t.Errorf("not cleared up, yet %q, %v, %d sends", stop, got, len(g.sends))
			}
		})
	}
}

func TestARefusedBillWhoseRetryWasForgottenIsFoundOrStaysDeclined(t *testing.T) {
	for _, c := range []struct {
		retried bool
		want    batch.State
	}{{true, batch.Held}, {false, batch.Declined}} {
		synctest.Test(t, func(t *testing.T) {
			rows := old(1)
			rows[0].State, rows[0].Code, rows[0].SendCode, rows[0].Sends, rows[0].Attempts = batch.Declined, "NO_BILL", "NO_BILL", 1, 1
			g, j := newGateway(), journaltest.NewMemory(rows...)
			later := batch.OrderID("test", "", rows[0].Identity(), 1)
			g.query = func(_ int, c2 ums.Completion) ums.Answer {
				if c.retried && c2.AuthedOrderID == later {
					return done(c2)
				}
				return ums.Answer{Outcome: ums.Absent}
			}
			if err := j.Distrust(t.Context(), time.Now()); err != nil {
				t.Fatal(err)
			}
			r := runner(g, j)
			r.Env = "test"
			run(t, r)
			if row := j.All()[0]; row.State != c.want || len(g.sends) != 0 {
				t.Errorf("retried %v: %s, sends %v", c.retried, row.State, g.sends)
			}
		})
	}
}

func TestTheSettleWindowCountsFromWhenASendWasGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, j := newGateway(), journaltest.NewMemory(rowsOf(1)...)
		var givenUp time.Time
		g.complete = func(n int, c ums.Completion) ums.Answer {
			if n == 1 {
				time.Sleep(20 * time.Minute) // --timeout is longer than --settle-window
				givenUp = time.Now()
				return ums.Answer{Code: ums.CodeTimeout}
			}
			if since := time.Since(givenUp); since < 11*time.Minute {
				t.Errorf("sent again %v after the first send was given up", since)
			}
			return done(c)
		}
		run(t, runner(g, j))
		if got := states(t, j); got[batch.Completed] != 1 || givenUp.IsZero() {
			t.Errorf("states: %v", got)
		}
	})
}
