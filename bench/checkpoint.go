package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"batchcomplete/internal/ahead"
	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/ums"
)

func open(path string) (*checkpoint.DB, error) {
	return checkpoint.Open(context.Background(), checkpoint.Options{Path: path, Env: "test"})
}

// fillWith imports n bills under that name.
func fillWith(db *checkpoint.DB, name string, n int) error {
	imp, err := db.Import(context.Background(), checkpoint.File{Path: name, SHA256: name, At: time.Now()}, checkpoint.ImportOptions{})
	if err != nil {
		return err
	}
	defer imp.Rollback()
	entries := ahead.Of(func(emit func(checkpoint.Entry) error) error {
		for i := range n {
			if err := emit(imp.Derive(checkpoint.Entry{Line: i + 2, Bill: billOf(i)})); err != nil {
				return err
			}
		}
		return nil
	})
	if _, err := imp.AddAll(entries, func(checkpoint.Entry, checkpoint.Seen) {}); err != nil {
		return err
	}
	_, err = imp.Commit()
	return err
}

// filled opens a checkpoint and imports as many bills as a child was told to.
func filled(path, count string) (*checkpoint.DB, int, error) {
	n, err := strconv.Atoi(count)
	if err != nil {
		return nil, 0, err
	}
	db, err := open(path)
	if err != nil {
		return nil, 0, err
	}
	if err := fillWith(db, "bills.csv", n); err != nil {
		return nil, 0, errors.Join(err, db.Close())
	}
	return db, n, nil
}

// importing measures how fast bills go into an empty checkpoint, and a bare loop
// beside it.
func importing(b *bench) (string, error) {
	t := table{head: []string{"bills", "bare loop, rows/s", "import, rows/s", "turn by turn", "of the bare loop", "until written back: bare loop, import, rows/s"}}
	for _, n := range b.imported {
		var bare, imported, ratios, bareBack, back []float64
		for range b.turns {
			plain, err := b.takenIn("insert", n)
			if err != nil {
				return "", err
			}
			rate, err := b.takenIn("import", n)
			if err != nil {
				return "", err
			}
			bare, imported, ratios = append(bare, plain.onDisk), append(imported, rate.onDisk), append(ratios, rate.onDisk/plain.onDisk)
			bareBack, back = append(bareBack, plain.writtenBack), append(back, rate.writtenBack)
		}
		t.add(number(float64(n)), number(median(bare)), "**"+number(median(imported))+"**", list(imported, "%.0f"),
			fmt.Sprintf("%s; median %.2f", list(ratios, "%.2f"), median(ratios)), number(median(bareBack))+", "+number(median(back)))
	}
	return "Into an empty file, until all are on disk (goal: 100,000 rows/s), in the write-ahead log; that is written back to the file beside what follows. The bare loop is what would be written in an hour: one table, one prepared statement in one transaction, two unique indexes, of bills and of order ids; the import has the hashes, what becomes of each bill, and all rules besides.\n\n" + t.String(), nil
}

// taken is how many bills a second were on disk, and written back to the file.
type taken struct{ onDisk, writtenBack float64 }

// took is how long that took a child.
type took struct{ OnDisk, WrittenBack time.Duration }

// takenIn gives how many bills a second a child writes into an empty file.
func (b *bench) takenIn(how string, n int) (taken, error) {
	dir, err := b.scratch(how)
	if err != nil {
		return taken{}, err
	}
	defer os.RemoveAll(dir)
	var t took
	_, err = b.child(&t, how, filepath.Join(dir, "run.db"), strconv.Itoa(n))
	return taken{float64(n) / t.OnDisk.Seconds(), float64(n) / t.WrittenBack.Seconds()}, err
}

// childInsert: insert FILE N
//
// It is the bare loop beside the import.
func childInsert(args []string) error {
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	pool, err := sql.Open("sqlite3", "file:"+args[0]+"?_journal_mode=WAL&_synchronous=FULL&_cache_size=-32768")
	if err != nil {
		return err
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	if _, err := pool.Exec(`PRAGMA wal_autocheckpoint = 0; CREATE TABLE bill (id INTEGER PRIMARY KEY, mid TEXT, tid TEXT, inst_mid TEXT, bill_no TEXT, bill_date TEXT, auth_code TEXT,
		amount INTEGER, msg_id TEXT, src_reserve TEXT, authed_desc TEXT, order_id TEXT UNIQUE, state TEXT, UNIQUE (bill_no, bill_date, mid))`); err != nil {
		return err
	}
	defer cli.CollectLess()()
	began := time.Now()
	if err := insertBills(pool, n); err != nil {
		return err
	}
	return closed(pool, began)
}

// closed says how long it took until all was on disk, which is now, and until the
// log was written back, which closing does.
func closed(c io.Closer, began time.Time) error {
	t := took{OnDisk: time.Since(began)}
	if err := c.Close(); err != nil {
		return err
	}
	t.WrittenBack = time.Since(began)
	return json.NewEncoder(os.Stdout).Encode(t)
}

func insertBills(pool *sql.DB, n int) error {
	tx, err := pool.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	insert, err := tx.Prepare(`INSERT INTO bill VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')`)
	if err != nil {
		return err
	}
	defer insert.Close()
	type derived struct {
		line    int
		bill    batch.Bill
		orderID string
	}
	// Made a few hundred ahead in another goroutine, as those of the import are.
	for d, err := range ahead.Of(func(emit func(derived) error) error {
		for i := range n {
			b := billOf(i)
			if err := emit(derived{i + 2, b, batch.OrderID("test", "", b.Identity(), 0)}); err != nil {
				return err
			}
		}
		return nil
	}) {
		if err != nil {
			return err
		}
		b := d.bill
		if _, err := insert.Exec(d.line, b.MID, b.TID, b.InstMID, b.BillNo, b.BillDate, b.AuthIDRespCd, int64(b.Amount), b.MsgID, b.SrcReserve, b.AuthedDesc, d.orderID); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// childImport: import CHECKPOINT N
func childImport(args []string) error {
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	db, err := open(args[0])
	if err != nil {
		return err
	}
	defer db.Close()
	defer cli.CollectLess()() // as the program does
	began := time.Now()
	if err := fillWith(db, "bills.csv", n); err != nil {
		return err
	}
	return closed(db, began)
}

// alone is what durability costs a row while nobody else writes.
type alone struct{ Fsync, Intend, Move time.Duration }

// latency compares the two waits of a lonely row with one flush of the disk.
func latency(b *bench) (string, error) {
	dir, err := b.scratch("latency")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	var a alone
	if _, err := b.child(&a, "alone", dir); err != nil {
		return "", err
	}
	ms := func(d time.Duration) string { return fmt.Sprintf("%.2f ms", d.Seconds()*1000) }
	return fmt.Sprintf("One worker alone, medians of %d: a write of 4 KiB and its fsync %s; the intent of a row, until it is durable, %s; its outcome %s: %.1f flushes for both (goal: one or two for a row).\n",
		lonely, ms(a.Fsync), ms(a.Intend), ms(a.Move), (a.Intend+a.Move).Seconds()/a.Fsync.Seconds()), nil
}

const lonely = 300

// childAlone: alone DIR
func childAlone(args []string) error {
	ctx := context.Background()
	db, _, err := filled(filepath.Join(args[0], "run.db"), strconv.Itoa(lonely))
	if err != nil {
		return err
	}
	defer db.Close()
	raw, err := os.Create(filepath.Join(args[0], "raw"))
	if err != nil {
		return err
	}
	defer raw.Close()
	rows, err := db.Rows(ctx, batch.Pending, 0, lonely, nil)
	if err != nil {
		return err
	}
	var flushes, intends, moves []time.Duration
	for _, row := range rows {
		began := time.Now()
		if err := flush(raw); err != nil {
			return err
		}
		flushed := time.Now()
		row, err := db.Intend(ctx, row, time.Now())
		if err != nil {
			return err
		}
		intended := time.Now()
		if err := db.Move(ctx, completed(row)); err != nil {
			return err
		}
		flushes, intends, moves = append(flushes, flushed.Sub(began)), append(intends, intended.Sub(flushed)), append(moves, time.Since(intended))
	}
	return json.NewEncoder(os.Stdout).Encode(alone{median(flushes), median(intends), median(moves)})
}

func flush(f *os.File) error {
	if _, err := f.Write(make([]byte, 4096)); err != nil {
		return err
	}
	return f.Sync()
}

// completed is the move that the gateway's plain success makes of a sending row.
func completed(row batch.Row) batch.Move {
	return batch.Move{ID: row.ID, Cause: batch.BySend, From: batch.Sending, To: batch.Completed, At: time.Now(), Answer: ums.Answer{
		Outcome: ums.Completed, Code: "SUCCESS", HTTPStatus: 200, Payment: ums.Payment{
			MerOrderID: row.OrderID, PaySeqID: fmt.Sprintf("%011dN", row.ID), TargetOrderID: "1123202611201234567890", TargetSys: "ACP", Status: "TRADE_SUCCESS",
			PayTime: "2026-11-20 12:00:00", SettleDate: "2026-11-20", PayDetail: "现金支付19.08元", CardAttr: "DEBIT_CARD",
			TotalAmount: row.Amount, BuyerPayAmount: row.Amount, InvoiceAmount: row.Amount,
		},
	}}
}

// discarded is the move that a refusal before processing makes of it: the row
// may be sent again.
func discarded(row batch.Row) batch.Move {
	const raw = `{"errCode":"TXN_DISCARDED","errMsg":"系统繁忙，交易已丢弃","mid":"89844035541APR4","billNo":"3194202611200000000000","billDate":"2026-11-20"}`
	return batch.Move{ID: row.ID, Cause: batch.BySend, From: batch.Sending, To: batch.Pending, At: time.Now(), Answer: ums.Answer{
		Outcome: ums.NotExecuted, Code: "TXN_DISCARDED", Message: "系统繁忙，交易已丢弃", HTTPStatus: 200, Raw: []byte(raw),
	}}
}

// bytesPerRow measures the checkpoint after two attempts of every row.
func bytesPerRow(b *bench) (string, error) {
	dir, err := b.scratch("bytes")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "run.db")
	if _, err := b.child(nil, "attempts", path, strconv.Itoa(b.attempts)); err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d rows with two attempts each (the first discarded by the gateway, with its reply kept; the second completed): **%d bytes a row** (goal ≤ 1,536).\n",
		b.attempts, info.Size()/int64(b.attempts)), nil
}

// childAttempts: attempts CHECKPOINT N
func childAttempts(args []string) error {
	db, _, err := filled(args[0], args[1])
	if err != nil {
		return err
	}
	for _, outcome := range []func(batch.Row) batch.Move{discarded, completed} {
		if err := attemptAll(db, outcome); err != nil {
			return errors.Join(err, db.Close())
		}
	}
	return db.Close()
}

// attemptAll makes one attempt of every pending row.
func attemptAll(db *checkpoint.DB, outcome func(batch.Row) batch.Move) error {
	ctx := context.Background()
	pending := make(chan batch.Row)
	failed := make(chan error, workers)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for row := range pending {
				row, err := db.Intend(ctx, row, time.Now())
				if err == nil {
					err = db.Move(ctx, outcome(row))
				}
				if err != nil {
					failed <- err
					return
				}
			}
		})
	}
	err := eachPending(ctx, db, pending, failed)
	close(pending)
	all.Wait()
	select {
	case first := <-failed:
		return errors.Join(err, first)
	default:
		return err
	}
}

// eachPending hands out every row that is pending now, once.
func eachPending(ctx context.Context, db *checkpoint.DB, pending chan<- batch.Row, failed <-chan error) error {
	for after := int64(0); ; {
		rows, err := db.Rows(ctx, batch.Pending, after, 500, nil)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			select {
			case pending <- row:
			case err := <-failed:
				return err
			}
		}
		after = rows[len(rows)-1].ID
	}
}
