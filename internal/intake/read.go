package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet"
)

// Options says how a file is to be read.
type Options struct {
	MID, TID    string // for rows without one
	AmountUnit  string // "fen" or "yuan", for a heading that does not say; else ""
	Sheet       string // which sheet, where several have the headings
	Encoding    string // of CSV
	Formulas    string // "accept" (what was computed when the file was saved) or "refuse"
	ExpectRows  int    // control total; 0: none
	ExpectTotal *money.Fen
	Columns     Columns
	Env         string    // whose results may be handed in again, …
	OtherEnvs   []string  // … and whose not
	Now         time.Time // bounds dates; zero for none
}

// Entry is one row: a bill, or what is wrong with it.
type Entry struct {
	Line     int // as a spreadsheet program shows it
	Bill     batch.Bill
	Problems []batch.Problem
}

// Report is what a whole file came to.
type Report struct {
	Header  Header
	Rows    int       // rows that ask for something: each was handed on
	Skipped int       // rows that are no bills: totals, signatures, headings once more, a template's example; each has its note
	Total   money.Fen // of every amount that could be read
	Last    int       // the last bill's row
	Notes   []batch.Problem
}

// Hash gives the SHA-256 of a file's content in hex.
func Hash(path string) (string, error) {
	f, err := sheet.OpenFile(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Read reads a file and hands every row on. A *sheet.Refusal refuses the file as
// a whole: whatever was handed on before it must be forgotten.
func Read(ctx context.Context, path string, o Options, emit func(Entry) error) (Report, error) {
	file, err := sheet.Open(path, o.Encoding)
	if err != nil {
		return Report{}, err
	}
	defer file.Close()
	if env, _, _ := strings.Cut(file.Mark(), "|"); env != "" && o.Env != "" && env != o.Env {
		return Report{}, sheet.Refuse("intake.env", env, o.Env)
	}
	header, err := Locate(file, o)
	if err != nil {
		return Report{}, err
	}
	p := newPass(header, o, emit)
	for row, err := range file.Rows(header.Sheet) {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil && row.Number > header.Line && !row.Blank() {
			err = p.row(row)
		}
		if err != nil {
			return p.report, err
		}
	}
	err = p.finish(file.Marks(header.Sheet))
	return p.report, err
}

// pass is one pass over a file's rows.
type pass struct {
	options   Options
	report    Report
	emit      func(Entry) error
	notes     *notes
	billNo    string      // the bill number's heading, folded
	cards     []cardWatch // by column; exempt ones are not looked at
	looked    []bool
	last      int // the last row that was not blank
	sinceLast money.Fen
	reader    reader
	behind    []int // columns behind the amount that are nobody's
	numbered  bool  // numbers stand behind the amounts
	invalid   int   // amounts that could not be read: the sum is not the file's then
}

func newPass(h Header, o Options, emit func(Entry) error) *pass {
	p := &pass{options: o, report: Report{Header: h}, emit: emit, notes: newNotes(), last: h.Line}
	p.reader = reader{header: &p.report.Header, options: &p.options, notes: p.notes}
	p.billNo = fold(h.Headings[h.columns.of(fBillNo)])
	p.cards, p.looked = make([]cardWatch, len(h.Headings)), make([]bool, len(h.Headings))
	for i, heading := range h.Headings {
		p.cards[i].named = speaksOfCards(heading)
		p.looked[i] = !h.Results.Has(i)
	}
	for f, column := range h.columns.all() {
		p.looked[column] = p.looked[column] && !exempt[f]
	}
	for i := h.columns.of(fAmount) + 1; i < len(h.Headings); i++ {
		if !h.has(i) {
			p.behind = append(p.behind, i)
		}
	}
	return p
}

// farBelow is how many blank rows end a table: what comes after them was not
// meant to be part of it, or was forgotten.
const farBelow = 20

func (p *pass) row(row sheet.Row) error {
	h, r := &p.report.Header, &p.reader
	r.row, r.problems = row, nil
	if word := closing(r); word != "" {
		p.last = row.Number
		return p.closingRow(r, word)
	}
	if fold(r.cell(fBillNo).Text) == p.billNo && h.again(row) {
		p.last = row.Number
		p.report.Skipped++
		p.noteRow(r, "intake.note.header")
		return nil
	}
	if r.isExample() {
		p.last = row.Number
		p.report.Skipped++
		p.noteRow(r, "intake.note.example")
		return nil
	}
	if err := p.lookForCards(row); err != nil {
		return err
	}
	bill := r.bill()
	if env := r.otherEnv(bill); env != "" {
		return sheet.Refuse("intake.env", env, p.options.Env)
	}
	p.shape(r)
	if row.Hidden {
		p.notes.hide(row.Number, bill.Amount)
	}
	p.report.Rows++
	p.report.Last, p.last = row.Number, row.Number
	p.report.Total += bill.Amount
	p.sinceLast += bill.Amount
	if bill.Amount == 0 {
		p.invalid++
	}
	if len(r.problems) > 0 {
		bill = briefly(bill)
	}
	return p.emit(Entry{Line: row.Number, Bill: bill, Problems: r.problems})
}

// shape finds rows that have shifted or stand where nobody looks.
func (p *pass) shape(r *reader) {
	h, row := r.header, r.row
	whole := batch.Problem{Sheet: h.Sheet, Cell: "A" + strconv.Itoa(row.Number)}
	if row.Exact && p.shifted(row) {
		whole.Key, whole.Args = "intake.ragged", []string{strconv.Itoa(len(row.Cells)), strconv.Itoa(len(h.Headings))}
		r.problems = append(r.problems, whole)
		return
	}
	if row.Exact && len(row.Cells) < len(h.Headings) {
		r.notes.add(noteShort, sheet.Column(len(row.Cells))+strconv.Itoa(row.Number))
	}
	if row.Number-p.last > farBelow+1 {
		whole.Key, whole.Args = "intake.far", []string{strconv.Itoa(row.Number - p.last - 1)}
		r.problems = append(r.problems, whole)
	}
	for i := len(h.Headings); i < len(row.Cells); i++ {
		if strings.TrimSpace(row.Cells[i].Text) != "" {
			r.problems = append(r.problems, batch.Problem{Key: "intake.beyond", Sheet: h.Sheet,
				Cell: sheet.Column(i) + strconv.Itoa(row.Number), Value: withoutCard(brief(row.Cells[i].Text))})
			break
		}
	}
}

// shifted tells whether a row of CSV may have its cells under other headings than
// their own. Excel leaves out the empty cells at the end of a row, so one that is
// short may only have ended early; but not where a number can have slid into the
// amount's place or was cut off it: where one stands behind it, here or in a row
// above.
func (p *pass) shifted(row sheet.Row) bool {
	h := &p.report.Header
	for _, i := range p.behind {
		p.numbered = p.numbered || i < len(row.Cells) && numeric(row.Cells[i].Text)
	}
	for i := len(h.Headings); i < len(row.Cells) && !p.numbered; i++ {
		p.numbered = numeric(row.Cells[i].Text)
	}
	return len(row.Cells) > len(h.Headings) || len(row.Cells) < len(h.Headings) && p.numbered
}

// has tells whether a column is one that is read, or one of our own results.
func (h Header) has(column int) bool {
	for _, at := range h.columns.all() {
		if at == column {
			return true
		}
	}
	return h.Results.Has(column)
}

// numeric tells a text that could pass for an amount.
func numeric(text string) bool {
	// Most texts begin with a letter, and need no cleaning to be told.
	if c, _ := utf8.DecodeRuneInString(text); c < '\uff00' && unicode.IsLetter(c) && c != '元' && c != '分' {
		return false
	}
	text = clean(text)
	return strings.ContainsAny(text, "0123456789") && strings.Trim(text, "0123456789.,+-¥元分") == ""
}

// again tells whether a row is the header once more, as printed tables have it
// on every page.
func (h *Header) again(row sheet.Row) bool {
	if h.columns.of(fBillNo) >= len(row.Cells) || fold(row.Cells[h.columns.of(fBillNo)].Text) != fold(h.Headings[h.columns.of(fBillNo)]) {
		return false
	}
	for f, column := range h.columns.all() {
		if f != fBillNo && (column >= len(row.Cells) || fold(row.Cells[column].Text) != fold(h.Headings[column])) {
			return false
		}
	}
	return true
}

func (p *pass) lookForCards(row sheet.Row) error {
	for i, cell := range row.Cells[:min(len(row.Cells), len(p.cards))] {
		if p.looked[i] && cell.Text != "" && p.cards[i].look(cell.Text) {
			return p.refuseCards(i)
		}
	}
	return nil
}

func (p *pass) refuseCards(column int) error {
	return sheet.Refuse("intake.cards", sheet.Column(column), strings.TrimSpace(p.report.Header.Headings[column]))
}

// otherEnv tells which other environment's results the row comes from.
func (r *reader) otherEnv(bill batch.Bill) string {
	at := r.header.orderID
	if at < 0 || at >= len(r.row.Cells) || r.options.Env == "" {
		return ""
	}
	return foreign(clean(r.row.Cells[at].Text), bill.Identity(), r.options.Env, r.options.OtherEnvs)
}

// finish holds the file against its control totals.
func (p *pass) finish(marks sheet.Marks) error {
	for i := range p.cards {
		if p.cards[i].proof() {
			return p.refuseCards(i)
		}
	}
	for _, area := range marks.Merged {
		if within(area, p.report.Header.Line, p.report.Last) {
			return sheet.Refuse("intake.merged", area)
		}
	}
	p.report.Notes = append(p.report.Notes, p.notes.list(p.report.Header, marks)...)
	switch {
	case p.report.Rows == 0:
		return sheet.Refuse("intake.norows")
	case p.options.ExpectRows > 0 && p.report.Rows != p.options.ExpectRows:
		return sheet.Refuse("intake.expect.rows", p.options.ExpectRows, p.report.Rows)
	case p.options.ExpectTotal != nil && p.report.Total != *p.options.ExpectTotal:
		return sheet.Refuse("intake.expect.total", p.options.ExpectTotal.Grouped(), p.report.Total.Grouped())
	}
	return nil
}

// within tells whether an area ("B2:B5") reaches into the rows below the header
// and down to the last bill. Titles and totals may be merged.
func within(area string, header, last int) bool {
	from, to, ok := strings.Cut(area, ":")
	if !ok {
		return false
	}
	first, err1 := strconv.Atoi(strings.TrimLeft(from, "ABCDEFGHIJKLMNOPQRSTUVWXYZ$"))
	end, err2 := strconv.Atoi(strings.TrimLeft(to, "ABCDEFGHIJKLMNOPQRSTUVWXYZ$"))
	return errors.Join(err1, err2) != nil || end > header && first <= last
}
