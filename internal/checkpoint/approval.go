package checkpoint

import (
	"context"
	"time"

	"batchcomplete/internal/money"
)

// ImportedBy is the setting of a batch that says who imported it.
const ImportedBy = "imported-by"

// Approval is a second person's release of a batch. It is bound to the file as
// it was imported; the database refuses one that is not, and one by whoever
// imported the batch.
type Approval struct {
	SHA256 string
	Rows   int       // of the whole file, as Batch has it
	Fen    money.Fen // likewise
	Actor  string
	At     time.Time
	Until  time.Time // it holds before this moment
}

// Approve releases a batch. Nothing is sent by it.
func (db *DB) Approve(ctx context.Context, batchID int64, a Approval) error {
	db.queue.mu.Lock()
	defer db.queue.mu.Unlock()
	return explain(db.queue.transaction(func() error {
		return db.queue.approve(ctx, batchID, a)
	}))
}

func (w *writer) approve(ctx context.Context, batchID int64, a Approval) error {
	_, err := w.conn.ExecContext(ctx, `INSERT INTO approval (file_id, sha256, rows, fen, actor, at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		batchID, a.SHA256, a.Rows, int64(a.Fen), a.Actor, micros(a.At), micros(a.Until))
	if err == nil {
		_, err = w.conn.ExecContext(ctx, touch)
	}
	return err
}

// Approvals gives every release of a batch, the earliest first.
func (db *DB) Approvals(ctx context.Context, batchID int64) ([]Approval, error) {
	var all []Approval
	const approvals = `SELECT sha256, rows, fen, actor, at, expires_at FROM approval WHERE file_id = ? ORDER BY id`
	err := db.each(ctx, approvals, []any{batchID}, func(row func(...any) error) error {
		var a Approval
		var at, until int64
		err := row(&a.SHA256, &a.Rows, (*int64)(&a.Fen), &a.Actor, &at, &until)
		a.At, a.Until = moment(at), moment(until)
		all = append(all, a)
		return err
	})
	return all, err
}

// Approved gives the batches that are released at a moment.
func (db *DB) Approved(ctx context.Context, now time.Time) ([]int64, error) {
	ids := []int64{}
	const approved = `SELECT DISTINCT a.file_id FROM approval a JOIN file f ON f.id = a.file_id
		WHERE a.sha256 = f.sha256 AND a.rows = f.rows AND a.fen = f.fen AND a.at <= ?1 AND a.expires_at > ?1 ORDER BY 1`
	err := db.each(ctx, approved, []any{micros(now)}, func(row func(...any) error) error {
		var id int64
		err := row(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}
