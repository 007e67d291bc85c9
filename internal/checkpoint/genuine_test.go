package checkpoint

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
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

// TestALaterLogBesideAnEarlierCopyIsRefused: whoever restores a backup leaves the
// log of what was done since where it was. SQLite alone would write its pages into
// the copy, which then had forgotten the attempts on all others.
func TestALaterLogBesideAnEarlierCopyIsRefused(t *testing.T) {
	db := scratch(t)
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(800)...)
	path := db.Path()
	send := func(from, to int64) {
		t.Helper()
		for id := from; id <= to; id++ {
			if _, err := intend(db, id, noon); err != nil {
				t.Fatal(err)
			}
		}
	}
	again := func() {
		t.Helper()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		db = open(t, path)
	}
	send(1, 200)
	again()
	backup := read(t, path)
	send(201, 600)
	again() // all of that is in the file, and its log begins anew
	present := read(t, path)
	send(601, 610)
	log := read(t, path+"-wal")
	if _, err := opened(t, present, log); err != nil {
		t.Errorf("its own: %v", err)
	}
	if _, err := opened(t, backup, log); !errors.Is(err, ErrLog) {
		t.Errorf("a later one: %v", err)
	}
	// A checkpoint that was restored rightly counts on from there, crash or no crash.
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil {
			t.Fatal(err)
		}
	}
	restored := filepath.Join(t.TempDir(), "x.db")
	if err := errors.Join(os.WriteFile(restored, backup, 0o600), os.WriteFile(anchorPath(restored), read(t, anchorPath(path)), 0o600)); err != nil {
		t.Fatal(err)
	}
	db = open(t, restored)
	send(700, 703)
	if before, err := db.Distrusted(ctx); err != nil || before.IsZero() {
		t.Errorf("it is trusted, %v", err)
	}
	if _, err := opened(t, read(t, restored), read(t, restored+"-wal")); err != nil {
		t.Errorf("after a restore and a crash: %v", err)
	}
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
		_, err := reader.Batches(ctx)
		readErr = errors.Join(err, reader.Close())
	}
	if !bytes.Equal(read(t, path), file) || !bytes.Equal(read(t, path+"-wal"), log) {
		t.Error("what was read was changed")
	}
	db, err := Open(ctx, Options{Path: path, Env: "test"})
	if errors.Is(readErr, ErrLog) && !errors.Is(err, ErrLog) || readErr == nil && err != nil && !strings.Contains(err.Error(), "it counts") {
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
