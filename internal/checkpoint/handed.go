package checkpoint

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// The results that are handed back stand among the accountant's own files, where
// people mend them. The checkpoint remembers what it wrote, by its hash: a file
// that is otherwise now was saved by somebody since.

// handedKey is where meta has what was written to a path.
func handedKey(path string) string { return "results " + path }

// HandBack remembers the SHA-256, in hex, of what is about to be written to a
// path. The one before stays known, for a run that is killed in between.
func (db *DB) HandBack(ctx context.Context, path, sha256 string) error {
	db.queue.mu.Lock()
	defer db.queue.mu.Unlock()
	return explain(db.queue.transaction(func() error {
		_, err := db.queue.conn.ExecContext(ctx, `INSERT INTO meta VALUES (?1, ?2)
			ON CONFLICT (key) DO UPDATE SET value = excluded.value || ' ' || substr(value, 1, length(excluded.value))`, handedKey(path), sha256)
		if err == nil {
			_, err = db.queue.conn.ExecContext(ctx, touch)
		}
		return err
	}))
}

// HandedBack gives the hashes of what was last written to a path; none where
// nothing ever was.
func (db *DB) HandedBack(ctx context.Context, path string) ([]string, error) {
	var value string
	err := db.reads.QueryRowContext(ctx, `SELECT value FROM meta WHERE key = ?1`, handedKey(path)).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return strings.Fields(value), explain(err)
}
