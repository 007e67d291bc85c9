package checkpoint

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/ums"
)

// suspected is batch.Concerned in SQL, for the rows that a condition names: ?1 is
// the moment of distrust, ?2 the latest and ?6 the earliest bill date, ?3 the ids
// that it is restricted to, as JSON, or NULL.
const suspected = `
  AND p.sent_at < ?1
  AND EXISTS (SELECT 1 FROM row r WHERE r.id = p.row_id AND r.bill_date BETWEEN ?6 AND ?2)
  AND (?3 IS NULL OR p.row_id IN (SELECT value FROM json_each(?3)))`

// What may be forgotten of a row that is open, and of one that was refused. Each
// condition is the one of its partial index.
const (
	suspectedOpen     = openOnly + ` AND p.state IN ('pending', 'unknown')` + suspected
	suspectedDeclined = `p.state = 'declined'` + suspected
)

const suspectAnswers = `INSERT INTO answer
  SELECT row_id, 1 + coalesce((SELECT max(n) FROM answer a WHERE a.row_id = p.row_id), 0), 'verify', state, 'unknown', ?4, ?5, '', 0, '', '', '', NULL
  FROM progress p WHERE `

const suspectRows = `UPDATE progress AS p
  SET state = 'unknown', sent_at = ?4, absent_at = 0, send_code = ?5, code = ?5, message = '', updated_at = ?4,
    chain = link(chain, moved(row_id, 'verify', state, 'unknown', ?4, ?5))
  WHERE `

// Distrust implements batch.Journal.
func (db *DB) Distrust(_ context.Context, before time.Time) error {
	return db.queue.submit(func(st *statements) error { return st.distrust.run(micros(before)) })
}

// Distrusted gives the moment before which the checkpoint may have forgotten
// sends, and the zero time where it is trusted.
func (db *DB) Distrusted(ctx context.Context) (time.Time, error) {
	var at int64
	err := db.reads.QueryRowContext(ctx, `SELECT value FROM meta WHERE key = 'distrusted'`).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return moment(at), explain(err)
}

// Suspect implements batch.Journal.
func (db *DB) Suspect(ctx context.Context, now time.Time, among []int64) (int, error) {
	before, err := db.Distrusted(ctx)
	if err != nil || before.IsZero() {
		return 0, err
	}
	var ids any
	if among != nil {
		text, err := json.Marshal(among)
		if err != nil {
			return 0, err
		}
		ids = string(text)
	}
	var n int64
	err = db.queue.submit(func(st *statements) error {
		for _, kind := range []struct {
			answers, rows statement
			code, from    string
		}{
			{st.openAnswers, st.openRows, ums.CodeForgotten, ""},
			{st.declinedAnswers, st.declinedRows, ums.CodeForgottenRefusal, batch.DayOf(before.Add(-batch.Lapse))},
		} {
			args := []driver.Value{micros(before), batch.DayOf(before), ids, micros(now), kind.code, kind.from}
			if err := kind.answers.run(args...); err != nil {
				return err
			}
			moved, err := kind.rows.exec(args...)
			if err != nil {
				return err
			}
			n += moved
		}
		return nil
	})
	return int(n), err
}
