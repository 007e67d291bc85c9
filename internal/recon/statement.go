package recon

import (
	"errors"
	"iter"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"

	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet"
)

// StatementFile is a statement that is to be read.
type StatementFile struct {
	Name   string // as people know it
	SHA256 string
	File   sheet.File
}

// Statement is a statement that was read.
type Statement struct {
	Name, SHA256, Layout string
	Lines                int
	From, To             string // its settle dates
}

// Line is one line of a statement. Amounts are in fen; those of a reversal are
// below zero, whatever sign the file gives them.
type Line struct {
	Number                             int // in its sheet, as a spreadsheet program shows it
	Class                              Class
	SettleDate                         string // "2006-01-02"
	Time, Type, TID, MID, Card, Serial string
	Ref, Order, TargetOrder            string
	Amount, Fee, Settled, Discount     money.Fen
}

// headDepth is how far down a statement's headings are looked for.
const headDepth = 40

// readStatement visits every line of a statement, by the first layout whose
// headings it has. A file that cannot be read to its end, or that has fewer lines
// than it says, is refused as a whole: a *sheet.Refusal.
func readStatement(f sheet.File, layouts []Layout, visit func(Layout, Line) error) (Layout, error) {
	for _, layout := range layouts {
		read := 0
		for _, info := range f.Sheets() {
			if info.Hidden || layout.Sheet != "" && info.Name != "" && info.Name != layout.Sheet {
				continue
			}
			found, err := readSheet(f.Rows(info.Name), info.Name, layout, visit)
			if err != nil {
				return layout, err
			}
			if found {
				read++
			}
		}
		if read > 0 {
			return layout, nil
		}
	}
	return Layout{}, sheet.Refuse("recon.statement.layout")
}

// readSheet reads one sheet, and tells whether it has the layout's headings.
func readSheet(rows iter.Seq2[sheet.Row, error], name string, layout Layout, visit func(Layout, Line) error) (bool, error) {
	r := lineReader{layout: layout, sheet: name, announced: -1, classes: map[string][2]Class{}, dates: map[string]string{}}
	for row, err := range rows {
		if err != nil {
			return false, err
		}
		if r.at == nil {
			r.announce(row)
			if r.at = columnsOf(row, layout); r.at == nil && row.Number > headDepth {
				return false, nil
			}
			continue
		}
		line, ok, err := r.line(row)
		if err != nil {
			return true, err
		}
		if !ok {
			r.announce(row)
			continue
		}
		r.lines++
		if err := visit(layout, line); err != nil {
			return true, err
		}
	}
	if r.at != nil && r.announced >= 0 && r.announced != r.lines {
		return true, sheet.Refuse("recon.statement.count", r.announced, r.lines)
	}
	return r.at != nil, nil
}

// columnsOf finds the layout's columns in a row of headings; nil where one that
// the layout names is not there.
func columnsOf(row sheet.Row, layout Layout) map[string]int {
	at := map[string]int{}
	for i, c := range row.Cells {
		if _, twice := at[fold(c.Text)]; !twice {
			at[fold(c.Text)] = i
		}
	}
	columns := map[string]int{}
	for field, heading := range layout.Columns {
		i, ok := at[fold(heading)]
		if !ok {
			return nil
		}
		columns[field] = i
	}
	return columns
}

type lineReader struct {
	layout    Layout
	sheet     string
	at        map[string]int
	lines     int
	announced int // how many lines the file says that it has; -1: it does not say
	total     int // the column below which the number stands, in the next row; 0: none
	// What was made of the words and dates that came before: few come, very often.
	classes map[string][2]Class // of an amount above zero, and of one below
	dates   map[string]string
}

var counted = regexp.MustCompile(`总笔数[::]?([0-9]+)`)

// announce looks for the number of lines in titles, notices and totals: beside
// the word 总笔数, in the next cell, or below it.
func (r *lineReader) announce(row sheet.Row) {
	for i, c := range row.Cells {
		text := fold(c.Text)
		if found := counted.FindStringSubmatch(text); found != nil {
			r.announced, _ = strconv.Atoi(found[1])
			return
		}
		if n, err := strconv.Atoi(text); err == nil && (r.total == i+1 || i > 0 && strings.TrimRight(fold(row.Cells[i-1].Text), ":") == "总笔数") {
			r.announced, r.total = n, 0
			return
		}
	}
	r.total = 0
	for i, c := range row.Cells {
		if strings.TrimRight(fold(c.Text), ":") == "总笔数" {
			r.total = i + 1
		}
	}
}

func (r *lineReader) text(row sheet.Row, field string) string {
	i, ok := r.at[field]
	if !ok || i >= len(row.Cells) {
		return ""
	}
	return strings.TrimSpace(row.Cells[i].Text)
}

// line reads a row as a line. A row without a settle date is a notice or a total
// and is passed over, unless it has a type and an amount: then it is damaged.
func (r *lineReader) line(row sheet.Row) (Line, bool, error) {
	date, dated := r.date(r.text(row, "settleDate"))
	l := Line{Number: row.Number, SettleDate: date, Time: r.text(row, "time"), Type: r.text(row, "type"), TID: r.text(row, "tid"), MID: r.text(row, "mid"),
		Card: r.text(row, "card"), Serial: r.text(row, "serial"), Ref: r.text(row, "ref"), Order: r.text(row, "order"), TargetOrder: r.text(row, "targetOrder")}
	if r.layout.MID != "" && l.MID == "" {
		l.MID = r.layout.MID
	}
	amount, err := r.amount(row, "amount")
	if !dated {
		if l.Type != "" && err == nil && r.text(row, "amount") != "" {
			return l, false, r.damaged(row, "settleDate")
		}
		return l, false, nil
	}
	if err != nil || r.text(row, "amount") == "" {
		return l, false, r.damaged(row, "amount")
	}
	if l.Type == "" {
		return l, false, r.damaged(row, "type")
	}
	if l.MID == "" {
		return l, false, r.damaged(row, "mid")
	}
	l.Amount = amount
	for field, into := range map[string]*money.Fen{"fee": &l.Fee, "settled": &l.Settled, "discount": &l.Discount} {
		if *into, err = r.amount(row, field); err != nil {
			return l, false, r.damaged(row, field)
		}
	}
	if r.text(row, "settled") == "" {
		l.Settled = l.Amount - l.Fee
	}
	l.Class = r.class(l.Type, l.Amount < 0)
	if l.Amount > 0 && (l.Class == Reversal || l.Class == OtherBusiness && undoes(l.Type)) {
		l.Amount, l.Fee, l.Settled = -l.Amount, -l.Fee, -l.Settled
	}
	return l, true, nil
}

func (r *lineReader) class(word string, negative bool) Class {
	both, ok := r.classes[word]
	if !ok {
		both = [2]Class{r.layout.class(word, 1), r.layout.class(word, -1)}
		r.classes[word] = both
	}
	if negative {
		return both[1]
	}
	return both[0]
}

func (r *lineReader) date(text string) (string, bool) {
	if date, ok := r.dates[text]; ok {
		return date, true
	}
	date, ok := settleDate(text)
	if ok && len(r.dates) < 10_000 {
		r.dates[text] = date
	}
	return date, ok
}

// undoes tells by its word that other business gave money back.
func undoes(word string) bool {
	return strings.Contains(word, "退") || strings.Contains(word, "撤销") || strings.Contains(word, "冲正")
}

func (r *lineReader) amount(row sheet.Row, field string) (money.Fen, error) {
	text := r.text(row, field)
	if strings.Trim(text, "0123456789.-") != "" {
		text = strings.NewReplacer(",", "", "¥", "", "元", "").Replace(fold(text))
	}
	if text == "" {
		return 0, nil
	}
	if r.layout.Unit == "fen" {
		return money.ParseFen(text)
	}
	return money.ParseYuan(text)
}

func (r *lineReader) damaged(row sheet.Row, field string) *sheet.Refusal {
	heading := r.layout.Columns[field]
	return sheet.Refuse("recon.statement.cell", strings.TrimSpace(r.sheet+" "+strconv.Itoa(row.Number)), heading, r.text(row, field))
}

// settleDate reads 20261120, 2026-11-20, 2026/11/20, and a time of day behind.
func settleDate(text string) (string, bool) {
	text, _, _ = strings.Cut(strings.ReplaceAll(text, "T", " "), " ")
	for _, form := range []string{time.DateOnly, "20060102", "2006/1/2", "2006.1.2", "2006年1月2日"} {
		if day, err := time.Parse(form, text); err == nil {
			return day.Format(time.DateOnly), true
		}
	}
	return text, false
}

// fold makes texts comparable: full-width forms narrow, no spaces.
func fold(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(c rune) rune {
		if c == '\ufeff' || c == '\u00a0' || c == '\u3000' {
			return ' '
		}
		return c
	}, width.Fold.String(s))), "")
}

func mapKeys[K comparable, V any](m map[K]V) iter.Seq[K] { return maps.Keys(m) }

// refused gives a file's refusal; nil where the error is another.
func refused(err error) *sheet.Refusal {
	var r *sheet.Refusal
	if errors.As(err, &r) {
		return r
	}
	return nil
}
