package checkpoint

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/batch/journaltest"
)

// crashed gives a checkpoint and the log that its last process left: a file with
// the bills, and in the log what was done since.
func crashed(t *testing.T, do func(*DB)) (file, log []byte) {
	t.Helper()
	db := scratch(t)
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(20)...)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, db.Path())
	do(db)
	return read(t, db.Path()), read(t, db.Path()+"-wal")
}

// TestALogOfAnotherCheckpointIsRefused: SQLite alone would mix the two, and write
// the mixture back.
func TestALogOfAnotherCheckpointIsRefused(t *testing.T) {
	work := map[string]func(*DB){
		"an intent": func(db *DB) {
			if _, err := intend(db, 1, noon); err != nil {
				t.Fatal(err)
			}
		},
		"no intent": func(db *DB) {
			if err := db.Move(ctx, batch.Move{ID: 1, Cause: batch.ByVerify, From: batch.Pending, To: batch.Unknown, At: noon}); err != nil {
				t.Fatal(err)
			}
		},
		"an import": func(db *DB) { take(t, db, "more", ImportOptions{}, journaltest.Bills(21)[20]) },
	}
	for name, do := range work {
		t.Run(name, func(t *testing.T) {
			file, own := crashed(t, do)
			_, other := crashed(t, do)
			if _, err := opened(t, file, own); err != nil {
				t.Errorf("its own: %v", err)
			}
			if _, err := opened(t, file, other); !errors.Is(err, ErrLog) {
				t.Errorf("another's: %v", err)
			}
		})
	}
	t.Run("older than the file", func(t *testing.T) {
		db := scratch(t)
		take(t, db, "bills", ImportOptions{}, journaltest.Bills(20)...)
		early := read(t, db.Path()+"-wal")
		work["an intent"](db)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := opened(t, read(t, db.Path()), early); !errors.Is(err, ErrLog) {
			t.Error(err)
		}
	})
}

// opened opens a file with a log beside it, and makes sure that a refusal leaves
// both as they were.
func opened(t *testing.T, file, log []byte) (*DB, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	for name, text := range map[string][]byte{path: file, path + "-wal": log} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	reader, readErr := OpenRead(ctx, path)
	if readErr == nil {
		readErr = reader.Close()
	}
	db, err := Open(ctx, Options{Path: path, Env: "test"})
	if errors.Is(err, ErrLog) != errors.Is(readErr, ErrLog) {
		t.Errorf("for writing %v, for reading %v", err, readErr)
	}
	if err == nil {
		return db, db.Close()
	}
	if !bytes.Equal(read(t, path), file) || !bytes.Equal(read(t, path+"-wal"), log) {
		t.Error("what was refused was changed")
	}
	return nil, err
}

func TestWhatIsRefusedIsLeftAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	pool, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec("CREATE TABLE x (y)"); err != nil {
		t.Fatal(err)
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
	before := read(t, path)
	if _, err := Open(ctx, Options{Path: path, Env: "test"}); !errors.Is(err, ErrForeign) {
		t.Error(err)
	}
	if !bytes.Equal(read(t, path), before) {
		t.Error("another program's database was changed")
	}
}
