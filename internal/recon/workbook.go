package recon

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/lang"
	"batchcomplete/internal/sheet"
)

// Workbook is what a workbook is made of.
type Workbook struct {
	Source    Source
	Selection Selection
	Tally     Tally
	Lang      lang.Lang
	Now       time.Time
	Version   string
}

var beijing = time.FixedZone("CST", 8*60*60)

// Tones colour the states, alike in every workbook.
var Tones = map[batch.State]sheet.Tone{
	batch.Completed: sheet.Good, batch.Declined: sheet.Bad, batch.Invalid: sheet.Bad,
	batch.Unknown: sheet.Doubtful, batch.Held: sheet.Doubtful, batch.Sending: sheet.Doubtful, batch.Duplicate: sheet.Muted,
}

// Write makes the workbook: summary, details, unresolved, batches.
func (w Workbook) Write(path string) error {
	book := sheet.NewBook(w.Lang.T("recon.title"))
	w.summary(book)
	if err := w.details(book); err != nil {
		return err
	}
	if err := w.unresolved(book); err != nil {
		return err
	}
	w.batches(book)
	return book.Save(path)
}

func (w Workbook) t(key string, args ...any) string { return w.Lang.T("recon."+key, args...) }

func (w Workbook) state(s batch.State) string { return w.Lang.T("state." + string(s)) }

func (w Workbook) stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(beijing).Format(time.DateTime)
}

func text(s string) sheet.Value { return sheet.TextCell(s) }

// headings makes a row of headings from keys of the catalogue.
func (w Workbook) headings(keys ...string) []sheet.Value {
	var values []sheet.Value
	for _, key := range keys {
		values = append(values, text(w.t("col."+key)).In(sheet.Heading))
	}
	return values
}

func (w Workbook) summary(book *sheet.Book) {
	t := w.Tally
	var s page
	s.Row(text(w.t("title")).In(sheet.Title))
	s.Row(text(w.t("made", w.Source.Env, w.stamp(w.Now))))
	s.Row(text(w.shown()))
	s.Row()
	verdict, tone := w.t("tie.ok"), sheet.Good
	if !t.TiesOut() {
		verdict, tone = w.t("tie.bad"), sheet.Bad
	}
	s.Row(text(w.t("tie.title")).In(sheet.Title))
	s.Row(text(verdict).In(tone))
	s.Row(w.headings("item", "none", "rows", "yuan")...)
	line := func(label string, sum Sum, tone sheet.Tone) {
		s.Row(text(label).In(tone), text("").In(tone), sheet.IntCell(sum.Rows).In(tone), sheet.MoneyCell(sum.Fen).In(tone))
	}
	line(w.t("tie.imported"), t.Imported, sheet.Strong)
	for _, state := range batch.States {
		if sum := t.States[state]; sum.Rows > 0 || state != batch.Sending {
			line("  "+w.state(state), sum, Tones[state])
		}
	}
	line(w.t("tie.counted"), t.Counted, sheet.Strong)
	line(w.t("tie.difference"), Sum{t.Imported.Rows - t.Counted.Rows, t.Imported.Fen - t.Counted.Fen}, sheet.Plain)
	s.Row(text(w.t("tie.completed", t.Asked.Grouped(), t.Done.Grouped(), t.Discounted.Grouped())))
	s.Row()
	s.Row(text(w.t("settle.title")).In(sheet.Title))
	s.Row(w.headings("settleDate", "mid", "rows", "requested", "completed", "buyerPaid", "discount")...)
	first := len(s) + 1
	total := SettleLine{}
	for _, l := range t.Settle {
		s.Row(text(w.date(l.SettleDate)), text(l.MID), sheet.IntCell(l.Rows), sheet.MoneyCell(l.Requested), sheet.MoneyCell(l.Completed), sheet.MoneyCell(l.BuyerPaid), sheet.MoneyCell(l.Discount))
		total.Rows += l.Rows
		total.Requested += l.Requested
		total.Completed += l.Completed
		total.BuyerPaid += l.BuyerPaid
		total.Discount += l.Discount
	}
	last := len(s)
	s.Row(text(w.t("total")).In(sheet.Strong), text("").In(sheet.Strong), sheet.IntCell(total.Rows).In(sheet.Strong), sheet.MoneyCell(total.Requested).In(sheet.Strong),
		sheet.MoneyCell(total.Completed).In(sheet.Strong), sheet.MoneyCell(total.BuyerPaid).In(sheet.Strong), sheet.MoneyCell(total.Discount).In(sheet.Strong))
	s.Row()
	s.Row(text(w.t("settle.note")))
	layout := sheet.Layout{Widths: []int{28, 20, 10, 18, 18, 18, 18}, Rows: len(s)}
	if last >= first {
		layout.Chart = &sheet.Chart{At: fmt.Sprintf("A%d", last+5), Title: w.t("settle.chart"), Categories: fmt.Sprintf("A%d:B%d", first, last), Values: fmt.Sprintf("E%d:E%d", first, last)}
	}
	written := book.Sheet(w.t("tab.summary"), layout)
	for _, row := range s {
		written.Row(row...)
	}
	written.Done()
}

// page is a sheet that is small enough to be put together before it is written:
// its chart has to know where its rows will be.
type page [][]sheet.Value

// Row adds a row.
func (p *page) Row(values ...sheet.Value) { *p = append(*p, values) }

// shown says which settle dates the workbook is about.
func (w Workbook) shown() string {
	switch {
	case w.Selection.Dates != nil:
		return w.t("shown.dates", strings.Join(w.Selection.Dates, ", "))
	case w.Selection.all():
		return w.t("shown.all")
	}
	return w.t("shown.range", w.Selection.From, w.Selection.To)
}

func (w Workbook) date(d string) string {
	if d == "" {
		return w.t("settle.none")
	}
	return d
}

var detailColumns = []string{"batch", "line", "mid", "tid", "billNo", "billDate", "requested", "state", "completed", "buyerPaid", "discount",
	"settleDate", "paySeqId", "targetOrderId", "orderId", "code", "reason", "attempts", "updatedAt"}

var detailWidths = []int{26, 8, 18, 11, 30, 12, 15, 13, 15, 15, 11, 13, 16, 24, 31, 20, 44, 9, 21}

func (w Workbook) details(book *sheet.Book) error {
	s := book.Sheet(w.t("tab.details"), sheet.Layout{Widths: detailWidths, Rows: w.Tally.Shown + 1, Head: 1, Columns: len(detailColumns), Left: 2})
	s.Row(w.headings(detailColumns...)...)
	err := w.Source.Each(func(row batch.Row) error {
		if !w.Selection.shows(row) {
			return nil
		}
		p := row.Payment
		values := []sheet.Value{text(row.Batch), sheet.IntCell(row.Line), text(row.MID), text(row.TID), text(row.BillNo), text(row.BillDate),
			sheet.MoneyCell(row.Amount), text(w.state(row.State)).In(Tones[row.State])}
		if row.State == batch.Completed {
			values = append(values, sheet.MoneyCell(p.TotalAmount), sheet.MoneyCell(p.BuyerPayAmount), sheet.MoneyCell(discountOn(row)), text(w.date(p.SettleDate)))
		} else {
			values = append(values, text(""), text(""), text(""), text(""))
		}
		s.Row(append(values, text(p.PaySeqID), text(p.TargetOrderID), text(row.OrderID), text(row.Code), text(Reason(w.Lang, row)),
			sheet.IntCell(row.Attempts), text(w.stamp(row.UpdatedAt)))...)
		return nil
	})
	s.Done()
	return err
}

var unresolvedColumns = []string{"batch", "line", "mid", "billNo", "billDate", "requested", "state", "age", "reason", "advice", "orderId", "sentAt"}

func (w Workbook) unresolved(book *sheet.Book) error {
	s := book.Sheet(w.t("tab.unresolved"), sheet.Layout{Widths: []int{26, 8, 18, 30, 12, 15, 13, 9, 44, 44, 31, 21}, Rows: max(2, w.Tally.Unresolved.Rows+1), Head: 1, Columns: len(unresolvedColumns)})
	s.Row(w.headings(unresolvedColumns...)...)
	if w.Tally.Unresolved.Rows == 0 {
		s.Row(text(w.t("unresolved.none")).In(sheet.Good))
	}
	err := w.Source.Each(func(row batch.Row) error {
		if !Open(row.State) {
			return nil
		}
		since := row.SentAt
		if since.IsZero() {
			since = row.UpdatedAt
		}
		s.Row(text(row.Batch), sheet.IntCell(row.Line), text(row.MID), text(row.BillNo), text(row.BillDate), sheet.MoneyCell(row.Amount),
			text(w.state(row.State)).In(Tones[row.State]), sheet.IntCell(max(0, int(w.Now.Sub(since)/(24*time.Hour)))),
			text(Reason(w.Lang, row)), text(Advice(w.Lang, row)), text(row.OrderID), text(w.stamp(row.SentAt)))
		return nil
	})
	s.Done()
	return err
}

func (w Workbook) batches(book *sheet.Book) {
	keys := []string{"batch", "file", "importedAt", "rows", "yuan"}
	values := w.headings(keys...)
	for _, state := range batch.States {
		values = append(values, text(w.state(state)).In(sheet.Heading))
	}
	values = append(values, w.headings("settings", "sha256")...)
	s := book.Sheet(w.t("tab.batches"), sheet.Layout{Widths: []int{28, 40, 21, 8, 16, 9, 9, 10, 12, 9, 9, 9, 9, 30, 68}, Rows: len(w.Source.Batches) + 3, Head: 1, Columns: len(values)})
	s.Row(values...)
	for _, b := range w.Source.Batches {
		row := []sheet.Value{text(b.Name), text(b.Path), text(w.stamp(b.ImportedAt)), sheet.IntCell(b.Imported.Rows), sheet.MoneyCell(b.Imported.Fen)}
		for _, state := range batch.States {
			row = append(row, sheet.IntCell(w.Tally.perBatch[b.Name][state].Rows))
		}
		s.Row(append(row, text(settings(b.Settings)), text(b.SHA256))...)
	}
	s.Row()
	s.Row(text(w.t("version", w.Version)))
	s.Done()
}

// settings lists the settings that a file was read with.
func settings(all map[string]string) string {
	var texts []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if all[key] != "" {
			texts = append(texts, key+"="+all[key])
		}
	}
	return strings.Join(texts, " ")
}
