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
// that must end; what is then not known is recorded as unknown. completed is
// called when a plain success is there and yet to be recorded; where it lets
// others go on, the journal may take its time over that.
func (r *Runner) send(drain, hard context.Context, t task, completed func()) result {
	if r.Pace(drain) != nil || drain.Err() != nil {
		return result{idle: true}
	}
	row, err := r.pending(hard, t)
	if err == nil {
		row, err = r.Journal.Intend(context.WithoutCancel(hard), row, r.Now())
	}
	if errors.Is(err, ErrMoved) {
		return result{idle: true}
	}
	if err != nil {
		return result{err: err}
	}
	answer := r.Gateway.Complete(hard, row.Completion())
	to := AfterSend(answer)
	if to == Completed {
		completed()
	}
	err = r.Journal.Move(context.WithoutCancel(hard), Move{
		ID: row.ID, Cause: BySend, From: Sending, To: to, At: r.Now(), Answer: answer,
		Patient: to == Completed && r.Workers > 1, // others go on meanwhile
	})
	return result{row: row, to: to, answer: answer, err: err}
}

// pending gives the row that a task is about: as the dispatcher read it, or else
// as the journal has it now.
func (r *Runner) pending(hard context.Context, t task) (Row, error) {
	if t.row != nil {
		return *t.row, nil
	}
	rows, err := r.Journal.Rows(context.WithoutCancel(hard), Pending, 0, 1, []int64{t.id})
	if err == nil && len(rows) == 0 {
		err = ErrMoved
	}
	if err != nil {
		return Row{}, err
	}
	return rows[0], nil
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
	answer := byOneClock(r.Gateway.Query(hard, row.Completion()), r.Now())
	to, absentAt := AfterQuery(row, answer, r.Now(), r.SettleWindow)
	if suspected(row) && (to == Pending || to == Declined) {
		to, answer = r.askLaterGenerations(hard, row, to, answer)
	}
	err = r.Journal.Move(context.WithoutCancel(hard), Move{
		ID: id, Cause: ByQuery, From: Unknown, To: to, At: r.Now(), Answer: answer, AbsentAt: absentAt,
	})
	if errors.Is(err, ErrMoved) {
		return result{idle: true}
	}
	row.AbsentAt = absentAt
	return result{row: row, to: to, answer: answer, err: err}
}

// laterGenerations is how many further order ids of a bill are asked about where
// the journal may have forgotten retries.
const laterGenerations = 2

// askLaterGenerations is for a row whose order id is proven absent or closed, in a
// journal that may have forgotten what was sent: a forgotten retry would have
// gone out under the order id of a later generation. What is found there is for a
// person to settle, and what cannot be found out leaves the row in doubt.
func (r *Runner) askLaterGenerations(ctx context.Context, row Row, to State, absent ums.Answer) (State, ums.Answer) {
	for next := 1; next <= laterGenerations; next++ {
		c := row.Completion()
		c.AuthedOrderID = OrderID(r.Env, row.SourceCode(), row.Identity(), row.Generation+next)
		if r.Pace(ctx) != nil {
			return Unknown, absent
		}
		answer := r.Gateway.Query(ctx, c)
		switch answer.Outcome {
		case ums.Absent, ums.Declined:
			continue
		case ums.Completed, ums.Contradictory:
			answer.Code, answer.Message = ums.CodeLaterOrder, c.AuthedOrderID
			return Held, answer
		}
		return Unknown, answer
	}
	return to, absent
}

// date asks for the settle date that the gateway had not given when the row was
// completed. Whatever it says, the row stays completed; a date is the gateway's
// or there is none.
func (r *Runner) date(drain, hard context.Context, row *Row) result {
	if r.Pace(drain) != nil || drain.Err() != nil {
		return result{idle: true}
	}
	answer := r.Gateway.Query(hard, row.Completion())
	done := result{row: *row, to: Completed, answer: answer}
	if answer.Outcome == ums.Completed && answer.Payment.SettleDate != "" {
		done.err = r.Journal.Date(context.WithoutCancel(hard), row.ID, answer.Payment.SettleDate, answer, r.Now())
		if errors.Is(done.err, ErrMoved) {
			return result{idle: true}
		}
	}
	return done
}
