package recon

import (
	"fmt"
	"slices"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/sheet"
)

// The details: what is printed comes first, then where there is a statement what
// it says, then what only programs and support ask for.
var (
	detailColumns  = []string{"batch", "line", "mid", "billNo", "requested", "state", "completed", "discount", "settleDate", "reason"}
	detailWidths   = []int{22, 6, 17, 27, 13, 11, 13, 10, 11, 34}
	matchedColumns = []string{"place", "fee", "net"}
	matchedWidths  = []int{15, 10, 13}
	restColumns    = []string{"tid", "billDate", "buyerPaid", "invoice", "paySeqId", "targetOrderId", "orderId", "code", "attempts", "updatedAt", "inStatement"}
	restWidths     = []int{11, 12, 13, 13, 16, 24, 31, 20, 9, 21, 34}
)

// The columns of the details that formulas speak of.
const (
	batchColumn     = 0
	requestedColumn = 4
	stateColumn     = 5
)

// detailAreas are the cells of a column of the details.
func (w Workbook) detailAreas(column int) []sheet.Area {
	var areas []sheet.Area
	rows := w.Result.Counted.Rows
	for i, tab := range tabs(w.t("tab.details"), rows) {
		if n := min(maxRows, rows-i*maxRows); n > 0 {
			areas = append(areas, sheet.Area{Sheet: tab, Column: column, First: 2, Last: n + 1})
		}
	}
	return areas
}

// details has every row of the batches that the workbook is about, once.
func (w Workbook) details() page {
	keys, widths := slices.Clone(detailColumns), slices.Clone(detailWidths)
	x := w.Result.Matching
	if x != nil {
		keys, widths = append(keys, matchedColumns...), append(widths, matchedWidths...)
	}
	printed := len(keys)
	keys, widths = append(keys, restColumns...), append(widths, restWidths...)
	return page{tab: w.t("tab.details"), layout: sheet.Layout{Widths: widths, Left: 2, Printed: printed}, head: w.headings(keys...), rows: w.Result.Counted.Rows,
		write: func(emit func(...sheet.Value)) error {
			at := -1
			return w.Source.Each(func(row batch.Row) error {
				at++
				if b := w.Result.byName[row.Batch]; b != nil && b.Shown {
					emit(w.detail(row, int32(at), b.Main)...)
				}
				return nil
			})
		}}
}

func (w Workbook) detail(row batch.Row, at int32, mainDate string) []sheet.Value {
	p := row.Payment
	reason, in := Reason(w.Lang, row), ""
	empty := text("")
	done, discount, date, buyer, invoice := empty, empty, empty, empty, empty
	if row.State == batch.Completed {
		done, discount, buyer, invoice = yuan(p.TotalAmount), yuan(discountOn(row)), yuan(p.BuyerPayAmount), yuan(p.InvoiceAmount)
		date = text(w.date(p.SettleDate))
		if p.SettleDate != mainDate {
			date = date.In(sheet.Doubtful)
		}
		if p.SettleDate != mainDate && p.SettleDate != "" {
			reason = w.t("off", mainDate)
		}
	}
	values := make([]sheet.Value, 0, len(detailColumns)+len(matchedColumns)+len(restColumns))
	values = append(values, text(row.Batch), count(row.Line), text(row.MID), text(row.BillNo), yuan(row.Amount), text(w.state(row.State)).In(Tones[row.State]),
		done, discount, date, text(reason))
	if x := w.Result.Matching; x != nil {
		values = append(values, w.matched(x.m, at)...)
		if mk := x.m.marks[at]; mk.line != none {
			in = w.lineName(mk.line)
		}
	}
	return append(values, text(row.TID), text(row.BillDate), buyer, invoice, text(p.PaySeqID), text(p.TargetOrderID), text(row.OrderID), text(row.Code),
		count(row.Attempts), text(w.stamp(row.UpdatedAt)), text(in))
}

// matched says of a row where it stands against the statement.
func (w Workbook) matched(m *matcher, at int32) []sheet.Value {
	mk := m.marks[at]
	place := w.place(mk.place)
	if mk.flags&undone != 0 {
		place = w.t("undone", place)
	}
	if mk.line == none || mk.place == Duplicate {
		return []sheet.Value{text(place).In(mk.place.tone()), text(""), text("")}
	}
	line := m.lines.at(mk.line)
	return []sheet.Value{text(place).In(mk.place.tone()), yuan(line.fee), yuan(line.amount - line.fee)}
}

// lineName says where a line stands.
func (w Workbook) lineName(at int32) string {
	x := w.Result.Matching
	line := x.m.lines.at(at)
	if line.file == carried {
		return fmt.Sprintf("%s:%d", x.m.cameFrom[at], line.number)
	}
	return fmt.Sprintf("%s:%d", x.Statements[line.file].Name, line.number)
}

var (
	unresolvedColumns = []string{"batch", "line", "mid", "billNo", "requested", "state", "age", "workingDays", "turn", "reason", "advice", "billDate", "orderId", "sentAt"}
	unresolvedWidths  = []int{22, 6, 17, 27, 13, 11, 7, 9, 14, 34, 36, 12, 31, 21}
)

// unresolvedPrinted is how many of its columns are printed.
const unresolvedPrinted = 11

// unresolved has every row of which something is still to come, whatever dates
// are selected.
func (w Workbook) unresolved() page {
	rows := w.Result.Unresolved.Rows
	return page{tab: w.t("tab.unresolved"), layout: sheet.Layout{Widths: unresolvedWidths, Printed: unresolvedPrinted}, head: w.headings(unresolvedColumns...), rows: max(1, rows),
		write: func(emit func(...sheet.Value)) error {
			if rows == 0 {
				emit(text(w.t("unresolved.none")).In(sheet.Good))
				return nil
			}
			return w.Source.Each(func(row batch.Row) error {
				if Open(row.State) {
					emit(w.openRow(row)...)
				}
				return nil
			})
		}}
}

func (w Workbook) openRow(row batch.Row) []sheet.Value {
	since := row.SentAt
	if since.IsZero() {
		since = row.UpdatedAt
	}
	return []sheet.Value{text(row.Batch), count(row.Line), text(row.MID), text(row.BillNo), yuan(row.Amount), text(w.state(row.State)).In(Tones[row.State]),
		count(max(0, int(w.Now.Sub(since)/(24*time.Hour)))), count(w.Calendar.Since(since.In(beijing).Format(time.DateOnly), w.today())),
		text(w.t("turn." + string(row.State))), text(Reason(w.Lang, row)).Wrapped(), text(Advice(w.Lang, row)).Wrapped(),
		text(row.BillDate), text(row.OrderID), text(w.stamp(row.SentAt))}
}
