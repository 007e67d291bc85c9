package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"batchcomplete/internal/batch"
)

// fresh is how many bills the run after so many old ones has.
const fresh = 100

// startup measures how long the program takes to its first request with a large
// checkpoint, and with an empty one beside it.
func startup(b *bench) (string, error) {
	dir, err := b.scratch("startup")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	large := filepath.Join(dir, "large.db")
	if _, err := b.child(nil, "fill", large, strconv.Itoa(b.old)); err != nil {
		return "", err
	}
	info, err := os.Stat(large)
	if err != nil {
		return "", err
	}
	// The bills of this file are not among those of the checkpoint.
	file := filepath.Join(dir, "new.csv")
	if err := writeNew(file, 0); err != nil {
		return "", err
	}
	var with, without []float64
	for turn := range b.turns {
		for _, c := range []struct {
			db   string
			into *[]float64
		}{{large, &with}, {filepath.Join(dir, fmt.Sprintf("empty-%d.db", turn)), &without}} {
			took, err := b.firstRequest(dir, c.db, file)
			if err != nil {
				return "", err
			}
			*c.into = append(*c.into, took.Seconds())
		}
		if err := writeNew(file, turn+1); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("From the start of the process to the first request at the gateway, for a file of %d new bills: **%.2f s** with a checkpoint of %d completed rows (%s), %.2f s with an empty one (goal: under 1 s). %d turns, medians.\n",
		fresh, median(with), b.old, mib(mebibytes(info.Size())), median(without), b.turns), nil
}

// writeNew writes bills that no turn before had.
func writeNew(path string, turn int) error {
	var text strings.Builder
	text.WriteString(strings.Join(headings, ",") + "\n")
	for i := range fresh {
		row := fields(i)
		row[2] = fmt.Sprintf("3194%018d", turn*fresh+i)
		text.WriteString(strings.Join(row, ",") + "\n")
	}
	return os.WriteFile(path, []byte(text.String()), 0o600)
}

func (b *bench) firstRequest(dir, db, file string) (time.Duration, error) {
	ledger, err := os.CreateTemp(dir, "ledger-*")
	if err != nil {
		return 0, err
	}
	ledger.Close()
	g, err := b.startGateway(ledger.Name())
	if err != nil {
		return 0, err
	}
	began := time.Now()
	_, err = b.start(g, file, db)
	if stopped := g.stop(); err == nil {
		err = stopped
	}
	if err != nil {
		return 0, err
	}
	times, err := g.arrivals()
	if err != nil || len(times) == 0 {
		return 0, fmt.Errorf("no request arrived: %w", err)
	}
	return times[0].Sub(began), nil
}

// childFill: fill CHECKPOINT N
//
// It makes a checkpoint of at least N completed rows: a few thousand by the
// program's own way, then copies of them under other ids, bill numbers and order
// ids. The triggers and indexes are put aside meanwhile, and back after it.
func childFill(args []string) error {
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	db, err := open(args[0])
	if err != nil {
		return err
	}
	const first = 5_000
	if err := fillWith(db, "old.csv", first); err != nil {
		return err
	}
	if err := attemptAll(db, func(row batch.Row) batch.Move { return completed(row) }); err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	return multiply(args[0], first, n)
}

// multiply copies the first rows of every table until there are n.
func multiply(path string, first, n int) error {
	ctx := context.Background()
	pool, err := sql.Open("sqlite3", "file:"+path+"?_synchronous=OFF&_cache_size=-1000000&_foreign_keys=off")
	if err != nil {
		return err
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	aside, err := putAside(ctx, pool)
	if err != nil {
		return err
	}
	for _, table := range []string{"row", "progress", "attempt", "answer", "result"} {
		statement, err := copying(ctx, pool, table)
		if err != nil {
			return err
		}
		for from := first; from < n; from += first {
			if _, err := pool.ExecContext(ctx, statement, from, first); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
	}
	if _, err := pool.ExecContext(ctx, "INSERT INTO claim SELECT order_id, row_id FROM progress WHERE row_id > ? ORDER BY order_id", first); err != nil {
		return fmt.Errorf("giving the copies their order ids: %w", err)
	}
	for _, statement := range aside {
		if _, err := pool.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	_, err = pool.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

// putAside drops triggers and indexes and gives the statements that made them.
func putAside(ctx context.Context, pool *sql.DB) ([]string, error) {
	rows, err := pool.QueryContext(ctx, "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('trigger', 'index') AND sql IS NOT NULL")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var drops, makes []string
	for rows.Next() {
		var kind, name, made string
		if err := rows.Scan(&kind, &name, &made); err != nil {
			return nil, err
		}
		drops, makes = append(drops, "DROP "+kind+" "+name), append(makes, made)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	rows.Close()
	for _, drop := range drops {
		if _, err := pool.ExecContext(ctx, drop); err != nil {
			return nil, err
		}
	}
	return makes, nil
}

// copying gives the statement that copies the first ?2 rows of a table with ?1
// added to their ids.
func copying(ctx context.Context, pool *sql.DB, table string) (string, error) {
	columns, err := pool.QueryContext(ctx, "SELECT name FROM pragma_table_info(?)", table)
	if err != nil {
		return "", err
	}
	defer columns.Close()
	key := "row_id"
	if table == "row" {
		key = "id"
	}
	var names, values []string
	for columns.Next() {
		var name string
		if err := columns.Scan(&name); err != nil {
			return "", err
		}
		value := name
		switch {
		case name == key || name == "line":
			value = name + " + ?1"
		case name == "bill_no":
			value = "'3194' || printf('%018d', 500000000000 + id + ?1)"
		case name == "order_id" && table != "answer":
			value = "'3194' || printf('%022d', 700000000000 + " + key + " + ?1)"
		}
		names, values = append(names, name), append(values, value)
	}
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s WHERE %s <= ?2", table, strings.Join(names, ", "), strings.Join(values, ", "), table, key), columns.Err()
}
