package recon

import (
	"maps"
	"slices"
	"strings"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/sheet"
)

// The columns of the batches that formulas speak of.
const (
	importedRows   = 3
	importedYuan   = 4
	firstStateRows = 5
)

// batches has each file, what was imported of it, and where its rows are now: the
// tie-out of each, recomputed from the rows, and live from the details.
func (w Workbook) batches() page {
	head := w.headings("batch", "file", "importedAt", "importedRows", "importedYuan")
	widths := []int{24, 30, 20, 9, 14}
	for _, state := range batch.States {
		head, widths = append(head, text(w.state(state)).In(sheet.NumberHeading)), append(widths, 9)
	}
	head = append(head, w.headings("countedRows", "countedYuan", "liveRows", "liveYuan", "checkRows", "checkYuan", "mainDate", "checkpoint", "settings", "sha256")...)
	printed := len(head) - 3 // all but checkpoint, settings, hash
	widths = append(widths, 10, 14, 10, 14, 9, 9, 13, 30, 30, 68)
	rows := w.shownBatches()
	return page{tab: w.t("tab.batches"), layout: sheet.Layout{Widths: widths, Left: 1, Printed: printed}, head: head, rows: len(rows), notes: w.notes(),
		write: func(emit func(...sheet.Value)) error {
			first := 0
			for i, b := range rows {
				emit(w.batchRow(b, i+2, first)...)
				first += b.Counted.Rows
			}
			emit()
			emit(text(w.t("version", w.Version)))
			if x := w.Result.Matching; x != nil {
				for _, s := range x.Statements {
					emit(text(w.t("statement.read", s.Name, s.Layout, s.Lines, s.From, s.To)), text(""), text(""), text(""), text(s.SHA256))
				}
			}
			emit(text(w.t("calendar", w.Calendar.Years())))
			return nil
		}}
}

// notes is how many rows stand below the batches.
func (w Workbook) notes() int {
	n := 3
	if x := w.Result.Matching; x != nil {
		n += len(x.Statements)
	}
	return n
}

func (w Workbook) shownBatches() []*BatchTally {
	var shown []*BatchTally
	for _, b := range w.Result.Batches {
		if b.Shown {
			shown = append(shown, b)
		}
	}
	return shown
}

// batchRow writes a batch; its rows stand together in the details, behind first
// others.
func (w Workbook) batchRow(b *BatchTally, at, first int) []sheet.Value {
	values := []sheet.Value{text(b.Name), text(b.Path), text(w.stamp(b.ImportedAt)), count(b.Imported.Rows), yuan(b.Imported.Fen)}
	for _, state := range batch.States {
		values = append(values, count(b.States[state].Rows))
	}
	live := len(values)
	areas := func(column int) []sheet.Area { return w.part(column, first, b.Counted.Rows) }
	rows := count(b.Counted.Rows).Live(sheet.CountIf(sheet.Spot(batchColumn, at), areas(batchColumn)...))
	money := yuan(b.Counted.Fen).Live(sheet.Sum(areas(requestedColumn)...))
	values = append(values, count(b.Counted.Rows), yuan(b.Counted.Fen), rows, money,
		sheet.CheckCell(count(b.Imported.Rows-b.Counted.Rows).Live(sheet.Minus(sheet.Spot(importedRows, at), sheet.Spot(live+2, at)))),
		sheet.CheckCell(yuan(b.Imported.Fen-b.Counted.Fen).Live(sheet.Minus(sheet.Spot(importedYuan, at), sheet.Spot(live+3, at)))))
	if !b.TiesOut() {
		for i := range values {
			values[i] = values[i].In(sheet.Bad)
		}
	}
	return append(values, text(b.Main), text(b.Checkpoint), text(settings(b.Settings)), text(b.SHA256))
}

// part is the areas of the details that hold n rows behind the first.
func (w Workbook) part(column, first, n int) []sheet.Area {
	var areas []sheet.Area
	for i, tab := range tabs(w.t("tab.details"), w.Result.Counted.Rows) {
		from, to := max(first, i*maxRows), min(first+n, (i+1)*maxRows)
		if from < to {
			areas = append(areas, sheet.Area{Sheet: tab, Column: column, First: from - i*maxRows + 2, Last: to - i*maxRows + 1})
		}
	}
	return areas
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
