package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"batchcomplete/internal/ahead"
	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/intake"
	"batchcomplete/internal/recon"
	"batchcomplete/internal/sheet"
)

// merge puts the rows of a file and what the checkpoint knows of them side by
// side, both in the order of their lines.
type merge struct {
	*app
	env    string
	db     *checkpoint.DB
	batch  checkpoint.Batch
	file   sheet.File
	header intake.Header
}

// each visits every row of the file; known is nil for a row that is none of the
// batch's (a title, the header, a total).
func (m merge) each(ctx context.Context, visit func(row sheet.Row, known *batch.Row) error) error {
	next, stop := iter.Pull2(m.file.Rows(m.header.Sheet))
	defer stop()
	advance := func(to int, known *batch.Row) error {
		for {
			row, err, ok := next()
			if !ok || err != nil {
				return err
			}
			if known != nil && row.Number == to {
				return visit(row, known)
			}
			if err := visit(row, nil); err != nil {
				return err
			}
		}
	}
	for known, err := range m.known(ctx) {
		if err == nil {
			err = advance(known.Line, &known)
		}
		if err != nil {
			return err
		}
	}
	return advance(0, nil)
}

// known gives the rows that the checkpoint has of the file, in order.
func (m merge) known(ctx context.Context) iter.Seq2[batch.Row, error] {
	return ahead.Of(func(emit func(batch.Row) error) error {
		return m.db.Each(ctx, checkpoint.Filter{Batches: []int64{m.batch.ID}}, emit)
	})
}

// appendResults adds a row's results, under intake.ResultColumns.
func (a *app) appendResults(values []sheet.Value, row batch.Row) []sheet.Value {
	p := row.Payment
	code := row.Code
	if row.State == batch.Completed {
		code = "" // it is no error
	}
	values = append(values, sheet.TextCell(a.lang.T("state."+string(row.State))).In(recon.Tones[row.State]),
		sheet.TextCell(code), sheet.TextCell(recon.Reason(a.lang, row)), sheet.TextCell(recon.Advice(a.lang, row)), sheet.TextCell(p.SettleDate))
	if row.State == batch.Completed {
		values = append(values, sheet.MoneyCell(p.TotalAmount), sheet.MoneyCell(p.BuyerPayAmount), sheet.MoneyCell(p.DiscountAmount))
	} else {
		values = append(values, sheet.TextCell(""), sheet.TextCell(""), sheet.TextCell(""))
	}
	return append(values, sheet.TextCell(p.PaySeqID), sheet.TextCell(p.TargetOrderID), sheet.TextCell(row.OrderID),
		sheet.IntCell(row.Attempts), sheet.TextCell(stamp(row.UpdatedAt)))
}

// own is how many columns are the accountant's own: earlier results are not.
func (m merge) own() int {
	return len(m.header.Headings) - (m.header.Results.To - m.header.Results.From)
}

// owned gives the cells of a row that are the accountant's own.
func (m merge) owned(row sheet.Row) iter.Seq[sheet.Cell] {
	return func(yield func(sheet.Cell) bool) {
		for i, c := range row.Cells {
			if !m.header.Results.Has(i) && !yield(c) {
				return
			}
		}
	}
}

// fill makes a row exactly as wide as its header, so that the results stand in
// their columns; what lies beyond the header is named in the row's problems.
func fill[T any](cells []T, to int) []T {
	for len(cells) < to {
		cells = append(cells, *new(T))
	}
	return cells[:to]
}

// widths are those of the result columns that hold more than their headings.
var widths = map[string]int{"message": 60, "advice": 44, "settleDate": 13, "completed": 15, "paid": 12, "discount": 12, "paySeqId": 17, "target": 24, "orderId": 31, "updatedAt": 22, "code": 22}

func (m merge) resultWidths() []int {
	var all []int
	for i, title := range intake.ResultHeadings(m.lang) {
		width, ok := widths[intake.ResultColumns[i]]
		if !ok {
			width = sheet.Width(title)
		}
		all = append(all, width)
	}
	return all
}

func (m merge) titles() []sheet.Value {
	var all []sheet.Value
	for _, title := range intake.ResultHeadings(m.lang) {
		all = append(all, sheet.TextCell(title).In(sheet.Heading))
	}
	return all
}

// xlsx writes a workbook: the accountant's own with the results in it, or for
// CSV, and where theirs cannot be copied, a plain one.
func (m merge) xlsx(ctx context.Context, to save) error {
	last, err := m.db.LastLine(ctx, m.batch.ID)
	if err != nil {
		return err
	}
	if m.header.Sheet != "" {
		err := to(func(w io.Writer) error { return m.splice(ctx, w, last) })
		if !errors.Is(err, sheet.ErrOddWorkbook) {
			return err
		}
		m.log.Warn("the results are in a workbook of their own", "file", m.batch.Path, "because", err)
	}
	return to(func(w io.Writer) error { return m.plain(ctx, w, last) })
}

// splice writes the results into a copy of the workbook. Every row that the
// checkpoint has must be met in it.
func (m merge) splice(ctx context.Context, w io.Writer, last int) error {
	next, stop := iter.Pull2(m.known(ctx))
	defer stop()
	row, err, more := next()
	var values []sheet.Value
	s := sheet.Splice{
		Sheet: m.header.Sheet, Head: m.header.Line, Last: last, At: len(m.header.Headings), Titles: m.titles(), Widths: m.resultWidths(),
		Old: [2]int{m.header.Results.From, m.header.Results.To}, Mark: m.env + "|" + m.batch.Name,
		Next: func(line int) ([]sheet.Value, error) {
			if err != nil || !more || row.Line != line {
				return nil, err
			}
			values = m.appendResults(values[:0], row)
			row, err, more = next()
			return values, err
		},
	}
	if m.header.Results.To-m.header.Results.From == len(s.Titles) {
		s.At = m.header.Results.From
	}
	s.Done = func() error {
		if more && err == nil {
			return fmt.Errorf("line %d was not found in %s", row.Line, m.batch.Path)
		}
		return err
	}
	return s.Write(m.file, w)
}

// sampled is how many rows are looked at for the widths of columns.
const sampled = 200

// layout looks at the file's first rows.
func (m merge) layout(last int) sheet.Layout {
	var fitted []int
	fit := func(i int, text string) {
		for len(fitted) <= i {
			fitted = append(fitted, 8)
		}
		fitted[i] = max(fitted[i], sheet.Width(text))
	}
	looked := 0
	for row, err := range m.file.Rows(m.header.Sheet) {
		if looked++; err != nil || looked > sampled {
			break
		}
		if row.Number < m.header.Line {
			continue
		}
		i := 0
		for c := range m.owned(row) {
			fit(i, c.Text)
			i++
		}
	}
	own := m.own()
	return sheet.Layout{Widths: append(fill(fitted, own), m.resultWidths()...), Head: m.header.Line, Columns: own + len(intake.ResultColumns), Rows: last}
}

// plain writes a workbook of the rows' texts and numbers.
func (m merge) plain(ctx context.Context, w io.Writer, last int) error {
	name := m.header.Sheet
	if name == "" {
		name = m.lang.T("batchcomplete.results.sheet")
	}
	book := sheet.NewBook(m.batch.Name)
	book.Mark(m.env + "|" + m.batch.Name)
	s := book.Sheet(name, m.layout(last))
	var values []sheet.Value
	err := m.each(ctx, func(row sheet.Row, known *batch.Row) error {
		s.At(row.Number)
		head := row.Number == m.header.Line
		values = values[:0]
		for c := range m.owned(row) {
			v := sheet.Copy(c)
			if head {
				v = sheet.TextCell(c.Text).In(sheet.Heading)
			}
			values = append(values, v)
		}
		if head {
			values = append(values, m.titles()...)
		}
		if known != nil {
			values = m.appendResults(fill(values, m.own()), *known)
		}
		s.Row(values...)
		return nil
	})
	s.Done()
	return errors.Join(err, book.Write(w))
}

// csv writes UTF-8 with a byte order mark, which Excel needs to read Chinese.
func (m merge) csv(ctx context.Context, w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := sheet.NewCSV(w)
	var fields []string
	var values []sheet.Value
	err := m.each(ctx, func(row sheet.Row, known *batch.Row) error {
		fields = fields[:0]
		for c := range m.owned(row) {
			fields = append(fields, c.Text)
		}
		if row.Number == m.header.Line {
			fields = append(fields, intake.ResultHeadings(m.lang)...)
		}
		if known != nil {
			fields = fill(fields, m.own())
			values = m.appendResults(values[:0], *known)
			for _, v := range values {
				fields = append(fields, v.String())
			}
		}
		return out.Write(fields)
	})
	out.Flush()
	return errors.Join(err, out.Error())
}
