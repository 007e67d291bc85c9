package checkpoint

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/mattn/go-sqlite3"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/ums"
)

// statements are the writer's, prepared once.
type statements struct {
	begin, commit, rollback   statement
	attempt, sending          statement
	result, move              statement
	claim, retry              statement
	answer, settle, settled   statement
	rescueAnswers, rescueRows statement
	openAnswers, openRows     statement // of Suspect
	declinedAnswers           statement
	declinedRows              statement
	distrust, count, touch    statement
	overtaken                 statement
	all                       []statement

	intents int64 // written in the present transaction
}

func prepareStatements(conn *sql.Conn) (*statements, error) {
	st := &statements{}
	for _, s := range []struct {
		into *statement
		text string
	}{
		{&st.begin, `BEGIN IMMEDIATE`},
		{&st.commit, `COMMIT`},
		{&st.rollback, `ROLLBACK`},
		{&st.attempt, `INSERT INTO attempt VALUES (?1, ?2, ?3, ?4, ?5)`},
		{&st.sending, `UPDATE progress SET state = 'sending', attempts = attempts + 1, sends = sends + 1, sent_at = ?2, absent_at = 0, updated_at = ?2, chain = CASE WHEN chain = ?3 THEN ?4 ELSE link(chain, ?5) END WHERE row_id = ?1`},
		{&st.result, `INSERT INTO result VALUES (?1, (SELECT order_id FROM progress WHERE row_id = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)`},
		{&st.move, `UPDATE progress SET state = ?3, absent_at = ?4, send_code = coalesce(?5, send_code), code = coalesce(?6, code), message = coalesce(?7, message), sent_at = coalesce(?8, sent_at), updated_at = ?9, chain = CASE WHEN chain = ?10 THEN ?11 ELSE link(chain, ?12) END WHERE row_id = ?1 AND state = ?2`},
		{&st.claim, `INSERT INTO claim VALUES (?1, ?2)`},
		{&st.retry, `UPDATE progress SET state = ?3, absent_at = 0, generation = generation + 1, order_id = ?4, sends = 0, sent_at = 0, send_code = '', updated_at = ?5, chain = link(chain, ?6) WHERE row_id = ?1 AND state = ?2`},
		{&st.answer, `INSERT INTO answer SELECT row_id, 1 + coalesce((SELECT max(n) FROM answer a WHERE a.row_id = p.row_id), 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 FROM progress p WHERE row_id = ?1 AND state = ?3`},
		{&st.settle, `UPDATE result SET settle_date = ?2 WHERE row_id = ?1 AND settle_date = ''`},
		{&st.settled, `UPDATE progress SET chain = link(chain, ?2) WHERE row_id = ?1`},
		{&st.count, `UPDATE meta SET value = value + ?1 WHERE key = 'intents'`},
		{&st.overtaken, `INSERT INTO meta VALUES ('overtaken', ?1) ON CONFLICT (key) DO UPDATE SET value = value + ?1`},
		{&st.touch, touch},
		{&st.distrust, `INSERT INTO meta VALUES ('distrusted', ?1) ON CONFLICT (key) DO UPDATE SET value = ?1`},
		{&st.rescueAnswers, `INSERT INTO answer SELECT row_id, 1 + coalesce((SELECT max(n) FROM answer a WHERE a.row_id = p.row_id), 0), 'rescue', 'sending', 'unknown', ?1, '', '', 0, '', '', '', NULL FROM progress p WHERE ` + openOnly + ` AND state = 'sending'`},
		{&st.rescueRows, `UPDATE progress AS p SET state = 'unknown', absent_at = 0, updated_at = ?1, chain = link(chain, moved(row_id, 'rescue', 'sending', 'unknown', ?1, '')) WHERE ` + openOnly + ` AND state = 'sending'`},
		{&st.openAnswers, suspectAnswers + suspectedOpen},
		{&st.openRows, suspectRows + suspectedOpen},
		{&st.declinedAnswers, suspectAnswers + suspectedDeclined},
		{&st.declinedRows, suspectRows + suspectedDeclined},
	} {
		prepared, err := prepareOn(conn, s.text)
		if err != nil {
			return nil, errors.Join(err, st.close())
		}
		*s.into = prepared
		st.all = append(st.all, prepared)
	}
	return st, nil
}

func (st *statements) close() error {
	var all []error
	for _, s := range st.all {
		all = append(all, s.close())
	}
	return errors.Join(all...)
}

// touch is for a transaction without intents: see checkLog.
const touch = `INSERT INTO meta VALUES ('commits', '1') ON CONFLICT (key) DO UPDATE SET value = value + 1`

// openOnly is the partial index's own condition: with it in a query, the query
// uses the index, and costs nothing for rows that are done with.
const openOnly = `p.state <> 'completed' AND p.state <> 'declined'`

// Rescue implements batch.Journal.
func (db *DB) Rescue(_ context.Context, now time.Time) (int, error) {
	var n int64
	err := db.queue.submit(func(st *statements) error {
		err := st.rescueAnswers.run(micros(now))
		if err == nil {
			n, err = st.rescueRows.exec(micros(now))
		}
		return err
	})
	return int(n), err
}

// Rows implements batch.Journal.
func (db *DB) Rows(ctx context.Context, state batch.State, after int64, limit int, among []int64) ([]batch.Row, error) {
	if among == nil {
		rows, err := db.queries.inState.QueryContext(ctx, string(state), after, limit)
		return gather(make([]batch.Row, 0, limit), rows, err)
	}
	ids, err := json.Marshal(among)
	if err != nil {
		return nil, err
	}
	rows, err := db.queries.inStateAmong.QueryContext(ctx, string(state), after, limit, string(ids))
	return gather(make([]batch.Row, 0, min(limit, len(among))), rows, err)
}

// Intend implements batch.Journal.
func (db *DB) Intend(_ context.Context, row batch.Row, now time.Time) (batch.Row, error) {
	id, n, generation, orderID := row.ID, row.Attempts+1, row.Generation, row.OrderID
	var chain []byte
	if row.Attempts == 0 { // as most are: nothing has happened to the row since it was imported
		chain = firstLink(row.Bill, orderID)
	}
	h := follow(chain, attemptEvent(id, n, generation, orderID, now))
	err := db.queue.submit(func(st *statements) error {
		// This is the compare-and-set: the database takes an attempt only of a row that
		// is pending, with one attempt fewer and under that order id. Whoever took the
		// row since it was read has raised the one, and a retry has changed the other.
		err := st.attempt.run(id, int64(n), int64(generation), orderID, micros(now))
		if raised(err) && err.Error() == notPending {
			return batch.ErrMoved
		}
		if err != nil {
			return err
		}
		st.intents++
		return st.sending.run(id, micros(now), h.from, h.to, []byte(h.event))
	})
	if err != nil {
		return batch.Row{}, err
	}
	db.underway.put(id, h.to)
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
	var chain []byte
	if m.Cause == batch.BySend {
		chain = db.underway.take(m.ID)
	}
	h := follow(chain, answerEvent(m))
	return db.queue.submitOp(op{
		do: func(st *statements) error { return st.make(m, h) }, done: make(chan error, 1), patient: m.Patient,
	})
}

// make writes one move: first what caused it, where the database compares the row's
// state with the one that the move comes from, and then the row.
func (st *statements) make(m batch.Move, h hop) error {
	record := st.append
	if m.To == batch.Completed {
		record = st.complete
	}
	if err := record(m); err != nil {
		return err
	}
	if m.Cause == batch.ByRetry {
		if err := st.claim.run(m.NextOrderID, m.ID); err != nil {
			return err
		}
		return st.retry.run(m.ID, string(m.From), string(m.To), m.NextOrderID, micros(m.At), []byte(h.event))
	}
	return st.step(m, h)
}

// complete keeps the payment of a move that completes its bill, and what caused it.
// The database takes a result only of a row that is in the state that the result
// says it comes from.
func (st *statements) complete(m batch.Move) error {
	a, p := m.Answer, m.Answer.Payment
	err := st.result.run(m.ID, string(m.Cause), string(m.From), micros(m.At), a.Code, a.Message, int64(a.HTTPStatus), m.Actor, m.Reason,
		p.SettleDate, p.PaySeqID, p.TargetOrderID, p.TargetSys, p.PayTime, p.PayDetail, p.CardAttr,
		int64(p.TotalAmount), int64(p.BuyerPayAmount), int64(p.InvoiceAmount), int64(p.DiscountAmount))
	if raised(err) {
		return batch.ErrMoved
	}
	return err
}

// step moves the row. What a cause leaves as it was is what batch.Move.Apply
// leaves as it was; the suite in journaltest holds the two together.
func (st *statements) step(m batch.Move, h hop) error {
	var sendCode, code, message, sentAt any // nil: as it was
	switch m.Cause {
	case batch.BySend:
		sendCode, code, message = m.Answer.Code, m.Answer.Code, m.Answer.Message
		if m.To == batch.Unknown {
			sentAt = micros(m.At)
		}
	case batch.ByQuery:
		code, message = m.Answer.Code, m.Answer.Message
	}
	return st.move.run(m.ID, string(m.From), string(m.To), micros(m.AbsentAt), sendCode, code, message, sentAt, micros(m.At), h.from, h.to, []byte(h.event))
}

// append keeps what caused a move that completes no bill.
func (st *statements) append(m batch.Move) error {
	var raw any
	if r := kept(m); len(r) > 0 {
		raw = r
	}
	return st.answer.one(m.ID, string(m.Cause), string(m.From), string(m.To), micros(m.At),
		m.Answer.Code, m.Answer.Message, int64(m.Answer.HTTPStatus), m.NextOrderID, m.Actor, m.Reason, raw)
}

// kept is what is kept of a reply's body: nothing of a plain success.
func kept(m batch.Move) []byte {
	if m.To == batch.Completed {
		return nil
	}
	return m.Answer.Raw
}

// Date implements batch.Journal.
func (db *DB) Date(_ context.Context, id int64, date string, a ums.Answer, now time.Time) error {
	m := batch.Move{ID: id, Cause: batch.ByQuery, From: batch.Completed, To: batch.Completed, At: now, Answer: a, Reason: date}
	return db.queue.submit(func(st *statements) error {
		if err := st.settle.one(id, date); err != nil {
			return err
		}
		if err := st.settled.run(id, []byte(answerEvent(m))); err != nil {
			return err
		}
		return st.append(m)
	})
}

// Undated implements batch.Journal.
func (db *DB) Undated(ctx context.Context, since time.Time, after int64, limit int) ([]batch.Row, error) {
	return collect(db.reads.QueryContext(ctx, undated, micros(since), after, limit))
}

const undated = wide + fromProgress + ` WHERE x.settle_date = '' AND x.row_id > ?2 AND p.updated_at > ?1 ORDER BY x.row_id LIMIT ?3`

// notPending are the words in which the database refuses an attempt of a row that is
// not as it was read (attempt_pending).
const notPending = "only a pending row is attempted"

// raised tells whether a trigger refused a statement.
func raised(err error) bool {
	e, ok := errors.AsType[sqlite3.Error](err)
	return ok && e.ExtendedCode == sqlite3.ErrConstraintTrigger
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
