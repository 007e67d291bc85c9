package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/intake"
	"batchcomplete/internal/lang"
	"batchcomplete/internal/recon"
	"batchcomplete/internal/sheet"
)

// writeResults hands every file of the run back: the accountant's own rows and
// columns, with the results beside them.
func (j *job) writeResults(ctx context.Context) error {
	batches, err := j.scopeBatches(ctx)
	if err != nil {
		return err
	}
	var options intake.Options // the rest was kept with each batch
	if _, err := j.set.Section("columns", &options.Columns); err != nil {
		return err
	}
	var failed []error
	taken := map[string]bool{}
	for _, b := range batches {
		if sum, err := intake.Hash(b.Path); err != nil || sum != b.SHA256 {
			fmt.Fprintln(j.Stderr, j.lang.T("batchcomplete.results.changed", b.Path))
			continue
		}
		for _, path := range j.resultPaths(b, taken) {
			if err := j.writeResult(ctx, b, settingsOf(b, options), path); err != nil {
				failed = append(failed, cli.Fail(cli.Failed, errors.New(j.lang.T("batchcomplete.results.failed", path, err)), j.lang.T("batchcomplete.results.hint")))
				continue
			}
			j.written = append(j.written, path)
		}
	}
	return errors.Join(failed...)
}

// outIsFile tells whether --out names a file rather than a directory.
func (a *app) outIsFile() bool {
	if !a.set.Has("out") {
		return false
	}
	out := a.set.String("out")
	if info, err := os.Stat(out); err == nil {
		return !info.IsDir()
	}
	switch strings.ToLower(filepath.Ext(out)) {
	case ".xlsx", ".csv":
		return true
	}
	return false
}

// checkOut refuses, before anything is sent, an --out that names a file which is
// not ours to replace: an input's, or anybody's that this program did not write.
func (a *app) checkOut(inputs []input) error {
	if !a.outIsFile() {
		return nil
	}
	out := a.set.String("out")
	err := sheet.Writable(out, csvMarks())
	if there, statErr := os.Stat(out); statErr == nil {
		for _, in := range inputs {
			if info, statErr := os.Stat(in.path); statErr == nil && os.SameFile(there, info) {
				err = sheet.ErrNotOurs
			}
		}
	}
	if err != nil {
		return cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.out.foreign", out)), a.lang.T("batchcomplete.out.foreign.hint"))
	}
	return nil
}

// csvMarks are the headings by which results in CSV are known, in each language.
func csvMarks() []string {
	var marks []string
	for _, l := range []lang.Lang{lang.Zh, lang.En} {
		a := &app{lang: l}
		marks = append(marks, strings.Join(a.resultHeadings(), ","))
	}
	return marks
}

// resultPaths gives where a batch's results go: beside the input, or in --out;
// a CSV file comes back as CSV too.
func (j *job) resultPaths(b checkpoint.Batch, taken map[string]bool) []string {
	out := j.set.String("out")
	if j.outIsFile() {
		return []string{out}
	}
	dir := filepath.Dir(b.Path)
	if out != "" {
		dir = out
	}
	stem := strings.TrimSuffix(filepath.Base(b.Path), filepath.Ext(b.Path))
	if taken[filepath.Join(dir, stem)] {
		stem = b.Name
	}
	taken[filepath.Join(dir, stem)] = true
	base := filepath.Join(dir, stem) + ".results"
	if sheet.IsCSV(b.Path) {
		return []string{base + ".xlsx", base + ".csv"}
	}
	return []string{base + ".xlsx"}
}

func (j *job) writeResult(ctx context.Context, b checkpoint.Batch, options intake.Options, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	file, err := sheet.Open(b.Path, options.Encoding)
	if err != nil {
		return err
	}
	defer file.Close()
	header, err := intake.Locate(file, options)
	if err != nil {
		return err
	}
	m := merge{app: j.app, db: j.db, batch: b, file: file, header: header}
	if sheet.IsCSV(path) {
		return sheet.WriteOver(path, csvMarks(), func(w io.Writer) error { return m.csv(ctx, w) })
	}
	return m.xlsx(ctx, path)
}

// merge puts the rows of a file and what the checkpoint knows of them side by
// side, both in the order of their lines.
type merge struct {
	*app
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
	err := m.db.Each(ctx, checkpoint.Filter{Batches: []int64{m.batch.ID}}, func(known batch.Row) error { return advance(known.Line, &known) })
	if err != nil {
		return err
	}
	return advance(0, nil)
}

// resultColumns are the columns that stand beside the accountant's own, by their
// keys in the catalogue: a contract.
var resultColumns = []string{"state", "code", "message", "advice", "settleDate", "completed", "paid", "discount", "paySeqId", "target", "orderId", "attempts", "updatedAt"}

func (a *app) resultHeadings() []string {
	var titles []string
	for _, c := range resultColumns {
		titles = append(titles, a.lang.T("batchcomplete.results."+c))
	}
	return titles
}

// resultValues gives a row's results, under resultColumns.
func (a *app) resultValues(row batch.Row) []sheet.Value {
	p := row.Payment
	code := row.Code
	if row.State == batch.Completed {
		code = "" // it is no error
	}
	values := []sheet.Value{
		sheet.TextCell(a.lang.T("state." + string(row.State))).In(recon.Tones[row.State]),
		sheet.TextCell(code), sheet.TextCell(recon.Reason(a.lang, row)), sheet.TextCell(recon.Advice(a.lang, row)), sheet.TextCell(p.SettleDate),
	}
	if row.State == batch.Completed {
		values = append(values, sheet.MoneyCell(p.TotalAmount), sheet.MoneyCell(p.BuyerPayAmount), sheet.MoneyCell(p.DiscountAmount))
	} else {
		values = append(values, sheet.TextCell(""), sheet.TextCell(""), sheet.TextCell(""))
	}
	return append(values, sheet.TextCell(p.PaySeqID), sheet.TextCell(p.TargetOrderID), sheet.TextCell(row.OrderID),
		sheet.IntCell(row.Attempts), sheet.TextCell(stamp(row.UpdatedAt)))
}

// sampled is how many rows are looked at for the widths of columns.
const sampled = 200

// layout looks at the file's first rows.
func (m merge) layout(titles []string) sheet.Layout {
	var widths []int
	fit := func(i int, text string) {
		for len(widths) <= i {
			widths = append(widths, 8)
		}
		widths[i] = max(widths[i], sheet.Width(text))
	}
	looked := 0
	for row, err := range m.file.Rows(m.header.Sheet) {
		if looked++; err != nil || looked > sampled {
			break
		}
		if row.Number < m.header.Line {
			continue
		}
		for i, c := range row.Cells[:min(len(row.Cells), len(m.header.Headings))] {
			fit(i, c.Text)
		}
	}
	own := len(m.header.Headings)
	for i, title := range titles {
		fit(own+i, title)
	}
	for column, width := range map[string]int{"message": 40, "advice": 44, "settleDate": 13, "completed": 15, "paid": 12, "discount": 12, "paySeqId": 17, "target": 24, "orderId": 31, "updatedAt": 22, "code": 22} {
		for i, c := range resultColumns {
			if c == column {
				widths[own+i] = width
			}
		}
	}
	return sheet.Layout{Widths: widths, Head: m.header.Line, Columns: own + len(titles)}
}

func (m merge) xlsx(ctx context.Context, path string) error {
	titles := m.resultHeadings()
	layout := m.layout(titles)
	last, err := m.db.LastLine(ctx, m.batch.ID)
	if err != nil {
		return err
	}
	layout.Rows = last
	name := m.header.Sheet
	if name == "" {
		name = m.lang.T("batchcomplete.results.sheet")
	}
	book := sheet.NewBook(m.batch.Name)
	s := book.Sheet(name, layout)
	own := len(m.header.Headings)
	err = m.each(ctx, func(row sheet.Row, known *batch.Row) error {
		s.At(row.Number)
		var values []sheet.Value
		for _, c := range row.Cells {
			v := sheet.Copy(c)
			if row.Number == m.header.Line {
				v = sheet.TextCell(c.Text).In(sheet.Heading)
			}
			values = append(values, v)
		}
		if row.Number == m.header.Line {
			for _, title := range titles {
				values = append(values, sheet.TextCell(title).In(sheet.Heading))
			}
		}
		if known != nil {
			values = append(fill(values, own), m.resultValues(*known)...)
		}
		s.Row(values...)
		return nil
	})
	s.Done()
	return errors.Join(err, book.Save(path))
}

// fill makes a row exactly as wide as its header, so that the results stand in
// their columns; what lies beyond the header is named in the row's problems.
func fill(values []sheet.Value, to int) []sheet.Value {
	for len(values) < to {
		values = append(values, sheet.TextCell(""))
	}
	return values[:to]
}

// csv writes UTF-8 with a byte order mark, which Excel needs to read Chinese.
func (m merge) csv(ctx context.Context, w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := sheet.NewCSV(w)
	own := len(m.header.Headings)
	err := m.each(ctx, func(row sheet.Row, known *batch.Row) error {
		var fields []string
		for _, c := range row.Cells {
			fields = append(fields, c.Text)
		}
		if row.Number == m.header.Line {
			fields = append(fields, m.resultHeadings()...)
		}
		if known != nil {
			for len(fields) < own {
				fields = append(fields, "")
			}
			fields = fields[:own]
			for _, v := range m.resultValues(*known) {
				fields = append(fields, v.String())
			}
		}
		return out.Write(fields)
	})
	out.Flush()
	return errors.Join(err, out.Error())
}
