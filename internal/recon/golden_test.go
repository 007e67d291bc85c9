package recon

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/lang"
)

var update = flag.Bool("update", false, "write testdata anew")

// dump writes every cell of a workbook, sheet by sheet: what is shown, and the
// formula behind it.
func dump(t *testing.T, path string) string {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b strings.Builder
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "== %s\n", name)
		for r, row := range rows {
			for c, value := range row {
				cell, err := excelize.CoordinatesToCellName(c+1, r+1)
				if err != nil {
					t.Fatal(err)
				}
				formula, err := f.GetCellFormula(name, cell)
				if err != nil {
					t.Fatal(err)
				}
				if formula != "" {
					value += " =" + formula
				}
				if value != "" {
					fmt.Fprintf(&b, "%s %s\n", cell, strings.ReplaceAll(value, "\n", "⏎"))
				}
			}
		}
		for _, n := range f.GetDefinedName() {
			if n.Scope == name {
				fmt.Fprintf(&b, "%s %s\n", n.Name, n.RefersTo)
			}
		}
	}
	return b.String()
}

// TestTheWorkbookIsAsItWas compares the cells of a workbook that has some of
// everything with those that were looked at and found right.
func TestTheWorkbookIsAsItWas(t *testing.T) {
	fees, err := CheckFees([]FeeRule{{Rate: "60"}})
	if err != nil {
		t.Fatal(err)
	}
	calendar, err := NewCalendar(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := sourceOf(bill(1), bill(2), bill(3), bill(4), bill(5, func(r *batch.Row) { r.Payment.SettleDate = day21 }), bill(6, func(r *batch.Row) { r.Payment.SettleDate = "" }),
		bill(7, in(batch.Unknown)), bill(8, in(batch.Declined)), bill(9, in(batch.Held)), bill(10, in(batch.Pending)), bill(11, in(batch.Invalid)))
	statement := statementOf(lineOf(1), lineOf(2, func(l *stmtLine) { l.fen = 999 }), lineOf(3, func(l *stmtLine) { l.fee = 7 }), lineOf(3, func(l *stmtLine) { l.kind = "退货" }),
		lineOf(5), lineOf(7), lineOf(8), lineOf(1), lineOf(20), lineOf(21, func(l *stmtLine) { l.kind = "消费" }))
	for _, l := range []lang.Lang{lang.Zh, lang.En} {
		r := reconcile(t, s, Selection{}, Input{Statements: []StatementFile{statement}, Fees: fees})
		w := Workbook{Source: s, Result: r, Calendar: calendar, Lang: l, Now: time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC), Version: "v"}
		path := filepath.Join(t.TempDir(), "r.xlsx")
		if err := w.Write(path); err != nil {
			t.Fatal(err)
		}
		got, golden := dump(t, path), filepath.Join("testdata", "workbook."+l.String()+".txt")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: %s\n(go test ./internal/recon -update writes it anew)", golden, firstDifference(got, string(want)))
		}
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			return fmt.Sprintf("line %d is %q, was %q", i+1, g[i], append(w, "")[min(i, len(w))])
		}
	}
	return "lines are missing at the end"
}
