package checkpoint

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
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
			pool, err := sql.Open(driver, path)
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
// lock, to somewhere else.
func TestTheCheckpointsOwnFilesAreNoLinks(t *testing.T) {
	for _, suffix := range []string{".lock", "-wal", "-shm"} {
		dir := t.TempDir()
		path := filepath.Join(dir, "x.db")
		if err := os.Symlink(filepath.Join(dir, "elsewhere"), path+suffix); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(ctx, Options{Path: path, Env: "test"}); err == nil || !strings.Contains(err.Error(), "no regular file") {
			t.Errorf("%s: %v", suffix, err)
		}
	}
}
