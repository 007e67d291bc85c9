package checkpoint

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
	"batchcomplete/internal/ums"
)

// BenchmarkImport is one bill into a checkpoint, its share of the flush included.
func BenchmarkImport(b *testing.B) {
	importBills(b, openBench(b), b.N)
}

// BenchmarkTwoMoves is one row's intent and outcome, each on disk before it
// returns, while that many workers wait for theirs.
func BenchmarkTwoMoves(b *testing.B) {
	for _, workers := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			db := openBench(b)
			importBills(b, db, b.N)
			rows, err := db.Rows(context.Background(), batch.Pending, 0, b.N, nil)
			if err != nil {
				b.Fatal(err)
			}
			db.aside.Wait()
			b.ResetTimer()
			moveAll(b, db, rows, workers)
		})
	}
}

func openBench(b *testing.B) *DB {
	db, err := Open(context.Background(), Options{Path: filepath.Join(b.TempDir(), "bench.db"), Env: "test"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	return db
}

func importBills(b *testing.B, db *DB, n int) {
	imp, err := db.Import(context.Background(), File{Path: "bench.csv", SHA256: "bench", At: time.Now()}, ImportOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer imp.Rollback()
	entries := func(yield func(Entry, error) bool) {
		for i := range n {
			bill := batch.Bill{
				MID: "89844035541APR4", TID: "APR40001", InstMID: "QRPAYDEFAULT", BillNo: fmt.Sprintf("319420261120%010d", i), BillDate: "2026-11-20",
				AuthIDRespCd: fmt.Sprintf("A%06d", i), Amount: money.Fen(1_000 + i%900_000), MsgID: fmt.Sprintf("M%09d", i), AuthedDesc: "按押金结算",
			}
			if !yield(Entry{Line: i + 2, Bill: bill}, nil) {
				return
			}
		}
	}
	if _, err := imp.AddAll(entries, func(Entry, Seen) {}); err != nil {
		b.Fatal(err)
	}
	if _, err := imp.Commit(); err != nil {
		b.Fatal(err)
	}
}

func moveAll(b *testing.B, db *DB, rows []batch.Row, workers int) {
	work := make(chan batch.Row)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for row := range work {
				if err := twoMoves(db, row); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for _, row := range rows {
		work <- row
	}
	close(work)
	all.Wait()
}

func twoMoves(db *DB, row batch.Row) error {
	ctx := context.Background()
	row, err := db.Intend(ctx, row, time.Now())
	if err != nil {
		return err
	}
	return db.Move(ctx, batch.Move{ID: row.ID, Cause: batch.BySend, From: batch.Sending, To: batch.Completed, At: time.Now(), Answer: ums.Answer{
		Code: "SUCCESS", HTTPStatus: 200, Payment: ums.Payment{
			MerOrderID: row.OrderID, PaySeqID: "35313909095N", TargetOrderID: "1123202611201234567890", TargetSys: "ACP", PayTime: "2026-11-20 12:00:00",
			SettleDate: "2026-11-20", PayDetail: "现金支付19.08元", TotalAmount: row.Amount, BuyerPayAmount: row.Amount, InvoiceAmount: row.Amount,
		},
	}})
}
