package batch

import (
	"time"

	"batchcomplete/internal/ums"
)

// AfterSend says where the answer to a send takes a sending row. Anything that
// is not plainly one of the three other outcomes leaves it unknown.
func AfterSend(a ums.Answer) State {
	switch a.Outcome {
	case ums.Completed:
		return Completed
	case ums.Declined:
		return Declined
	case ums.NotExecuted:
		return Pending
	}
	return Unknown
}

// AfterQuery says where the answer to a query, had at now, takes an unknown
// row, and which absence counts from then on. window is --settle-window.
//
// An absence proves nothing while a request may still be under way. It counts
// when it was found at least a window after the last send; two that count, a
// tenth of a window apart, and nothing else said in between, prove that the
// completion was not executed. What that means for the row depends on how the
// send was answered (ums.IfAbsent).
func AfterQuery(row Row, a ums.Answer, now time.Time, window time.Duration) (to State, absentAt time.Time) {
	switch a.Outcome {
	case ums.Completed:
		return Completed, time.Time{}
	case ums.Declined:
		return Declined, time.Time{}
	case ums.Contradictory:
		return Held, time.Time{}
	case ums.Absent:
		return afterAbsence(row, now, window)
	}
	return Unknown, time.Time{}
}

func afterAbsence(row Row, now time.Time, window time.Duration) (State, time.Time) {
	switch {
	case now.Sub(row.SentAt) < window:
		return Unknown, time.Time{}
	case row.Sends == 1 && ums.AbsentNeedsOneQuery(row.SendCode):
		// The gateway refused the only send of this order id outright, so one absence
		// is enough; but not an early one, since its books may lag.
		return provenAbsent(row), time.Time{}
	case row.AbsentAt.IsZero() || row.AbsentAt.Before(row.SentAt):
		return Unknown, now
	case now.Sub(row.AbsentAt) < window/10:
		return Unknown, row.AbsentAt
	}
	return provenAbsent(row), time.Time{}
}

// Forgotten tells whether the answer to a send shows that the journal has
// forgotten an earlier one: the derived order id, which nothing but this program
// makes, was sent for the first time, and is used already.
func Forgotten(row Row, a ums.Answer) bool {
	return a.Code == ums.CodeDupOrder && row.Sends == 1 && row.AuthedOrderID == ""
}

// Lapse is how long an authorisation lasts (gateway.md §3), and a day: a refused
// bill that is older was not retried.
const Lapse = 31 * 24 * time.Hour

// Concerned tells whether a journal that may have forgotten what was sent before
// that moment has to ask about a row before it believes what it has: the bill
// existed by then (its date is not after that day, Beijing time), and nothing was
// sent or asked about it since. What it has as pending may have been sent, what
// it has as unknown or declined may have been settled and sent again.
func Concerned(row Row, before time.Time) bool {
	if !row.SentAt.Before(before) || row.BillDate > DayOf(before) {
		return false
	}
	switch row.State {
	case Pending, Unknown:
		return true
	case Declined:
		return row.BillDate >= DayOf(before.Add(-Lapse))
	}
	return false
}

// ForgottenCode is the code that a row that Concerned names is marked with: it
// decides what a later absence means, and a declined row stays so.
func ForgottenCode(from State) string {
	if from == Declined {
		return ums.CodeForgottenRefusal
	}
	return ums.CodeForgotten
}

// suspected tells whether a row's doubt is only that the journal may have
// forgotten something.
func suspected(row Row) bool {
	return row.SendCode == ums.CodeForgotten || row.SendCode == ums.CodeForgottenRefusal
}

// DayOf is the day of a moment in Beijing time, as bill dates are written.
func DayOf(at time.Time) string { return at.In(beijing).Format(time.DateOnly) }

var beijing = time.FixedZone("CST", 8*60*60)

func provenAbsent(row Row) State {
	switch ums.IfAbsent(row.SendCode) {
	case ums.NotExecuted:
		return Pending
	case ums.Declined:
		return Declined
	}
	return Held
}

// querySchedule is when a row in doubt is asked about, in hundredths of the
// settle window after its last send: soon, since most doubts are cleared up by
// the first answer; then less and less often; then when absences count.
var querySchedule = []time.Duration{1, 3, 10, 30, 100, 110}

// verifySchedule is the same for a row whose send the journal may have forgotten:
// most are cleared up at once, and the others wait until absences count.
var verifySchedule = []time.Duration{0, 100, 110}

// NextQuery says when a row in doubt is to be asked about next. asked is when
// this run asked last; zero where it has not.
func NextQuery(row Row, asked time.Time, window time.Duration) time.Time {
	earliest := row.SentAt.Add(ums.QueryAfter(row.SendCode))
	if !row.AbsentAt.IsZero() && !asked.IsZero() {
		return later(earliest, asked.Add(window/10))
	}
	schedule := querySchedule
	if suspected(row) {
		schedule = verifySchedule
	}
	for _, hundredths := range schedule {
		if due := row.SentAt.Add(window * hundredths / 100); asked.IsZero() || due.After(asked) {
			return later(earliest, due)
		}
	}
	return later(earliest, asked.Add(window/2))
}

// clockTolerance is how far wall clock and elapsed time, or this machine's clock
// and the gateway's, may come apart.
const clockTolerance = 5 * time.Minute

// byOneClock refuses an absence that was found while this machine's clock and the
// gateway's disagree: whether the settle window is over cannot be told then.
func byOneClock(a ums.Answer, now time.Time) ums.Answer {
	if a.Outcome == ums.Absent && !a.GatewayTime.IsZero() && now.Sub(a.GatewayTime).Abs() > clockTolerance {
		a.Outcome, a.Code = ums.Unknown, ums.CodeClock
	}
	return a
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// ClockJumped tells whether the machine's clock was set while the program ran:
// the wall clock went on by wall while elapsed passed, and they have come apart
// by more than tolerance. Waiting periods that rest on stored times can then not
// be trusted.
func ClockJumped(wall, elapsed, tolerance time.Duration) bool {
	return (wall - elapsed).Abs() > tolerance
}
