package batch

import (
	"testing"
	"time"

	"batchcomplete/internal/ums"
)

const window = 10 * time.Minute

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func TestOnlyProofTakesASendingRowAnywhereButToUnknown(t *testing.T) {
	for outcome, want := range map[ums.Outcome]State{
		ums.Unknown:       Unknown,
		ums.Completed:     Completed,
		ums.Declined:      Declined,
		ums.NotExecuted:   Pending,
		ums.Absent:        Unknown, // no answer to a send says so
		ums.Contradictory: Unknown,
		ums.Outcome(99):   Unknown,
	} {
		if got := AfterSend(ums.Answer{Outcome: outcome}); got != want {
			t.Errorf("%v: got %v, want %v", outcome, got, want)
		}
	}
	if got := AfterSend(ums.Answer{}); got != Unknown {
		t.Errorf("an answer that nobody set: got %v", got)
	}
}

func TestOneAbsenceProvesNothing(t *testing.T) {
	at := func(d time.Duration) time.Time { return noon.Add(d) }
	for _, c := range []struct {
		name     string
		row      Row
		outcome  ums.Outcome
		now      time.Time
		to       State
		absentAt time.Time
	}{
		{"absent too early", Row{SentAt: noon}, ums.Absent, at(window - 1), Unknown, time.Time{}},
		{"first that counts", Row{SentAt: noon}, ums.Absent, at(window), Unknown, at(window)},
		{"second too soon after the first", Row{SentAt: noon, AbsentAt: at(window)}, ums.Absent, at(window + window/10 - 1), Unknown, at(window)},
		{"second, a tenth later", Row{SentAt: noon, AbsentAt: at(window)}, ums.Absent, at(window + window/10), Pending, time.Time{}},
		{"unclear in between starts over", Row{SentAt: noon, AbsentAt: at(window)}, ums.Unknown, at(2 * window), Unknown, time.Time{}},
		{"sent again since", Row{SentAt: at(window), AbsentAt: noon}, ums.Absent, at(2 * window), Unknown, at(2 * window)},
		{"clock went back", Row{SentAt: noon}, ums.Absent, at(-time.Hour), Unknown, time.Time{}},
		{"channel failed, proven absent", Row{SentAt: noon, AbsentAt: at(window), SendCode: "TARGET_FAIL"}, ums.Absent, at(2 * window), Declined, time.Time{}},
		{"channel failed, one absence", Row{SentAt: noon, SendCode: "TARGET_FAIL"}, ums.Absent, at(2 * window), Unknown, at(2 * window)},
		{"id used already, yet no trace", Row{SentAt: noon, AbsentAt: at(window), SendCode: "DUP_ORDER"}, ums.Absent, at(2 * window), Held, time.Time{}},
		{"not allowed, the only send, too early", Row{SentAt: noon, Sends: 1, SendCode: "OPERATION_NOT_ALLOWED"}, ums.Absent, at(window - time.Second), Unknown, time.Time{}},
		{"not allowed, the only send", Row{SentAt: noon, Sends: 1, SendCode: "OPERATION_NOT_ALLOWED"}, ums.Absent, at(window), Declined, time.Time{}},
		{"not allowed, sent before", Row{SentAt: noon, Sends: 2, SendCode: "OPERATION_NOT_ALLOWED"}, ums.Absent, at(window), Unknown, at(window)},
		{"found", Row{SentAt: noon}, ums.Completed, at(1), Completed, time.Time{}},
		{"closed", Row{SentAt: noon}, ums.Declined, at(1), Declined, time.Time{}},
		{"another's", Row{SentAt: noon}, ums.Contradictory, at(1), Held, time.Time{}},
		{"query refused", Row{SentAt: noon}, ums.NotExecuted, at(2 * window), Unknown, time.Time{}},
	} {
		to, absentAt := AfterQuery(c.row, ums.Answer{Outcome: c.outcome}, c.now, window)
		if to != c.to || !absentAt.Equal(c.absentAt) {
			t.Errorf("%s: got %v, absence %v; want %v, %v", c.name, to, absentAt, c.to, c.absentAt)
		}
	}
}

func TestQueriesBackOffAndMeetTheSettleWindow(t *testing.T) {
	row := Row{SentAt: noon}
	var asked time.Time
	var offsets []time.Duration
	for range 8 {
		asked = NextQuery(row, asked, window)
		offsets = append(offsets, asked.Sub(noon))
	}
	want := []time.Duration{6 * time.Second, 18 * time.Second, time.Minute, 3 * time.Minute, 10 * time.Minute, 11 * time.Minute, 16 * time.Minute, 21 * time.Minute}
	for i := range want {
		if offsets[i] != want[i] {
			t.Fatalf("asked at %v after the send, want %v", offsets, want)
		}
	}
	locked := Row{SentAt: noon, SendCode: "ORDER_PROCESSING"}
	if due := NextQuery(locked, time.Time{}, window); due.Sub(noon) < time.Minute {
		t.Errorf("an order that is locked for about a minute is asked about after %v", due.Sub(noon))
	}
	voted := Row{SentAt: noon, AbsentAt: noon.Add(window)}
	if due := NextQuery(voted, noon.Add(window), window); due.Sub(noon) != window+window/10 {
		t.Errorf("the second absence is sought %v after the send", due.Sub(noon))
	}
}

func TestOrderIDDependsOnIdentityAndGenerationAlone(t *testing.T) {
	id := Identity{MID: "89844035541APR4", BillDate: "2026-11-20", BillNo: "124F2026112012562344830889"}
	first := OrderID("prod", "", id, 0)
	if first != OrderID("prod", "124F", id, 0) {
		t.Error("the source code defaults to the bill number's first four characters")
	}
	if len(first) != 26 || first[:4] != "124F" {
		t.Errorf("%q is not a source code and 22 digits", first)
	}
	others := map[string]string{
		"generation":  OrderID("prod", "", id, 1),
		"environment": OrderID("test", "", id, 0),
		"mid":         OrderID("prod", "", Identity{"89844035541APR5", id.BillDate, id.BillNo}, 0),
		"billDate":    OrderID("prod", "", Identity{id.MID, "2026-11-21", id.BillNo}, 0),
		"billNo":      OrderID("prod", "", Identity{id.MID, id.BillDate, id.BillNo + "0"}, 0),
		"shifted":     OrderID("prod", "124F", Identity{id.MID + "2", "026-11-20", id.BillNo}, 0),
	}
	for what, other := range others {
		if other == first {
			t.Errorf("another %s gives the same order id", what)
		}
	}
	// The derivation is a contract with every checkpoint and with the gateway: a
	// change of it would send bills that are in doubt under another id.
	if first != "124F"+pinned {
		t.Errorf("the derivation changed: %s", first)
	}
	for billNo, zeros := range map[string]string{"124F55972": "124F0000051565816223181284", "124F3103": "124F4451704240700001969005"} {
		if got := OrderID("test", "", Identity{"M", "2026-11-20", billNo}, 1); got != zeros {
			t.Errorf("the derivation changed: %s, want %s", got, zeros)
		}
	}
}

const pinned = "3692176284098665686249"

func TestClockThatIsSetIsSeen(t *testing.T) {
	for _, c := range []struct {
		wall, elapsed time.Duration
		want          bool
	}{
		{time.Hour, time.Hour, false},
		{time.Hour + time.Minute, time.Hour, false},
		{3 * time.Hour, time.Hour, true},
		{-time.Hour, time.Second, true},
	} {
		if got := ClockJumped(c.wall, c.elapsed, clockTolerance); got != c.want {
			t.Errorf("wall clock %v in %v: got %v", c.wall, c.elapsed, got)
		}
	}
}
