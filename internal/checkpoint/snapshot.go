package checkpoint

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"batchcomplete/internal/batch"
)

// Snapshot is the checkpoint as it stood at one moment, however long a run goes on
// beside it: two passes over it see the same rows. It is for one goroutine.
// Close it soon: the write-ahead log cannot shrink meanwhile.
type Snapshot struct {
	conn *sql.Conn
	all  []Batch
}

// Snapshot takes one.
func (db *DB) Snapshot(ctx context.Context) (*Snapshot, error) {
	conn, err := db.reads.Conn(ctx)
	if err != nil {
		return nil, explain(err)
	}
	s := &Snapshot{conn: conn}
	// The moment is that of the first read, not that of BEGIN.
	if _, err = conn.ExecContext(ctx, "BEGIN"); err == nil {
		s.all, err = readBatches(conn.QueryContext(ctx, batches+" ORDER BY id"))
	}
	if err != nil {
		return nil, errors.Join(explain(err), s.Close())
	}
	return s, nil
}

// Batches gives every batch, the earliest first.
func (s *Snapshot) Batches() []Batch { return slices.Clone(s.all) }

// Each visits the rows that a filter selects, file by file and line by line.
func (s *Snapshot) Each(ctx context.Context, f Filter, do func(batch.Row) error) error {
	where, args := f.where()
	rows, err := s.conn.QueryContext(ctx, wide+fromRows+where+" ORDER BY r.file_id, r.line", args...)
	return visit(rows, err, do)
}

// Close ends it.
func (s *Snapshot) Close() error {
	_, err := s.conn.ExecContext(context.Background(), "ROLLBACK")
	if err != nil {
		err = fmt.Errorf("ending the snapshot: %w", err)
	}
	return errors.Join(err, s.conn.Close())
}
