package checkpoint

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/mattn/go-sqlite3"
)

// ErrTampered says that the database's own rules are not the ones that this
// program made: a trigger is gone, a table or a view came, a move was permitted.
// Its promises would not be kept there.
var ErrTampered = errors.New("the checkpoint's own rules were changed")

// rules lists what a database holds itself to: its schema, and the moves that it
// permits. It is a few dozen short texts, whatever the number of rows.
func rules(ctx context.Context, pool *sql.DB) ([]string, error) {
	rows, err := pool.QueryContext(ctx, `SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'
		UNION ALL SELECT 'legal ' || cause || ' ' || from_state || ' ' || to_state FROM legal`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return all, rows.Err()
}

// ownRules are those of a database that was made just now, in memory.
var ownRules = sync.OnceValues(func() ([]string, error) {
	pool, err := sql.Open(driverName, ":memory:")
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	if _, err := pool.Exec(schema); err != nil {
		return nil, err
	}
	return rules(context.Background(), pool)
})

// untampered compares the database's rules with the program's own.
func untampered(ctx context.Context, pool *sql.DB) error {
	want, err := ownRules()
	if err != nil {
		return err
	}
	got, err := rules(ctx, pool)
	if err != nil {
		return errors.Join(ErrTampered, explain(err))
	}
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got) || i < len(want) && want[i] < got[i]:
			return fmt.Errorf("%w: this is missing or changed: %.120s", ErrTampered, want[i])
		case i >= len(want) || got[i] < want[i]:
			return fmt.Errorf("%w: this was added or changed: %.120s", ErrTampered, got[i])
		}
	}
	return nil
}

// distrustful has SQLite take nothing in the file on trust: what a schema names
// may have no effects, and a page's cells are looked at before they are used.
func distrustful(c *sqlite3.SQLiteConn) error {
	for _, pragma := range []string{"PRAGMA trusted_schema = OFF", "PRAGMA cell_size_check = ON"} {
		if _, err := c.Exec(pragma, nil); err != nil {
			return err
		}
	}
	return nil
}

// ownFiles makes sure that the checkpoint and what stands beside it are files: one
// that is read as a pipe or a device would keep a run waiting for good.
func ownFiles(path string) error {
	for _, suffix := range []string{"", ".lock", "-wal", "-shm", ".anchor"} {
		if err := notALink(path + suffix); err != nil {
			return err
		}
	}
	return nil
}

// notALink refuses a link where a file of the checkpoint's own is to be: it would
// lead what is written to somewhere else.
func notALink(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file", filepath.Base(path))
	}
	return nil
}
