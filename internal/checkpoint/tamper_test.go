package checkpoint

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"batchcomplete/internal/batch/journaltest"
)

// TestATamperedCheckpointIsRefused changes, each in a checkpoint of its own, one
// of the rules that the promises rest on.
func TestATamperedCheckpointIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ statements, says string }{
		"a trigger dropped":            {"DROP TRIGGER attempt_result", "attempt_result"},
		"an index dropped":             {"DROP INDEX row_bill", "row_bill"},
		"an index that is another":     {"DROP INDEX row_bill; CREATE INDEX row_bill ON row(bill_no)", "row_bill"},
		"a trigger added":              {"CREATE TRIGGER evil AFTER UPDATE ON progress BEGIN UPDATE row SET amount_fen = 1; END", "evil"},
		"a trigger that is another":    {"DROP TRIGGER attempt_keep; CREATE TRIGGER attempt_keep BEFORE DELETE ON attempt BEGIN SELECT 1; END", "attempt_keep"},
		"a view added":                 {"CREATE VIEW evil AS SELECT * FROM row", "evil"},
		"a table added":                {"CREATE TABLE evil (x)", "evil"},
		"a column added":               {"ALTER TABLE progress ADD COLUMN evil TEXT", "progress"},
		"a table renamed":              {"ALTER TABLE answer RENAME TO evil", "answer"},
		"a move permitted":             {"INSERT INTO legal VALUES ('retry', 'completed', 'pending')", "legal retry completed pending"},
		"a move forbidden":             {"DELETE FROM legal WHERE cause = 'rescue'", "legal rescue sending unknown"},
		"the permitted moves are gone": {"DROP TABLE legal", "legal"},
	} {
		t.Run(name, func(t *testing.T) {
			db := scratch(t)
			take(t, db, "bills", ImportOptions{}, journaltest.Bills(1)...)
			path := db.Path()
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			pool, err := sql.Open(driverName, path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := pool.Exec(c.statements); err != nil {
				t.Fatal(err)
			}
			if err := pool.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(ctx, Options{Path: path, Env: "test"}); !errors.Is(err, ErrTampered) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("for writing: %v", err)
			}
			if _, err := OpenRead(ctx, path); !errors.Is(err, ErrTampered) {
				t.Errorf("for reading: %v", err)
			}
		})
	}
}

func TestSQLiteTakesNothingInTheFileOnTrust(t *testing.T) {
	db := scratch(t)
	for pragma, want := range map[string]int{"trusted_schema": 0, "cell_size_check": 1} {
		var got int
		if err := db.reads.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %d, %v", pragma, got, err)
		}
	}
}

// TestTheCheckpointsOwnFilesAreNoLinks: a link would lead what is written, or the
// lock, to somewhere else, and a pipe would keep a run waiting for good. A link to
// a checkpoint that is there is another name of it.
func TestTheCheckpointsOwnFilesAreNoLinks(t *testing.T) {
	for kind, put := range map[string]func(path string) error{
		"a link":   func(path string) error { return os.Symlink(filepath.Join(filepath.Dir(path), "elsewhere"), path) },
		"a pipe":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
	} {
		for _, suffix := range []string{"", ".lock", "-wal", "-shm", ".anchor"} {
			path := filepath.Join(t.TempDir(), "x.db")
			if suffix != "" {
				db, err := Open(ctx, Options{Path: path, Env: "test"})
				if err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(db.Close(), os.RemoveAll(path+suffix)); err != nil {
					t.Fatal(err)
				}
			}
			if err := put(path + suffix); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(ctx, Options{Path: path, Env: "test"}); err == nil || !strings.Contains(err.Error(), "no regular file") {
				t.Errorf("%s for %q, for writing: %v", kind, suffix, err)
			}
			// Nothing is read through a link that leads nowhere.
			if _, err := OpenRead(ctx, path); err == nil || !strings.Contains(err.Error(), "no regular file") && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s for %q, for reading: %v", kind, suffix, err)
			}
		}
	}
}

// TestACheckpointThatOthersCouldReadIsMadePrivate: as a backup may be that was
// copied back.
func TestACheckpointThatOthersCouldReadIsMadePrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	for range 2 {
		db, err := Open(ctx, Options{Path: path, Env: "test"})
		if err != nil {
			t.Fatal(err)
		}
		for _, suffix := range []string{"", "-wal"} {
			if info, err := os.Stat(path + suffix); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%q: %v %v", suffix, info.Mode(), err)
			}
		}
		if err := errors.Join(db.Close(), os.Chmod(path, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}
