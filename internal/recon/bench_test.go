package recon

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/lang"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet"
)

// benchSize is how many rows and lines the benchmarks take; RECON_ROWS sets it.
func benchSize() int {
	if n, err := strconv.Atoi(os.Getenv("RECON_ROWS")); err == nil {
		return n
	}
	return 20_000
}

// generated is a source of n bills that are made as they are asked for.
func generated(n int) Source {
	return Source{Env: "test", Batches: []Batch{{Name: "b", Imported: Sum{n, money.Fen(1000 * n)}, ImportedAt: now}}, Each: func(visit func(batch.Row) error) error {
		for i := range n {
			if err := visit(bill(i + 1)); err != nil {
				return err
			}
		}
		return nil
	}}
}

func writeStatement(b *testing.B, path string, n int) {
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	for _, h := range portalHead {
		fmt.Fprint(w, h, "\t")
	}
	fmt.Fprintln(w)
	for i := range n {
		for _, field := range lineOf(i + 1).fields() {
			fmt.Fprint(w, field, "\t")
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkReconcile matches as many lines as rows, and writes the workbook.
func BenchmarkReconcile(b *testing.B) {
	n := benchSize()
	dir := b.TempDir()
	writeStatement(b, filepath.Join(dir, "s.txt"), n)
	calendar, err := NewCalendar(nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		f, err := sheet.Open(filepath.Join(dir, "s.txt"), "")
		if err != nil {
			b.Fatal(err)
		}
		s := generated(n)
		r, err := Reconcile(s, Selection{}, Input{Statements: []StatementFile{{Name: "s.txt", File: f}}, Layouts: BuiltIn(), Today: "2026-11-23"})
		if err != nil {
			b.Fatal(err)
		}
		if r.Matching.Matched != n || !r.TiesOut() {
			b.Fatalf("%d of %d matched", r.Matching.Matched, n)
		}
		w := Workbook{Source: s, Result: r, Calendar: calendar, Lang: lang.Zh, Now: now}
		if err := w.Write(filepath.Join(dir, "r.xlsx")); err != nil {
			b.Fatal(err)
		}
		_ = r.Close()
		_ = f.Close()
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkStreamWriter writes the same cells and does nothing else.
func BenchmarkStreamWriter(b *testing.B) {
	n := benchSize()
	s := generated(n)
	for b.Loop() {
		f := excelize.NewFile()
		for _, name := range []string{"Sheet1", "Sheet2"} {
			if name != "Sheet1" {
				if _, err := f.NewSheet(name); err != nil {
					b.Fatal(err)
				}
			}
			w, err := f.NewStreamWriter(name)
			if err != nil {
				b.Fatal(err)
			}
			at := 0
			err = s.Each(func(row batch.Row) error {
				at++
				cells := []any{row.Batch, row.Line, row.MID, row.BillNo, 10.0, "已完成", 10.0, 0.0, row.Payment.SettleDate, "", "相符", 0.06, 9.94, row.TID, row.BillDate, 10.0, 0.0, row.Payment.PaySeqID, "", row.OrderID, "", 1, "2026-11-23 12:00:00", "s.txt:2"}
				if name == "Sheet2" {
					cells = cells[:19]
				}
				return w.SetRow(fmt.Sprintf("A%d", at), cells)
			})
			if err != nil {
				b.Fatal(err)
			}
			if err := w.Flush(); err != nil {
				b.Fatal(err)
			}
		}
		if err := f.SaveAs(filepath.Join(b.TempDir(), "x.xlsx")); err != nil {
			b.Fatal(err)
		}
		_ = f.Close()
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
}
