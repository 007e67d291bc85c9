package batch

import (
	"context"
	"errors"

	"batchcomplete/internal/ums"
)

// result is what one piece of work came to.
type result struct {
	task   task
	row    Row // as it was when the answer came
	to     State
	answer ums.Answer
	idle   bool  // nothing was done: the run is ending, or the row had moved on
	err    error // the journal is in danger
}

// send completes one pending row. It is the only place that sends, and this is
// the whole of it: wait for a turn, put the intent on disk, send once, record
// what came of it.
//
// drain is done when nothing new may begin; from the intent on it no longer
// matters, and the answer is waited for and recorded. hard is done when even
// that must end; what is then not known is recorded as unknown.
func (r *Runner) send(drain, hard context.Context, id int64) result {
	if r.Pace(drain) != nil || drain.Err() != nil {
		return result{idle: true}
	}
	row, err := r.Journal.Intend(context.WithoutCancel(hard), id, r.Now())
	if errors.Is(err, ErrMoved) {
		return result{idle: true}
	}
	if err != nil {
		return result{err: err}
	}
	answer, sent := r.verify(hard, row)
	if !sent {
		answer = r.Gateway.Complete(hard, row.Completion())
	}
	to := AfterSend(answer)
	err = r.Journal.Move(context.WithoutCancel(hard), Move{
		ID: id, Cause: BySend, From: Sending, To: to, At: r.Now(), Answer: answer,
	})
	return result{row: row, to: to, answer: answer, err: err}
}

// verify asks the gateway before the send, where this journal may not remember
// all that was sent (a restored backup, a lost checkpoint). It tells whether its
// answer stands in place of a send's: everything but a plain absence does.
func (r *Runner) verify(ctx context.Context, row Row) (ums.Answer, bool) {
	if !r.VerifyFirst {
		return ums.Answer{}, false
	}
	answer := r.Gateway.Query(ctx, row.Completion())
	switch {
	case answer.Outcome == ums.Absent:
		if r.Pace(ctx) != nil {
			answer.Outcome = ums.NotExecuted
			return answer, true
		}
		return answer, false
	case answer.Outcome == ums.Unknown && answer.Scope == ums.ThisClient:
		// The query was refused: this attempt has sent nothing.
		answer.Outcome = ums.NotExecuted
	}
	return answer, true
}

// query asks about one row in doubt and records what that proves. The row is
// unknown, so no send of it is under way, and none begins before this ends: one
// task at a time concerns a row.
func (r *Runner) query(drain, hard context.Context, id int64) result {
	if r.Pace(drain) != nil || drain.Err() != nil {
		return result{idle: true}
	}
	rows, err := r.Journal.Rows(context.WithoutCancel(hard), Unknown, 0, 1, []int64{id})
	if err != nil || len(rows) == 0 {
		return result{idle: true, err: err}
	}
	row := rows[0]
	answer := r.Gateway.Query(hard, row.Completion())
	to, absentAt := AfterQuery(row, answer, r.Now(), r.SettleWindow)
	err = r.Journal.Move(context.WithoutCancel(hard), Move{
		ID: id, Cause: ByQuery, From: Unknown, To: to, At: r.Now(), Answer: answer, AbsentAt: absentAt,
	})
	if errors.Is(err, ErrMoved) {
		return result{idle: true}
	}
	row.AbsentAt = absentAt
	return result{row: row, to: to, answer: answer, err: err}
}
