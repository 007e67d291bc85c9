package checkpoint

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/ums"
)

// suspected is batch.Concerned in SQL: ?1 is the moment of distrust, ?2 its day,
// ?3 the ids that it is restricted to, as JSON, or NULL.
const suspected = openOnly + ` AND p.state = 'pending' AND p.sent_at < ?1
  AND EXISTS (SELECT 1 FROM row r WHERE r.id = p.row_id AND r.bill_date <= ?2)
  AND (?3 IS NULL OR p.row_id IN (SELECT value FROM json_each(?3)))`

// Distrust implements batch.Journal.
func (db *DB) Distrust(_ context.Context, before time.Time) error {
	return db.queue.submit(func(st *statements) error { return one(st.distrust.Exec(micros(before))) })
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
		args := []any{micros(before), batch.DayOf(before), ids, micros(now), ums.CodeForgotten}
		if _, err := st.suspectAnswers.Exec(args...); err != nil {
			return err
		}
		done, err := st.suspectRows.Exec(args...)
		if err == nil {
			n, err = done.RowsAffected()
		}
		return err
	})
	return int(n), err
}
