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
	// Where the gateway refused the only send of this order id outright, there is
	// no request of ours that could still be under way.
	if row.Sends == 1 && ums.AbsentNeedsOneQuery(row.SendCode) {
		return provenAbsent(row), time.Time{}
	}
	switch {
	case now.Sub(row.SentAt) < window:
		return Unknown, time.Time{}
	case row.AbsentAt.IsZero() || row.AbsentAt.Before(row.SentAt):
		return Unknown, now
	case now.Sub(row.AbsentAt) < window/10:
		return Unknown, row.AbsentAt
	}
	return provenAbsent(row), time.Time{}
}

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

// NextQuery says when a row in doubt is to be asked about next. asked is when
// this run asked last; zero where it has not.
func NextQuery(row Row, asked time.Time, window time.Duration) time.Time {
	earliest := row.SentAt.Add(ums.QueryAfter(row.SendCode))
	if !row.AbsentAt.IsZero() && !asked.IsZero() {
		return later(earliest, asked.Add(window/10))
	}
	for _, hundredths := range querySchedule {
		if due := row.SentAt.Add(window * hundredths / 100); asked.IsZero() || due.After(asked) {
			return later(earliest, due)
		}
	}
	return later(earliest, asked.Add(window/2))
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
