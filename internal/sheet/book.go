package sheet

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
	"github.com/xuri/excelize/v2"

	"batchcomplete/internal/money"
)

// Tone is a row's or a cell's colour.
type Tone uint8

// The tones.
const (
	Plain Tone = iota
	Good
	Bad
	Doubtful
	Muted
	Heading
	Title
	Strong        // totals
	NumberHeading // the heading of a column of numbers, which stand to the right
)

var fills = map[Tone]string{Good: "E2F0D9", Bad: "F8CBAD", Doubtful: "FFF2CC", Muted: "EDEDED", Heading: "1F4E78", NumberHeading: "1F4E78", Strong: "DDEBF7"}

type shape uint8

const (
	asText shape = iota
	asMoney
	asInt
	asNumber
)

// Value is one cell to be written.
type Value struct {
	appearance
	text    string // decimal text where it is a number
	formula string // recomputes a number; see Live
}

// appearance is what a value's style is made of.
type appearance struct {
	shape  shape
	tone   Tone
	wrap   bool
	format string // of a number that is copied
}

// TextCell is text, and never anything else: an identifier keeps its zeros, and
// what looks like a formula is none.
func TextCell(s string) Value { return Value{appearance: appearance{shape: asText}, text: s} }

// MoneyCell is an amount in yuan, a number with two decimals.
func MoneyCell(f money.Fen) Value {
	return Value{appearance: appearance{shape: asMoney}, text: f.String()}
}

// IntCell is a whole number.
func IntCell(n int) Value { return Value{appearance: appearance{shape: asInt}, text: strconv.Itoa(n)} }

// Copy is a cell as it was read.
func Copy(c Cell) Value {
	if c.Kind == Number && c.Digits <= precision {
		return Value{appearance: appearance{shape: asNumber, format: c.Format}, text: c.Text}
	}
	return TextCell(c.Text)
}

// In gives the value in a tone.
func (v Value) In(t Tone) Value {
	v.tone = t
	return v
}

// Wrapped gives a text that runs over several lines where its column is narrow.
func (v Value) Wrapped() Value {
	v.wrap = true
	return v
}

// String gives the value's text.
func (v Value) String() string { return v.text }

// Book is a workbook that is being written.
type Book struct {
	f      *excelize.File
	spill  spill
	title  string
	styles map[appearance]int
	sheets int
	err    error
}

// NewBook begins a workbook; its title stands in its properties.
func NewBook(title string) *Book {
	s := newSpill()
	return &Book{f: excelize.NewFile(s.options()), spill: s, title: title, styles: map[appearance]int{}}
}

func (b *Book) properties(keywords string) *excelize.DocProperties {
	return &excelize.DocProperties{Creator: "batchcomplete", Title: b.title, Keywords: keywords}
}

// plainName makes a sheet's name one that can stand in a reference: it may have
// come from a file, and an apostrophe in it would end the name there.
func plainName(name string) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`'!:\/?*[]`, r) || unicode.IsControl(r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_")), " ")
	if runes := []rune(name); len(runes) > 31 {
		name = string(runes[:31])
	}
	if name == "" {
		return "_"
	}
	return name
}

// Mark keeps a text in the workbook that File.Mark gives back.
func (b *Book) Mark(text string) {
	b.keep(b.f.SetDefinedName(&excelize.DefinedName{Name: markName, RefersTo: markFormula(text)}))
}

func (b *Book) keep(err error) {
	if b.err == nil {
		b.err = err
	}
}

// Layout says what a sheet is to look like before its rows come.
type Layout struct {
	Widths  []int // in characters; see Width
	Rows    int   // how many there will be: the filter and the dimension need it
	Head    int   // the row of the headings, from 1; 0 for none. It is frozen and, where there are no Rules, filtered
	Columns int   // how many columns the filter covers
	Left    int   // how many columns are frozen
	Printed int   // how many columns are printed; 0: all
	Notes   int   // rows behind Rows that are no data: printed, not filtered
	// TextColumns are formatted as text down to the last row, for people to fill in.
	TextColumns []int
	// MoneyColumns are formatted as amounts in the same way.
	MoneyColumns []int
	Rules        []Rule // what may be typed
	Chart        *Chart
}

// Sheet is a sheet that is being written, row by row.
type Sheet struct {
	book   *Book
	name   string
	w      *excelize.StreamWriter
	row    int
	widths []int
	// A row's cells are written over by the next row's; excelize takes them as any.
	cells  []*excelize.Cell
	handed []any

	written int
}

// between is after how many rows a look is taken at what was spilled: a piece has
// tens of thousands.
const between = 1000

// Sheet begins a sheet. The one before it must be finished.
func (b *Book) Sheet(name string, l Layout) *Sheet {
	name = plainName(name)
	s := &Sheet{book: b, name: name, widths: l.Widths}
	if b.sheets == 0 {
		b.keep(b.f.SetSheetName("Sheet1", name))
	} else if b.err == nil {
		_, err := b.f.NewSheet(name)
		b.keep(err)
	}
	b.sheets++
	last := fmt.Sprintf("%s%d", Column(max(l.Columns, len(l.Widths), 1)-1), max(l.Rows, 1))
	if b.err == nil {
		b.keep(b.f.SetSheetDimension(name, "A1:"+last))
	}
	if b.err == nil && l.Head > 0 && l.Rows > l.Head && l.Rules == nil {
		b.keep(b.f.AutoFilter(name, fmt.Sprintf("A%d:%s%d", l.Head, Column(l.Columns-1), l.Rows), nil))
	}
	if b.err == nil {
		b.print(name, l)
	}
	if b.err == nil {
		b.form(name, l)
	}
	if b.err == nil && l.Chart != nil {
		b.draw(name, *l.Chart)
	}
	if b.err != nil {
		return s
	}
	var err error
	s.w, err = b.f.NewStreamWriter(name)
	b.keep(err)
	if b.err != nil {
		return s
	}
	for _, column := range l.TextColumns {
		b.keep(s.w.SetColStyle(column+1, column+1, b.style(TextCell("").appearance)))
	}
	for _, column := range l.MoneyColumns {
		b.keep(s.w.SetColStyle(column+1, column+1, b.style(MoneyCell(0).appearance)))
	}
	for i, width := range l.Widths {
		b.keep(s.w.SetColWidth(i+1, i+1, float64(width)))
	}
	if l.Head > 0 {
		b.keep(s.w.SetPanes(&excelize.Panes{Freeze: true, XSplit: l.Left, YSplit: l.Head, TopLeftCell: Column(l.Left) + fmt.Sprint(l.Head+1), ActivePane: pane(l.Left)}))
	}
	return s
}

func pane(left int) string {
	if left > 0 {
		return "bottomRight"
	}
	return "bottomLeft"
}

// At moves on to a row, so that rows keep the numbers they had.
func (s *Sheet) At(row int) { s.row = max(s.row, row-1) }

// Row writes the next row.
func (s *Sheet) Row(values ...Value) {
	s.row++
	if s.book.err != nil {
		return
	}
	for i, v := range values {
		if i == len(s.cells) {
			s.cells = append(s.cells, &excelize.Cell{})
			s.handed = append(s.handed, s.cells[i])
		}
		cell := s.cells[i]
		*cell = excelize.Cell{StyleID: s.book.style(v.appearance), Formula: v.formula}
		switch {
		case v.text == "": // a cell that is empty lets the text beside it run on
		case v.shape == asText:
			cell.Value = cellText(v.text)
		default:
			cell.Value = cellNumber(v.text)
		}
	}
	s.book.keep(s.w.SetRow(fmt.Sprintf("A%d", s.row), s.handed[:len(values)], s.height(values)...))
	if s.written++; s.written%between == 0 {
		s.book.spill.hide()
	}
}

// Done finishes the sheet.
func (s *Sheet) Done() {
	if s.book.err == nil {
		s.book.keep(s.w.Flush())
	}
	s.book.spill.hide()
}

func (b *Book) style(v appearance) int {
	if id, ok := b.styles[v]; ok {
		return id
	}
	style := excelize.Style{Alignment: &excelize.Alignment{Vertical: "center"}}
	switch v.shape {
	case asText:
		style.NumFmt = 49
	case asMoney:
		style.NumFmt = 4
	case asInt:
		style.NumFmt = 3
	case asNumber:
		if v.format != "" {
			style.CustomNumFmt = &v.format
		}
	}
	if fill := fills[v.tone]; fill != "" {
		style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fill}}
	}
	style.Alignment.WrapText = v.wrap
	if v.tone == NumberHeading {
		style.Alignment.Horizontal = "right"
	}
	// Every font names its family, or else some programs take another for it.
	switch v.tone {
	case Heading, NumberHeading:
		style.Font = &excelize.Font{Family: family, Bold: true, Color: "FFFFFF"}
		style.Alignment.WrapText = true
	case Strong:
		style.Font = &excelize.Font{Family: family, Bold: true}
	case Title:
		style.Font = &excelize.Font{Family: family, Bold: true, Size: 14}
	}
	id, err := b.f.NewStyle(&style)
	b.keep(err)
	b.styles[v] = id
	return id
}

// family is the font of every cell, the one that a new workbook begins with.
const family = "Calibri"

// Chart is a column chart of one series of amounts over categories of its own
// sheet. Ranges are like "A5:A9"; At is its upper left cell.
type Chart struct{ At, Title, Categories, Values string }

// draw must come before the rows: a streamed sheet's parts are fixed when its
// first row is written.
func (b *Book) draw(sheet string, c Chart) {
	ref := func(cells string) string {
		from, to, _ := strings.Cut(cells, ":")
		return "'" + sheet + "'!" + absolute(from) + ":" + absolute(to)
	}
	b.keep(b.f.AddChart(sheet, c.At, &excelize.Chart{
		Type:   excelize.Col,
		Series: []excelize.ChartSeries{{Name: c.Title, Categories: ref(c.Categories), Values: ref(c.Values)}},
		Title:  excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: c.Title}}},
		Legend: excelize.ChartLegend{Position: "none"},
	}))
}

func absolute(cell string) string {
	letters := strings.TrimRight(cell, "0123456789")
	return "$" + letters + "$" + cell[len(letters):]
}

// cellText makes a text one that a cell can hold, whatever it held.
func cellText(s string) string {
	if printable(s) && len(s) < maxText {
		return s
	}
	s = visible(strings.ReplaceAll(s, "\r", "\uFFFD"))
	if utf8.RuneCountInString(s) > maxText-1 {
		s = string([]rune(s)[:maxText-1]) + "…"
	}
	return s
}

// Width gives the width that fits some texts, within bounds; Chinese characters
// count as two.
func Width(texts ...string) int {
	width := 8
	for _, text := range texts {
		width = max(width, runewidth.StringWidth(text)+3)
	}
	return min(width, 48)
}
