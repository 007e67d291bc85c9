package intake

import (
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"batchcomplete/internal/sheet"
)

// scanned is how many rows are looked at for the header.
const scanned = 30

// Header is where a file's table is.
type Header struct {
	Sheet    string
	Line     int // the header's row, as a spreadsheet program shows it
	Headings []string
	Results  Span // where an earlier run wrote its results
	columns  columns
	orderID  int // the results' column of order ids, -1 for none
	unit     string
	stated   string // the unit that a row above says: "元", "万元"
}

// columns says where each field stands, by its column from 1; 0 where it does
// not.
type columns [fieldsEnd]int

// of gives a field's column, 0 for A; -1 where it has none.
func (c *columns) of(f field) int { return c[f] - 1 }

// all gives the fields that have a column, with it.
func (c *columns) all() iter.Seq2[field, int] {
	return func(yield func(field, int) bool) {
		for f, column := range c {
			if column > 0 && !yield(field(f), column-1) {
				return
			}
		}
	}
}

// count is how many fields have a column.
func (c *columns) count() (n int) {
	for range c.all() {
		n++
	}
	return n
}

// Locate finds the one sheet and row that name the required columns.
func Locate(file sheet.File, o Options) (Header, error) {
	var found []Header
	var missing []string
	for _, info := range file.Sheets() {
		if o.Sheet != "" && info.Name != o.Sheet {
			continue
		}
		h, lacks, err := locateIn(file, info.Name, o)
		if err != nil {
			return Header{}, err
		}
		if h.Line == 0 {
			if missing == nil || lacks != nil && len(lacks) < len(missing) {
				missing = lacks
			}
			continue
		}
		if info.Hidden && o.Sheet == "" {
			return Header{}, sheet.Refuse("intake.sheet.hidden", info.Name)
		}
		found = append(found, h)
	}
	switch {
	case len(found) == 1:
		return found[0].withUnit(o)
	case len(found) > 1:
		var names []string
		for _, h := range found {
			names = append(names, h.Sheet)
		}
		return Header{}, sheet.Refuse("intake.sheet.several", strings.Join(names, ", "))
	}
	if o.Sheet != "" && !slices.ContainsFunc(file.Sheets(), func(s sheet.SheetInfo) bool { return s.Name == o.Sheet }) {
		return Header{}, sheet.Refuse("intake.sheet.none", o.Sheet)
	}
	if missing == nil {
		missing = lacking(&columns{}, o)
	}
	return Header{}, sheet.Refuse("intake.header", scanned, strings.Join(missing, ", "))
}

// locateIn looks at the first rows of a sheet. Where none is the header, it
// gives what the best of them lacks. Headings may stand in two rows, where some
// were merged across both.
func locateIn(file sheet.File, name string, o Options) (Header, []string, error) {
	l := locator{words: known(o.Columns), options: o}
	var above []string // the row's before, whose cells are no more
	last, looked := 0, 0
	for row, err := range file.Rows(name) {
		if err != nil {
			return Header{}, nil, err
		}
		if looked++; looked > scanned {
			break
		}
		texts := headingsOf(row)
		h, twice, ok := l.try(texts)
		if !ok && last == row.Number-1 {
			h, twice, ok = l.try(over(above, texts))
		}
		if !ok {
			l.state(texts)
			above, last = texts, row.Number
			continue
		}
		if twice != 0 {
			return Header{}, nil, sheet.Refuse("intake.header.twice", row.Number, twice)
		}
		h.Sheet, h.Line, h.stated = name, row.Number, l.stated
		return h, nil, nil
	}
	return Header{}, l.best, nil
}

// BillCell gives a row's cell that names its bill, and that column's heading.
func (h Header) BillCell(line int) (cell, heading string) {
	column := h.columns.of(fBillNo)
	return sheet.Column(column) + strconv.Itoa(line), strings.TrimSpace(h.Headings[column])
}

// locator looks for the header row.
type locator struct {
	words   map[string]field
	options Options
	best    []string // what the best row so far lacks
	stated  string
}

// try takes a row for the header, and tells whether it is.
func (l *locator) try(texts []string) (h Header, twice field, ok bool) {
	h = Header{Headings: texts}
	h.Results, h.orderID = findResults(texts)
	for i, text := range texts {
		f := l.words[fold(text)]
		if f == 0 || h.Results.Has(i) {
			continue
		}
		if h.columns.of(f) >= 0 {
			twice = f
		}
		h.columns[f] = i + 1
	}
	lacks := lacking(&h.columns, l.options)
	if h.columns.count() >= 2 && (l.best == nil || len(lacks) < len(l.best)) {
		l.best = lacks
	}
	return h, twice, len(lacks) == 0
}

var unitStated = regexp.MustCompile(`单位[:为是]?\(?(?:人民币)?(亿元|万元|千元|百元|元|分)`)

// state remembers the unit that a row above the header says: 单位:元.
func (l *locator) state(texts []string) {
	if m := unitStated.FindStringSubmatch(fold(strings.Join(texts, ""))); m != nil {
		l.stated = m[1]
	}
}

// headingsOf gives a row's texts. A workbook's row ends with its last text, not
// with the cells that somebody only coloured.
func headingsOf(row sheet.Row) []string {
	texts := make([]string, len(row.Cells))
	last := 0
	for i, c := range row.Cells {
		if texts[i] = c.Text; row.Exact || strings.TrimSpace(c.Text) != "" {
			last = i + 1
		}
	}
	return texts[:last]
}

// over lays a row of headings over the one above it, which shows where its own
// cells are empty.
func over(above, texts []string) []string {
	both := make([]string, max(len(above), len(texts)))
	copy(both, texts)
	for i, text := range above {
		if strings.TrimSpace(both[i]) == "" {
			both[i] = text
		}
	}
	return both
}

// lacking names the required fields that are in no column and have no default.
func lacking(c *columns, o Options) []string {
	var names []string
	for _, f := range required {
		if c.of(f) >= 0 || f == fMID && o.MID != "" || f == fTID && o.TID != "" {
			continue
		}
		names = append(names, headings[f][0]+"/"+headings[f][1])
	}
	return names
}

// withUnit settles the amount's unit, which is never guessed, and never taken
// where it is said twice and differently.
func (h Header) withUnit(o Options) (Header, error) {
	heading := h.Headings[h.columns.of(fAmount)]
	h.unit = unitOf(heading)
	switch {
	case h.unit == "scaled":
		return h, sheet.Refuse("intake.unit.scaled", heading)
	case h.unit == "" && o.AmountUnit == "":
		return h, sheet.Refuse("intake.unit", heading)
	case h.unit == "":
		h.unit = o.AmountUnit
	case o.AmountUnit != "" && o.AmountUnit != h.unit:
		return h, sheet.Refuse("intake.unit.other", heading, o.AmountUnit)
	}
	if h.unit != "fen" && h.unit != "yuan" {
		return h, sheet.Refuse("intake.unit.word", h.unit)
	}
	if h.stated != "" && h.stated != map[string]string{"fen": "分", "yuan": "元"}[h.unit] {
		return h, sheet.Refuse("intake.unit.stated", h.stated, heading)
	}
	return h, nil
}
