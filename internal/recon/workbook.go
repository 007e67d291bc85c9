package recon

import (
	"slices"
	"strings"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/lang"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet"
)

// Workbook is what a workbook is made of.
type Workbook struct {
	Source    Source
	Selection Selection
	Result    Result
	Calendar  Calendar
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

// tone colours a place.
func (p Place) tone() sheet.Tone {
	switch {
	case p == Matched:
		return sheet.Good
	case p == FeeWrong, p == DateDiffers, p == Reversed:
		return sheet.Doubtful
	case p.isBreak():
		return sheet.Bad
	case p == Other, p == OutOfScope:
		return sheet.Muted
	}
	return sheet.Plain
}

// page is one sheet: its headings, and what writes its rows. A sheet whose
// headings are nil has none.
type page struct {
	tab    string
	layout sheet.Layout
	head   []sheet.Value
	rows   int
	notes  int // rows behind them that are none
	write  func(row func(...sheet.Value)) error
}

// pages gives the sheets, in order.
func (w Workbook) pages() []page {
	all := []page{w.summary(), w.details()}
	if w.Result.Matching != nil {
		all = append(all, w.breaks())
	}
	all = append(all, w.unresolved())
	if w.Result.Matching != nil && len(w.Result.Matching.Statements) > 0 {
		all = append(all, w.statement())
	}
	return append(all, w.batches())
}

// Write makes the workbook.
func (w Workbook) Write(path string) error {
	book := sheet.NewBook(w.t("title"))
	for _, p := range w.pages() {
		if err := writePage(book, p); err != nil {
			return err
		}
	}
	return book.Save(path)
}

// maxRows is how many rows stand in one sheet: a spreadsheet program shows 1,048,576.
const maxRows = 1_000_000

// tabs names the sheets that so many rows need.
func tabs(name string, rows int) []string {
	all := []string{name}
	for i := 2; (i-1)*maxRows < rows; i++ {
		all = append(all, name+" "+sheet.IntCell(i).String())
	}
	return all
}

// writePage writes a page, over several sheets where it is too long for one.
func writePage(book *sheet.Book, p page) error {
	names := tabs(p.tab, p.rows)
	var s *sheet.Sheet
	begin := func(i int) {
		l := p.layout
		if p.head != nil {
			l.Head, l.Columns, l.Rows, l.Notes = 1, len(p.head), 1+max(1, min(maxRows, p.rows-i*maxRows)), p.notes
		}
		s = book.Sheet(names[i], l)
		if p.head != nil {
			s.Row(p.head...)
		}
	}
	begin(0)
	written := 0
	err := p.write(func(values ...sheet.Value) {
		if at := written / maxRows; written%maxRows == 0 && at > 0 && at < len(names) {
			s.Done()
			begin(at)
		}
		written++
		s.Row(values...)
	})
	s.Done()
	return err
}

func (w Workbook) t(key string, args ...any) string { return w.Lang.T("recon."+key, args...) }

func (w Workbook) state(s batch.State) string { return w.Lang.T("state." + string(s)) }

func (w Workbook) place(p Place) string {
	if p == Nowhere {
		return ""
	}
	return w.t("place." + p.String())
}

func (w Workbook) today() string { return w.Now.In(beijing).Format(time.DateOnly) }

func (w Workbook) stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(beijing).Format(time.DateTime)
}

func (w Workbook) date(d string) string {
	if d == "" {
		return w.t("settle.none")
	}
	return d
}

func text(s string) sheet.Value    { return sheet.TextCell(s) }
func yuan(f money.Fen) sheet.Value { return sheet.MoneyCell(f) }
func count(n int) sheet.Value      { return sheet.IntCell(n) }
func strong(values ...sheet.Value) []sheet.Value {
	for i := range values {
		values[i] = values[i].In(sheet.Strong)
	}
	return values
}

// numeric are the columns that hold numbers: their headings stand to the right too.
var numeric = strings.Fields(`rows yuan liveRows liveYuan checkRows checkYuan requested completed buyerPaid discount invoice theirRows theirs fee feeDue net difference
	refunds credit otherNet otherRows creditAll settledAll settled stake workingDays age ours line attempts importedRows importedYuan statementLine countedRows countedYuan`)

// headings makes a row of headings from keys of the catalogue.
func (w Workbook) headings(keys ...string) []sheet.Value {
	var values []sheet.Value
	for _, key := range keys {
		tone := sheet.Heading
		if slices.Contains(numeric, key) {
			tone = sheet.NumberHeading
		}
		values = append(values, text(w.t("col."+key)).In(tone))
	}
	return values
}

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
