package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

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
}

// Entry is one row: a bill, or what is wrong with it.
type Entry struct {
	Line     int // as a spreadsheet program shows it
	Bill     batch.Bill
	Problems []batch.Problem
}

// Report is what a whole file came to.
type Report struct {
	Header Header
	Rows   int       // rows that ask for something; totals and notes are not counted
	Total  money.Fen // of every amount that could be read
	Last   int       // the last row's number
	Notes  []batch.Problem
}

// Hash gives the SHA-256 of a file's content in hex.
func Hash(path string) (string, error) {
	f, err := os.Open(path)
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
	header, err := Locate(file, o)
	if err != nil {
		return Report{}, err
	}
	p := pass{options: o, report: Report{Header: header}, emit: emit}
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
	return p.report, p.finish(file.Merged(header.Sheet))
}

// pass is one pass over a file's rows.
type pass struct {
	options Options
	report  Report
	emit    func(Entry) error
	invalid int // amounts that could not be read: the sum is not the file's then
}

func (p *pass) row(row sheet.Row) error {
	r := reader{header: p.report.Header, options: p.options, row: row}
	if word := closing(&r); word != "" {
		return p.closingRow(&r, word)
	}
	bill := r.bill()
	if row.Hidden {
		r.problems = append(r.problems, batch.Problem{Key: "intake.hidden", Sheet: p.report.Header.Sheet, Cell: "A" + strconv.Itoa(row.Number)})
	}
	for i := len(p.report.Header.Headings); i < len(row.Cells); i++ {
		if strings.TrimSpace(row.Cells[i].Text) != "" {
			r.problems = append(r.problems, batch.Problem{Key: "intake.beyond", Sheet: p.report.Header.Sheet,
				Cell: sheet.Column(i) + strconv.Itoa(row.Number), Value: row.Cells[i].Text})
			break
		}
	}
	p.report.Rows++
	p.report.Last = row.Number
	p.report.Total += bill.Amount
	if bill.Amount == 0 {
		p.invalid++
	}
	return p.emit(Entry{Line: row.Number, Bill: bill, Problems: r.problems})
}

// closings begin the rows below a table: totals, and who made it.
var closings = []string{"合计", "小计", "总计", "汇总", "total", "制表", "审核", "复核", "经办"}

// closing tells whether a row has no bill number and begins with such a word,
// and gives it.
func closing(r *reader) string {
	if strings.TrimSpace(r.cell(fBillNo).Text) != "" && !isClosing(r.cell(fBillNo).Text) {
		return ""
	}
	for _, cell := range r.row.Cells {
		if strings.TrimSpace(cell.Text) == "" {
			continue
		}
		if isClosing(cell.Text) {
			return fold(cell.Text)
		}
		return ""
	}
	return ""
}

func isClosing(text string) bool {
	for _, word := range closings {
		if strings.HasPrefix(fold(text), word) {
			return true
		}
	}
	return false
}

// closingRow takes a total as a control total: one that does not agree refuses
// the file.
func (p *pass) closingRow(r *reader, word string) error {
	amount := r.cell(fAmount)
	if strings.TrimSpace(amount.Text) == "" || !strings.HasPrefix(word, "合计") && !strings.HasPrefix(word, "总计") && !strings.HasPrefix(word, "total") {
		p.report.Notes = append(p.report.Notes, batch.Problem{Key: "intake.note.skipped", Args: []string{strconv.Itoa(r.row.Number), word}})
		return nil
	}
	total, err := r.parse(clean(amount.Text))
	if err != nil || p.invalid > 0 {
		p.report.Notes = append(p.report.Notes, batch.Problem{Key: "intake.note.total", Args: []string{strconv.Itoa(r.row.Number), amount.Text}})
		return nil
	}
	if total != p.report.Total {
		return sheet.Refuse("intake.total", r.row.Number, total.Grouped(), p.report.Total.Grouped())
	}
	return nil
}

// finish holds the file against its control totals.
func (p *pass) finish(merged []string) error {
	for _, area := range merged {
		if below(area, p.report.Header.Line) {
			return sheet.Refuse("intake.merged", area)
		}
	}
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

// below tells whether an area ("B2:B5") reaches below a row and spans rows.
func below(area string, line int) bool {
	from, to, ok := strings.Cut(area, ":")
	if !ok {
		return false
	}
	first, err1 := strconv.Atoi(strings.TrimLeft(from, "ABCDEFGHIJKLMNOPQRSTUVWXYZ$"))
	last, err2 := strconv.Atoi(strings.TrimLeft(to, "ABCDEFGHIJKLMNOPQRSTUVWXYZ$"))
	return errors.Join(err1, err2) != nil || last > line && last > first
}
