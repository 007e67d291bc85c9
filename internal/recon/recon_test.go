package recon

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/lang"
	"batchcomplete/internal/money"
	"batchcomplete/internal/ums"
)

var now = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

// rows has one row of each state, and completed ones of two merchants and dates.
func rows() []batch.Row {
	row := func(line int, state batch.State, mid string, fen money.Fen, p ums.Payment) batch.Row {
		return batch.Row{ID: int64(line), Batch: "bills-2026-11-20", Line: line, State: state, Payment: p, Attempts: 1, UpdatedAt: now.AddDate(0, 0, -2),
			OrderID: fmt.Sprintf("124F%022d", line), Bill: batch.Bill{MID: mid, TID: "40001001", BillNo: fmt.Sprintf("124F%014d", line), BillDate: "2026-11-20", Amount: fen}}
	}
	paid := func(date string, total, buyer, discount money.Fen) ums.Payment {
		return ums.Payment{SettleDate: date, TotalAmount: total, BuyerPayAmount: buyer, DiscountAmount: discount, PaySeqID: "35313909095N"}
	}
	return []batch.Row{
		row(2, batch.Completed, "898440355410001", 1908, paid("2026-11-20", 1908, 954, 954)), // the official page's: a discount beside the full amount
		row(3, batch.Completed, "898440355410001", 1000, paid("2026-11-20", 950, 950, 50)),
		row(4, batch.Completed, "898440355410002", 700, paid("2026-11-21", 700, 700, 0)),
		row(5, batch.Completed, "898440355410002", 300, paid("", 300, 300, 0)),
		row(6, batch.Declined, "898440355410001", 100, ums.Payment{}),
		row(7, batch.Unknown, "898440355410001", 200, ums.Payment{}),
		row(8, batch.Held, "898440355410001", 400, ums.Payment{}),
		row(9, batch.Pending, "898440355410001", 800, ums.Payment{}),
		row(10, batch.Invalid, "", 0, ums.Payment{}),
		row(11, batch.Duplicate, "898440355410001", 1908, ums.Payment{}),
	}
}

func source(all []batch.Row, imported Sum) Source {
	return Source{Env: "test", Batches: []Batch{{Name: "bills-2026-11-20", Path: "bills.xlsx", SHA256: "ab", Imported: imported, ImportedAt: now}},
		Each: func(visit func(batch.Row) error) error {
			for _, row := range all {
				if err := visit(row); err != nil {
					return err
				}
			}
			return nil
		}}
}

var imported = Sum{10, 7316}

func TestItTiesOutAndCountsBySettleDateAndMerchant(t *testing.T) {
	got, err := Count(source(rows(), imported), Selection{})
	if err != nil || !got.TiesOut() {
		t.Fatalf("%+v, %v", got, err)
	}
	want := []SettleLine{
		{"2026-11-20", "898440355410001", 2, 2908, 2858, 1904, 50, 0},
		{"2026-11-21", "898440355410002", 1, 700, 700, 700, 0, 0},
	}
	if fmt.Sprint(got.Undated) != fmt.Sprint([]SettleLine{{"", "898440355410002", 1, 300, 300, 300, 0, 0}}) {
		t.Errorf("%v", got.Undated)
	}
	if fmt.Sprint(got.Settle) != fmt.Sprint(want) {
		t.Errorf("%v", got.Settle)
	}
	if got.Unresolved != (Sum{3, 1400}) || got.Counted.Rows != 10 {
		t.Errorf("%+v", got)
	}
}

func TestARowThatIsLostOrDoubledOrAlteredDoesNotTieOut(t *testing.T) {
	altered := rows()
	altered[1].Payment.TotalAmount = 949
	dearer := rows()
	dearer[8].Amount = 1
	for name, all := range map[string][]batch.Row{"lost": rows()[1:], "doubled": append(rows(), rows()[0]), "completed amount altered": altered, "amount altered": dearer} {
		if got, err := Count(source(all, imported), Selection{}); err != nil || got.TiesOut() {
			t.Errorf("%s: it ties out (%v)", name, err)
		}
	}
}

func TestASelectionShowsTheBatchesThatItTouchesAndEverythingUnresolved(t *testing.T) {
	for _, c := range []struct {
		s           Selection
		shown, days int
	}{
		{Selection{Dates: []string{"2026-11-20"}}, 10, 1}, {Selection{From: "2026-11-21"}, 10, 1}, {Selection{From: "2026-11-20", To: "2026-11-21"}, 10, 2},
		{Selection{To: "2026-11-20"}, 10, 1}, {Selection{Dates: []string{"2026-11-22"}}, 0, 0}, {Selection{Dates: []string{"2026-11-23"}}, 10, 0},
	} {
		got, err := Count(source(rows(), imported), c.s)
		if err != nil || got.Counted.Rows != c.shown || len(got.Settle) != c.days || !got.TiesOut() || got.Unresolved.Rows != 3 {
			t.Errorf("%+v: %+v, %v", c.s, got, err)
		}
	}
}

func TestTheWorkbookHasEveryRowOnceAndNothingElse(t *testing.T) {
	tally, err := Count(source(rows(), imported), Selection{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "r.xlsx")
	w := Workbook{Source: source(rows(), imported), Result: Result{Tally: tally}, Lang: lang.Zh, Now: now}
	if err := w.Write(path); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := fmt.Sprint(f.GetSheetList()); got != "[汇总 明细 未决 批次]" {
		t.Error(got)
	}
	details, err := f.GetRows("明细")
	if err != nil || len(details) != 11 {
		t.Fatalf("%d rows, %v", len(details), err)
	}
	for i, row := range rows() {
		if details[i+1][3] != row.BillNo || details[i+1][4] != row.Amount.Grouped() {
			t.Errorf("%v", details[i+1])
		}
	}
	unresolved, err := f.GetRows("未决")
	if err != nil || len(unresolved) != 4 || unresolved[1][5] != "结果未知" || unresolved[1][6] != "2" || unresolved[1][7] != "1" {
		t.Errorf("%v, %v", unresolved, err)
	}
	again := filepath.Join(t.TempDir(), "again.xlsx")
	if err := w.Write(again); err != nil {
		t.Fatal(err)
	}
	g, err := excelize.OpenFile(again)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	for _, name := range f.GetSheetList() {
		a, _ := f.GetRows(name)
		b, _ := g.GetRows(name)
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("the same data gave other cells in %s", name)
		}
	}
}
