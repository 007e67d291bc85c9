package checkpoint

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"batchcomplete/internal/batch"
)

// statements are the writer's, prepared once.
type statements struct {
	attempt, sending          *sql.Stmt
	result, move, retry       *sql.Stmt
	answer, settle            *sql.Stmt
	rescueAnswers, rescueRows *sql.Stmt
	all                       prepared
}

// prepared are statements to be closed before their connection: one that is left
// open keeps SQLite from writing its log back when the file is closed.
type prepared []*sql.Stmt

func (p prepared) close() error {
	var all []error
	for _, s := range p {
		all = append(all, s.Close())
	}
	return errors.Join(all...)
}

func prepareStatements(ctx context.Context, conn *sql.Conn) (*statements, error) {
	st := &statements{}
	for _, s := range []struct {
		into **sql.Stmt
		text string
	}{
		{&st.attempt, `INSERT INTO attempt SELECT row_id, attempts + 1, generation, order_id, ?2 FROM progress WHERE row_id = ?1 AND state = 'pending' AND attempts = ?3`},
		{&st.sending, `UPDATE progress SET state = 'sending', attempts = attempts + 1, sends = sends + 1, sent_at = ?2, absent_at = 0, updated_at = ?2 WHERE row_id = ?1`},
		{&st.result, `INSERT INTO result SELECT row_id, order_id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13 FROM progress WHERE row_id = ?1 AND state = ?2`},
		{&st.move, `UPDATE progress SET state = ?3, absent_at = ?4, send_code = coalesce(?5, send_code), code = coalesce(?6, code), message = coalesce(?7, message), updated_at = ?8 WHERE row_id = ?1 AND state = ?2`},
		{&st.retry, `UPDATE progress SET state = ?3, absent_at = 0, generation = generation + 1, order_id = ?4, sends = 0, sent_at = 0, send_code = '', updated_at = ?5 WHERE row_id = ?1 AND state = ?2`},
		{&st.answer, `INSERT INTO answer SELECT ?1, 1 + coalesce((SELECT max(n) FROM answer WHERE row_id = ?1), 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12`},
		{&st.settle, `UPDATE result SET settle_date = ?2 WHERE row_id = ?1 AND settle_date = ''`},
		{&st.rescueAnswers, `INSERT INTO answer SELECT row_id, 1 + coalesce((SELECT max(n) FROM answer a WHERE a.row_id = p.row_id), 0), 'rescue', 'sending', 'unknown', ?1, '', '', 0, '', '', '', NULL FROM progress p WHERE ` + openOnly + ` AND state = 'sending'`},
		{&st.rescueRows, `UPDATE progress AS p SET state = 'unknown', absent_at = 0, updated_at = ?1 WHERE ` + openOnly + ` AND state = 'sending'`},
	} {
		stmt, err := conn.PrepareContext(ctx, s.text)
		if err != nil {
			return nil, fmt.Errorf("preparing %q: %w", s.text, err)
		}
		*s.into = stmt
		st.all = append(st.all, stmt)
	}
	return st, nil
}

// openOnly is the partial index's own condition: with it in a query, the query
// uses the index, and costs nothing for rows that are done with.
const openOnly = `p.state IN ('pending', 'sending', 'unknown', 'held')`

// Rescue implements batch.Journal.
func (db *DB) Rescue(_ context.Context, now time.Time) (int, error) {
	var n int64
	err := db.queue.submit(func(st *statements) error {
		if _, err := st.rescueAnswers.Exec(micros(now)); err != nil {
			return err
		}
		done, err := st.rescueRows.Exec(micros(now))
		if err == nil {
			n, err = done.RowsAffected()
		}
		return err
	})
	return int(n), err
}

// Rows implements batch.Journal.
func (db *DB) Rows(ctx context.Context, state batch.State, after int64, limit int, among []int64) ([]batch.Row, error) {
	if among == nil {
		return collect(db.queries.inState.QueryContext(ctx, string(state), after, limit))
	}
	ids, err := json.Marshal(among)
	if err != nil {
		return nil, err
	}
	return collect(db.queries.inStateAmong.QueryContext(ctx, string(state), after, limit, string(ids)))
}

// Intend implements batch.Journal.
func (db *DB) Intend(ctx context.Context, id int64, now time.Time) (batch.Row, error) {
	row, err := db.Row(ctx, id)
	if err != nil {
		return batch.Row{}, err
	}
	if row.State != batch.Pending {
		return batch.Row{}, batch.ErrMoved
	}
	err = db.queue.submit(func(st *statements) error {
		// The attempt count makes this a compare-and-set: whoever else took the row
		// since it was read has raised it.
		if err := one(st.attempt.Exec(id, micros(now), row.Attempts)); err != nil {
			return err
		}
		return one(st.sending.Exec(id, micros(now)))
	})
	if err != nil {
		return batch.Row{}, err
	}
	row.State, row.SentAt, row.UpdatedAt, row.AbsentAt = batch.Sending, now, now, time.Time{}
	row.Attempts++
	row.Sends++
	return row, nil
}

// Move implements batch.Journal.
func (db *DB) Move(_ context.Context, m batch.Move) error {
	if err := m.Check(); err != nil {
		return fmt.Errorf("%w: %w", errRefused, err)
	}
	return db.queue.submit(func(st *statements) error { return st.make(m) })
}

// make writes one move. Its first statement compares; the others follow in the
// same transaction.
func (st *statements) make(m batch.Move) error {
	if m.Cause == batch.ByRetry {
		if err := one(st.retry.Exec(m.ID, m.From, m.To, m.NextOrderID, micros(m.At))); err != nil {
			return err
		}
		return st.append(m)
	}
	if m.To == batch.Completed {
		p := m.Answer.Payment
		if err := one(st.result.Exec(m.ID, m.From, p.SettleDate, p.PaySeqID, p.TargetOrderID, p.TargetSys, p.PayTime, p.PayDetail, p.CardAttr,
			int64(p.TotalAmount), int64(p.BuyerPayAmount), int64(p.InvoiceAmount), int64(p.DiscountAmount))); err != nil {
			return err
		}
	}
	if err := st.step(m); err != nil {
		return err
	}
	return st.append(m)
}

// step moves the row. What a cause leaves as it was is what batch.Move.Apply
// leaves as it was; the suite in journaltest holds the two together.
func (st *statements) step(m batch.Move) error {
	var sendCode, code, message any // nil: as it was
	switch m.Cause {
	case batch.BySend:
		sendCode, code, message = m.Answer.Code, m.Answer.Code, m.Answer.Message
	case batch.ByQuery:
		code, message = m.Answer.Code, m.Answer.Message
	}
	return one(st.move.Exec(m.ID, m.From, m.To, micros(m.AbsentAt), sendCode, code, message, micros(m.At)))
}

// append keeps what caused the move.
func (st *statements) append(m batch.Move) error {
	var raw any
	if m.To != batch.Completed && len(m.Answer.Raw) > 0 {
		raw = m.Answer.Raw
	}
	return one(st.answer.Exec(m.ID, m.Cause, m.From, m.To, micros(m.At),
		m.Answer.Code, m.Answer.Message, m.Answer.HTTPStatus, m.NextOrderID, m.Actor, m.Reason, raw))
}

// AddSettleDate sets the settle date of a completed row that the gateway had not
// given one for. It never changes one that is there.
func (db *DB) AddSettleDate(_ context.Context, id int64, date string) error {
	return db.queue.submit(func(st *statements) error { return one(st.settle.Exec(id, date)) })
}

// one gives ErrMoved where a statement found no row to write.
func one(done sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		return batch.ErrMoved
	}
	return err
}

// micros gives a moment as it is stored; 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
