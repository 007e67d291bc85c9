package batch

import (
	"batchcomplete/internal/money"
	"batchcomplete/internal/ums"
)

// Stop says why a run began nothing new although there was more to do. The
// words are a contract: they stand in --json as "stopped".
type Stop string

// The reasons.
const (
	NotStopped   Stop = ""
	ByClient     Stop = "client_refused"    // credentials, clock or source refused
	ByFailures   Stop = "too_many_failures" // --stop-after-failures
	ByDoubt      Stop = "too_much_in_doubt" // --max-unknown-fen
	ByClock      Stop = "clock_jumped"      // the machine's clock was set during the run
	ByTime       Stop = "time_up"           // --until, --max-duration
	BySignal     Stop = "interrupted"       // SIGINT, SIGTERM
	ByMerchant   Stop = "merchant_refused"  // rows of a refused mid were left pending
	ByResolveFor Stop = "resolve_time_up"   // --resolve-for: rows left in doubt for the next run
)

// Brake tells whether the reason is a safety brake: exit code 5.
func (s Stop) Brake() bool {
	return s == ByClient || s == ByFailures || s == ByDoubt || s == ByClock
}

// brakes watch the answers of one run.
type brakes struct {
	failuresAllowed int       // in a row; 0: any number
	doubtAllowed    money.Fen // 0: any amount

	failures int
	doubt    money.Fen
	refused  map[string]bool // mids that the gateway refuses
}

// afterSend counts the answer to one send and tells whether the run must stop.
func (b *brakes) afterSend(row Row, to State, a ums.Answer) Stop {
	switch {
	case to == Completed || to == Declined:
		b.failures = 0
	case a.Outcome == ums.NotExecuted && (a.Throttled || a.Code == ums.CodeTokenExpired):
		// Being told to slow down, or to fetch another token, is no failure.
	default:
		b.failures++
	}
	if to == Unknown {
		b.doubt += row.Amount
		if b.tooMuchInDoubt() {
			return ByDoubt
		}
	}
	return b.judge(row, a)
}

// afterQuery counts the answer to one query of an unknown row.
func (b *brakes) afterQuery(row Row, to State, a ums.Answer) Stop {
	if to != Unknown {
		b.doubt -= doubtful(row)
	}
	return b.judge(row, a)
}

// tooMuchInDoubt tells whether nothing more may be sent until doubts are cleared
// up. A send that brings it about stops the run; doubts of earlier runs only hold
// sends back, so that resolving them is not stopped too.
func (b *brakes) tooMuchInDoubt() bool { return b.doubtAllowed > 0 && b.doubt > b.doubtAllowed }

// doubtful is how much money of an unknown row is in doubt. Of one that the
// journal may merely have forgotten, nothing is known to be out.
func doubtful(row Row) money.Fen {
	if row.SendCode == ums.CodeForgottenRefusal || row.SendCode == ums.CodeForgotten && row.Sends == 0 {
		return 0
	}
	return row.Amount
}

// judge tells whether an answer, or the failures so far, must stop the run.
func (b *brakes) judge(row Row, a ums.Answer) Stop {
	switch a.Scope {
	case ums.ThisClient:
		return ByClient
	case ums.ThisMerchant:
		if b.refused == nil {
			b.refused = map[string]bool{}
		}
		b.refused[row.MID] = true
	}
	if b.failuresAllowed > 0 && b.failures >= b.failuresAllowed {
		return ByFailures
	}
	return NotStopped
}
