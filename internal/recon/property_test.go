package recon

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
	"batchcomplete/internal/ums"
)

// world is some rows and some lines, of a few bills that meet often.
type world struct {
	rows  []batch.Row
	lines []stmtLine
}

var someDates = []string{day20, day21, ""}

func drawWorld(t *rapid.T) world {
	var w world
	for n := range rapid.IntRange(0, 12).Draw(t, "rows") {
		id := rapid.IntRange(1, 8).Draw(t, "bill")
		state := rapid.SampledFrom([]batch.State{batch.Completed, batch.Completed, batch.Completed, batch.Unknown, batch.Held, batch.Pending, batch.Declined, batch.Duplicate, batch.Invalid}).Draw(t, "state")
		fen := money.Fen(rapid.SampledFrom([]int{1000, 1001}).Draw(t, "fen"))
		row := bill(id, in(state), func(r *batch.Row) { r.Line, r.ID, r.Amount = n+1, int64(n+1), fen })
		// Rows of one bill twice come from two checkpoints.
		row.BillNo = fmt.Sprintf("124F%08d", n)
		if state == batch.Completed {
			row.Payment = ums.Payment{SettleDate: rapid.SampledFrom(someDates).Draw(t, "date"), TotalAmount: fen, PaySeqID: rapid.SampledFrom([]string{"", fmt.Sprintf("%011dN", id)}).Draw(t, "ref")}
		}
		row.Generation = rapid.IntRange(0, 1).Draw(t, "generation")
		w.rows = append(w.rows, row)
	}
	for range rapid.IntRange(0, 12).Draw(t, "lines") {
		l := lineOf(rapid.IntRange(1, 10).Draw(t, "bill"), func(l *stmtLine) {
			l.date = rapid.SampledFrom(someDates[:2]).Draw(t, "date")
			l.kind = rapid.SampledFrom([]string{"预授权完成", "预授权完成", "预授权完成", "退货", "预授权完成撤销", "消费"}).Draw(t, "kind")
			l.fen = money.Fen(rapid.SampledFrom([]int{1000, 1001}).Draw(t, "fen"))
			l.fee = money.Fen(rapid.IntRange(6, 7).Draw(t, "fee"))
		})
		switch rapid.IntRange(0, 3).Draw(t, "keys") {
		case 0:
			l.ref = ""
		case 1:
			l.order = ""
		}
		w.lines = append(w.lines, l)
	}
	return w
}

func (w world) reconcile(t *rapid.T, sel Selection) Result {
	fees, err := CheckFees([]FeeRule{{Rate: "60"}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Reconcile(sourceOf(w.rows...), sel, Input{Statements: []StatementFile{statementOf(w.lines...)}, Layouts: BuiltIn(), Fees: fees, Today: "2026-11-23"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var someSelections = []Selection{{}, {Dates: []string{day20}}, {From: day21}, {To: "2026-11-19"}}

// TestEveryInputIsInExactlyOnePlaceAndNoMoneyIsLost counts the places of rows and
// lines against what went in.
func TestEveryInputIsInExactlyOnePlaceAndNoMoneyIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, sel := drawWorld(t), rapid.SampledFrom(someSelections).Draw(t, "selection")
		r := w.reconcile(t, sel)
		defer r.Close()
		x := r.Matching
		if len(w.lines) != x.Lines {
			t.Fatalf("%d lines went in, %d were read", len(w.lines), x.Lines)
		}
		lineBreaks, rowBreaks := map[int]int{}, map[int]int{}
		for _, b := range x.Breaks {
			if b.Theirs != nil && b.Why != "row" {
				lineBreaks[b.Theirs.Line]++
			}
			if b.Ours != nil && (b.Why == "row" || b.Kind != Duplicate && b.Kind != Reversed && b.Why != "older") {
				rowBreaks[b.Ours.Line]++
			}
		}
		for line, n := range lineBreaks {
			if n != 1 {
				t.Errorf("line %d is in %d breaks", line, n)
			}
		}
		if got := x.Matched + x.Other + x.OutOfScope + len(lineBreaks); got != x.Lines {
			t.Errorf("%d matched + %d other + %d out of scope + %d in breaks of %d lines", x.Matched, x.Other, x.OutOfScope, len(lineBreaks), x.Lines)
		}
		matched := 0
		for i, row := range w.rows {
			mk := x.m.marks[i]
			if mk.place == Matched {
				matched++
			}
			if (rowBreaks[row.Line] == 1) != mk.place.isBreak() {
				t.Errorf("row %d is at %q and in %d breaks", row.Line, mk.place, rowBreaks[row.Line])
			}
			if mk.flags&(completed|inScope) == completed|inScope && mk.place == Nowhere {
				t.Errorf("row %d has no place", row.Line)
			}
		}
		if matched != x.Matched {
			t.Errorf("%d rows and %d lines are matched", matched, x.Matched)
		}
		var net, theirs money.Fen
		for _, l := range w.lines {
			if !sel.Selects(l.date) {
				continue
			}
			if l.kind == "预授权完成" || l.kind == "消费" {
				net += l.fen - l.fee
			} else {
				net -= l.fen - l.fee
			}
		}
		for _, s := range x.Theirs {
			theirs += s.Credit() + s.OtherNet
			if s.Settled != s.Credit()+s.OtherNet {
				t.Errorf("%+v: the statement settles another amount", s)
			}
		}
		if net != theirs {
			t.Errorf("%s went in, %s is expected at the bank", net, theirs)
		}
		if !r.TiesOut() {
			t.Error("it does not tie out")
		}
	})
}

// verdicts lists what came out, without the numbers that rows and lines have.
func (r Result) outcome() string {
	var all []string
	for _, b := range r.Matching.Breaks {
		text := fmt.Sprint(b.Kind, b.Fen, b.Why)
		if b.Ours != nil {
			text += b.Ours.OrderID + b.Ours.SettleDate + string(b.Ours.State)
		}
		if b.Theirs != nil {
			text += fmt.Sprint(b.Theirs.Ref, b.Theirs.Order, b.Theirs.Type, b.Theirs.SettleDate, b.Theirs.Fen, b.Theirs.Fee)
		}
		all = append(all, text)
	}
	slices.Sort(all)
	x := r.Matching
	return fmt.Sprint(x.Matched, x.Other, x.OutOfScope, x.Theirs, "\n"+strings.Join(all, "\n"))
}

func TestTheOrderOfTheInputDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, sel := drawWorld(t), rapid.SampledFrom(someSelections).Draw(t, "selection")
		one := w.reconcile(t, sel)
		defer one.Close()
		shuffled := world{rapid.Permutation(w.rows).Draw(t, "rows"), rapid.Permutation(w.lines).Draw(t, "lines")}
		two := shuffled.reconcile(t, sel)
		defer two.Close()
		if one.outcome() != two.outcome() {
			t.Errorf("%s\n--- in another order:\n%s", one.outcome(), two.outcome())
		}
	})
}

func TestACarryOverBookComesBackAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		r := w.reconcile(t, Selection{})
		defer r.Close()
		var text bytes.Buffer
		book := Carry{Env: "test", Breaks: r.Matching.Breaks}
		if err := book.Write(&text); err != nil {
			t.Fatal(err)
		}
		again, err := ReadCarry(bytes.NewReader(text.Bytes()), "test")
		if err != nil || fmt.Sprintf("%+v", told(again.Breaks)) != fmt.Sprintf("%+v", told(book.Breaks)) {
			t.Fatalf("%v, %v", again, err)
		}
		// Nothing is cleared by a day on which nothing was looked at.
		next := again.next(nil, map[key]bool{}, "2026-11-24")
		for _, b := range next {
			if b.Cleared != "" && b.Ours != nil {
				t.Errorf("%s was cleared, and its row was not met", b.Key)
			}
		}
		if _, err := ReadCarry(bytes.NewReader(text.Bytes()), "prod"); err == nil {
			t.Error("a book of another environment was read")
		}
	})
}

func TestFeesAreRoundedHalfUpAndCapped(t *testing.T) {
	fees, err := CheckFees([]FeeRule{{MID: "a", Card: "借记卡", Rate: "38", Cap: 1800}, {MID: "a", Rate: "52.5"}, {Card: "境外卡", Rate: "0"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		mid, card string
		fen, due  money.Fen
	}{
		{"a", "借记卡", 10000, 38}, {"a", "借记卡", 131, 0}, {"a", "借记卡", 132, 1}, {"a", "借记卡", 100_000_000, 1800},
		{"a", "贷记卡", 100, 1}, {"a", "贷记卡", 95, 0}, {"a", "贷记卡", 96, 1}, {"b", "境外卡", 100, 0}, {"b", "借记卡", 100, unchecked},
	} {
		if got := fees.due(c.mid, c.card, c.fen); got != c.due {
			t.Errorf("%+v: %d", c, got)
		}
	}
	for _, rate := range []string{"", "x", "-1", "0.6%", "1001", "1.23456", "1e2", ".5"} {
		if _, err := CheckFees([]FeeRule{{Rate: rate}}); err == nil {
			t.Errorf("%q was taken for a rate", rate)
		}
	}
}

func TestBanksWorkAsTheNoticesSay(t *testing.T) {
	c, err := NewCalendar([]string{"2027-01-01"}, []string{"2027-01-03"})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		from, to string
		days     int
	}{
		{"2026-11-20", "2026-11-20", 0}, {"2026-11-20", "2026-11-23", 1}, {"2026-09-30", "2026-10-08", 1}, {"2026-10-08", "2026-10-10", 2},
		{"2026-02-13", "2026-02-24", 2}, {"2026-12-31", "2027-01-04", 2}, {"2026-11-23", "2026-11-20", 0},
	} {
		if got := c.Since(x.from, x.to); got != x.days {
			t.Errorf("%s to %s: %d working days, want %d", x.from, x.to, got, x.days)
		}
	}
	if c.Years() != "2025, 2026" {
		t.Error(c.Years())
	}
	// 2026 has 365 days, 261 of them Monday to Friday; the notice gives 33 days off, and has 6 made up.
	n := 0
	for day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == 2026; day = day.AddDate(0, 0, 1) {
		if c.Works(day) {
			n++
		}
	}
	if n != 248 {
		t.Errorf("2026 has %d working days", n)
	}
}
