package checkpoint

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// onePage is the size of SQLite's pages: a file of one holds no table.
const onePage = 4096

// genuine looks at a checkpoint through connections that cannot write, before one
// that can is opened: a file that is refused is left as it was, and no log that
// lies beside it is written into it. But where a crash left a log, it costs the same
// whatever the number of rows. A file in which nothing was made yet is genuine.
func genuine(ctx context.Context, path string, toWrite bool) error {
	log, err := sizeOf(path + "-wal")
	if err != nil {
		return err
	}
	size, err := sizeOf(path)
	if err != nil || size <= onePage && log == 0 {
		return err
	}
	pool, err := look(path, "mode=ro")
	if err != nil {
		return err
	}
	defer pool.Close()
	objects, err := countObjects(ctx, pool)
	if err == nil && objects > 0 {
		err = checkVersion(ctx, pool)
	}
	if err == nil && log > 0 {
		err = checkLog(ctx, pool, path)
	}
	if err == nil && log > 0 && objects > 0 && toWrite {
		err = countedUp(ctx, pool)
	}
	return explain(err)
}

func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// checkLog holds what the checkpoint is without its write-ahead log against what
// it is with it, because SQLite believes any log that is whole. Every transaction
// changes the page that the checkpoint's id is on (touch), so that every log that
// holds anything shows whose it is. What a later log of the same checkpoint misses
// beside an earlier file is told by countedUp, and by Sound.
func checkLog(ctx context.Context, with *sql.DB, path string) error {
	without, err := look(path, "mode=ro&immutable=1")
	if err != nil {
		return err
	}
	defer without.Close()
	id, written, err := identity(ctx, without)
	if err != nil || id == "" {
		return nil // all is in the log: the file was never written back to, or only in part
	}
	nowID, nowWritten, err := identity(ctx, with)
	switch {
	case err != nil:
		return err
	case nowID != id:
		return fmt.Errorf("%w: the write-ahead log beside it (-wal) is another checkpoint's", ErrLog)
	case nowWritten < written:
		return fmt.Errorf("%w: the write-ahead log beside it (-wal) is older than it", ErrLog)
	}
	return nil
}

// identity gives the checkpoint's id and how much was ever written to it.
func identity(ctx context.Context, pool *sql.DB) (id string, written int64, err error) {
	err = pool.QueryRowContext(ctx, `SELECT coalesce(max(CASE key WHEN 'id' THEN value END), ''),
		coalesce(sum(CASE WHEN key IN ('intents', 'commits') THEN CAST(value AS INTEGER) END), 0) FROM meta`).Scan(&id, &written)
	return id, written, err
}

// countedUp holds the number of attempts against what the checkpoint counts: a
// later log beside an earlier copy of the file has the count, but of the attempts
// only those that stand on the pages which it wrote. It reads all attempts, and is
// for a file that has a log and is to be written: after a crash.
func countedUp(ctx context.Context, pool *sql.DB) error {
	var attempts, counted int64
	err := pool.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM attempt),
		coalesce(sum(CASE key WHEN 'intents' THEN CAST(value AS INTEGER) WHEN 'overtaken' THEN -CAST(value AS INTEGER) END), 0) FROM meta`).Scan(&attempts, &counted)
	if err == nil && attempts != counted {
		err = fmt.Errorf("%w: with the write-ahead log beside it (-wal) it counts %d attempts and has %d: the log is a later one, or the file an earlier copy", ErrLog, counted, attempts)
	}
	return err
}

func countObjects(ctx context.Context, pool *sql.DB) (n int, err error) {
	err = pool.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n)
	return n, err
}
