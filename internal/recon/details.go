package recon

import (
	"fmt"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/sheet"
)

var detailColumns = []string{"batch", "line", "mid", "tid", "billNo", "billDate", "requested", "state", "completed", "buyerPaid", "discount", "invoice",
	"settleDate", "paySeqId", "targetOrderId", "orderId", "code", "reason", "attempts", "updatedAt"}

var detailWidths = []int{26, 8, 18, 11, 30, 12, 15, 13, 15, 15, 11, 15, 13, 16, 24, 31, 20, 44, 9, 21}

// matchedColumns come behind them where there is a statement.
var matchedColumns = []string{"place", "fee", "net", "inStatement"}

var matchedWidths = []int{18, 12, 15, 34}

// The columns of the details that formulas speak of.
const (
	batchColumn     = 0
	requestedColumn = 6
	stateColumn     = 7
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
	keys, widths := detailColumns, detailWidths
	x := w.Result.Matching
	if x != nil {
		keys, widths = append(keys[:len(keys):len(keys)], matchedColumns...), append(widths[:len(widths):len(widths)], matchedWidths...)
	}
	return page{tab: w.t("tab.details"), layout: sheet.Layout{Widths: widths, Left: 2}, head: w.headings(keys...), rows: w.Result.Counted.Rows,
		write: func(emit func(...sheet.Value)) error {
			at := -1
			return w.Source.Each(func(row batch.Row) error {
				at++
				b := w.Result.byName[row.Batch]
				if b == nil || !b.Shown {
					return nil
				}
				values := w.detail(row, b.Main)
				if x != nil {
					values = append(values, w.matched(x.m, int32(at))...)
				}
				emit(values...)
				return nil
			})
		}}
}

func (w Workbook) detail(row batch.Row, mainDate string) []sheet.Value {
	p := row.Payment
	values := []sheet.Value{text(row.Batch), count(row.Line), text(row.MID), text(row.TID), text(row.BillNo), text(row.BillDate),
		yuan(row.Amount), text(w.state(row.State)).In(Tones[row.State])}
	reason := Reason(w.Lang, row)
	if row.State == batch.Completed {
		date := text(w.date(p.SettleDate))
		if p.SettleDate != mainDate {
			date = date.In(sheet.Doubtful)
		}
		if p.SettleDate != mainDate && p.SettleDate != "" {
			reason = w.t("off", mainDate)
		}
		values = append(values, yuan(p.TotalAmount), yuan(p.BuyerPayAmount), yuan(discountOn(row)), yuan(p.InvoiceAmount), date)
	} else {
		values = append(values, text(""), text(""), text(""), text(""), text(""))
	}
	return append(values, text(p.PaySeqID), text(p.TargetOrderID), text(row.OrderID), text(row.Code), text(reason),
		count(row.Attempts), text(w.stamp(row.UpdatedAt)))
}

// matched says of a row where it stands against the statement.
func (w Workbook) matched(m *matcher, at int32) []sheet.Value {
	mk := m.marks[at]
	place := w.place(mk.place)
	if mk.flags&undone != 0 {
		place = w.t("undone", place)
	}
	values := []sheet.Value{text(place).In(mk.place.tone())}
	if mk.line == none || mk.place == Duplicate {
		return append(values, text(""), text(""), text(""))
	}
	line := m.lines.at(mk.line)
	return append(values, yuan(line.fee), yuan(line.amount-line.fee), text(w.lineName(mk.line)))
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

var unresolvedColumns = []string{"batch", "line", "mid", "billNo", "billDate", "requested", "state", "age", "workingDays", "reason", "advice", "turn", "orderId", "sentAt"}

// unresolved has every row of which something is still to come, whatever dates
// are selected.
func (w Workbook) unresolved() page {
	rows := w.Result.Unresolved.Rows
	return page{tab: w.t("tab.unresolved"), layout: sheet.Layout{Widths: []int{26, 8, 18, 30, 12, 15, 13, 9, 9, 44, 44, 14, 31, 21}}, head: w.headings(unresolvedColumns...), rows: max(1, rows),
		write: func(emit func(...sheet.Value)) error {
			if rows == 0 {
				emit(text(w.t("unresolved.none")).In(sheet.Good))
				return nil
			}
			return w.Source.Each(func(row batch.Row) error {
				if !Open(row.State) {
					return nil
				}
				since := row.SentAt
				if since.IsZero() {
					since = row.UpdatedAt
				}
				emit(text(row.Batch), count(row.Line), text(row.MID), text(row.BillNo), text(row.BillDate), yuan(row.Amount),
					text(w.state(row.State)).In(Tones[row.State]), count(max(0, int(w.Now.Sub(since)/(24*time.Hour)))),
					count(w.Calendar.Since(since.In(beijing).Format(time.DateOnly), w.today())),
					text(Reason(w.Lang, row)), text(Advice(w.Lang, row)), text(w.t("turn."+string(row.State))), text(row.OrderID), text(w.stamp(row.SentAt)))
				return nil
			})
		}}
}
