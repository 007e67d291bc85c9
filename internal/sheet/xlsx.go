package sheet

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
)

// xlsx is an open workbook.
type xlsx struct {
	*container
	sheets   []SheetInfo
	where    map[string]string // a sheet's part
	shared   texts
	styles   []string // number format by style index
	date1904 bool
	mark     string
	macros   bool
	seen     map[string]*Marks
}

func openXLSX(f *os.File) (File, error) {
	x := &xlsx{where: map[string]string{}, seen: map[string]*Marks{}}
	var err error
	if x.container, err = openContainer(f); err == nil {
		err = x.load()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return x, nil
}

func (x *xlsx) Close() error        { return x.file.Close() }
func (x *xlsx) Sheets() []SheetInfo { return x.sheets }
func (x *xlsx) Mark() string        { return x.mark }

func (x *xlsx) Marks(sheet string) Marks {
	if m := x.seen[sheet]; m != nil {
		return *m
	}
	return Marks{}
}

func damaged(what string, err error) *Refusal { return Refuse("sheet.damaged", what, err) }

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func isTrue(value string) bool { return value == "1" || value == "true" }

func (x *xlsx) load() error {
	if !x.has("_rels/.rels") {
		return x.foreign()
	}
	book, err := x.bookPart()
	if err != nil {
		return err
	}
	if !x.has(book) || strings.HasSuffix(book, ".bin") {
		return x.foreign()
	}
	if err := x.loadBook(book); err != nil {
		return err
	}
	if len(x.sheets) == 0 {
		return x.foreign()
	}
	return nil
}

func (x *xlsx) bookPart() (string, error) {
	rels, err := x.relations("_rels/.rels", "")
	for _, r := range rels {
		if strings.HasSuffix(r.kind, "/officeDocument") {
			return r.target, err
		}
	}
	return "", err
}

// relation leads to a part; written is the target as the file has it.
type relation struct{ id, kind, target, written string }

func (x *xlsx) relations(name, base string) ([]relation, error) {
	var all []relation
	err := x.walk(name, func(_ *parser, e xml.StartElement) error {
		if e.Name.Local == "Relationship" && attr(e, "TargetMode") != "External" {
			target := strings.ReplaceAll(attr(e, "Target"), `\`, "/")
			if !strings.HasPrefix(target, "/") {
				target = path.Join(base, target)
			}
			all = append(all, relation{attr(e, "Id"), attr(e, "Type"), strings.TrimPrefix(target, "/"), attr(e, "Target")})
		}
		return nil
	})
	return all, err
}

// walk reads a part to its end, whatever is in it: the checksum is compared at
// the end alone.
func (x *xlsx) walk(name string, visit func(*parser, xml.StartElement) error) error {
	r, err := x.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	p := newParser(r, x.meter)
	for {
		token, err := p.Token()
		if errors.Is(err, io.EOF) {
			_, err = io.Copy(io.Discard, r)
			if err != nil {
				return damaged(name, err)
			}
			return nil
		}
		if start, ok := token.(xml.StartElement); ok && err == nil {
			err = visit(p, start)
		}
		if err != nil {
			return unlessRefused(name, err)
		}
	}
}

// unlessRefused gives the reason that a part is not read any further: damage,
// where it is none of ours.
func unlessRefused(name string, err error) error {
	var refusal *Refusal
	if errors.As(err, &refusal) || errors.Is(err, errStop) {
		return err
	}
	return damaged(name, err)
}

func relationsOf(part string) string {
	return path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
}

func (x *xlsx) loadBook(book string) error {
	rels, err := x.readBook(book)
	if err != nil {
		return err
	}
	for _, r := range rels {
		switch {
		case macroKinds[path.Base(r.kind)]:
			x.macros = true
		case strings.HasSuffix(r.kind, "/sharedStrings"):
			err = x.loadShared(r.target)
		case strings.HasSuffix(r.kind, "/styles"):
			err = x.loadStyles(r.target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readBook reads the first part, and gives what it leads to.
func (x *xlsx) readBook(book string) ([]relation, error) {
	rels, err := x.relations(relationsOf(book), path.Dir(book))
	if err != nil {
		return nil, err
	}
	target := map[string]string{}
	for _, r := range rels {
		target[r.id] = r.target
	}
	return rels, x.walk(book, func(p *parser, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			x.date1904 = isTrue(attr(e, "date1904"))
		case "definedName":
			if attr(e, "name") != markName {
				return nil
			}
			text, err := plain(p)
			x.mark = strings.Trim(text, `"`)
			return err
		case "sheet":
			return x.listSheet(attr(e, "name"), target[attr(e, "id")], attr(e, "state"))
		}
		return nil
	})
}

func (x *xlsx) listSheet(name, part, state string) error {
	if part == "" || x.where[name] != "" {
		return fmt.Errorf("sheet %q leads nowhere", name)
	}
	if strings.Contains(part, "chartsheets/") || strings.Contains(part, "dialogsheets/") || strings.Contains(part, "macrosheets/") {
		return nil
	}
	x.where[name] = part
	x.sheets = append(x.sheets, SheetInfo{name, state != "" && state != "visible"})
	return nil
}

var errStop = errors.New("the reader has seen enough")

// scan is one pass over a sheet's rows.
type scan struct {
	*xlsx
	p     *parser
	marks *Marks
	last  int
	cells []Cell // the last row's, written over by the next
	// linked are the shared formulas that link to another workbook, by their
	// number: only the first cell of each has its text.
	linked map[string]bool
}

func (x *xlsx) Rows(sheet string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		s := &scan{xlsx: x, marks: &Marks{Macros: x.macros}, linked: map[string]bool{}}
		x.seen[sheet] = s.marks
		err := x.walk(x.where[sheet], func(p *parser, e xml.StartElement) error {
			s.p = p
			switch e.Name.Local {
			case "row":
				row, err := s.row(e)
				if err != nil {
					return err
				}
				if s.last = row.Number; !yield(row, nil) {
					return errStop
				}
			case "mergeCell":
				if s.marks.Merged = append(s.marks.Merged, attr(e, "ref")); len(s.marks.Merged) > maxMerged {
					return Refuse("sheet.toolarge")
				}
			case "col":
				s.column(e)
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(Row{}, err)
		}
	}
}

// column notes columns that are hidden.
func (s *scan) column(e xml.StartElement) {
	if !isTrue(attr(e, "hidden")) {
		return
	}
	first, err1 := strconv.Atoi(attr(e, "min"))
	last, err2 := strconv.Atoi(attr(e, "max"))
	if errors.Join(err1, err2) != nil {
		return
	}
	for i := max(first, 1); i <= min(last, maxColumns); i++ {
		if !slices.Contains(s.marks.HiddenColumns, i-1) {
			s.marks.HiddenColumns = append(s.marks.HiddenColumns, i-1)
		}
	}
}

// row reads one row. Rows and cells must ascend: readers that accept another
// order shift cells into other columns.
func (s *scan) row(start xml.StartElement) (Row, error) {
	row := Row{Number: s.last + 1, Hidden: isTrue(attr(start, "hidden")), Cells: s.cells[:0]}
	if text := attr(start, "r"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n <= s.last {
			return row, fmt.Errorf("row %q comes after row %d", text, s.last)
		}
		row.Number = n
	}
	if row.Number > maxRows {
		return row, Refuse("sheet.rows", maxRows)
	}
	for {
		token, err := s.p.Token()
		if err != nil {
			return row, err
		}
		switch t := token.(type) {
		case xml.EndElement:
			s.cells = row.Cells
			return row, nil
		case xml.StartElement:
			if t.Name.Local != "c" {
				if err := s.p.Skip(); err != nil {
					return row, err
				}
				continue
			}
			if err := s.cell(t, &row); err != nil {
				return row, err
			}
		}
	}
}

func (s *scan) cell(start xml.StartElement, row *Row) error {
	at := len(row.Cells)
	if ref := attr(start, "r"); ref != "" {
		column, err := columnOf(ref, row.Number)
		if err != nil {
			return err
		}
		if column < at {
			return fmt.Errorf("cell %s is out of order", ref)
		}
		at = column
	}
	kind, style := attr(start, "t"), attr(start, "s")
	content, err := s.content()
	if err != nil {
		return err
	}
	cell, err := s.value(kind, style, content)
	if err != nil {
		return fmt.Errorf("cell %s%d: %w", Column(at), row.Number, err)
	}
	cell.Formula, cell.Linked = content.formula, content.linked
	if at >= maxColumns {
		if cell.Kind == Empty && !cell.Formula {
			return nil // a colour that somebody gave to whole rows
		}
		return Refuse("sheet.columns", maxColumns)
	}
	for len(row.Cells) < at {
		row.Cells = append(row.Cells, Cell{})
	}
	row.Cells = append(row.Cells, cell)
	return nil
}

// columnOf reads "C17" and checks that it stands in its row.
func columnOf(ref string, row int) (int, error) {
	letters := strings.TrimRight(ref, "0123456789")
	if ref[len(letters):] != strconv.Itoa(row) || letters == "" || len(letters) > 3 {
		return 0, fmt.Errorf("cell %s does not belong to row %d", ref, row)
	}
	column := 0
	for _, c := range letters {
		if c < 'A' || c > 'Z' {
			return 0, fmt.Errorf("cell %s has no proper name", ref)
		}
		column = column*26 + int(c-'A') + 1
	}
	return column - 1, nil
}

// content is what stands in a cell's element.
type content struct {
	value, inline   string
	formula, linked bool
}

func (s *scan) content() (content, error) {
	var c content
	for {
		token, err := s.p.Token()
		if err != nil {
			return c, err
		}
		t, ok := token.(xml.StartElement)
		if !ok {
			if _, end := token.(xml.EndElement); end {
				return c, nil
			}
			continue
		}
		switch t.Name.Local {
		case "v":
			c.value, err = plain(s.p)
		case "is":
			c.inline, err = richText(s.p)
		case "f":
			c.formula = true
			c.linked, err = s.formula(t)
		default:
			err = s.p.Skip()
		}
		if err != nil {
			return c, err
		}
	}
}

// formula tells whether a formula takes something from another workbook.
func (s *scan) formula(start xml.StartElement) (bool, error) {
	number := ""
	if attr(start, "t") == "shared" {
		number = attr(start, "si")
	}
	text, err := plain(s.p)
	if linksOut(text) && number != "" {
		s.linked[number] = true
	}
	return linksOut(text) || text == "" && s.linked[number], err
}

// linksOut tells a formula like [1]Sheet1!A1 or '[1]十一月 账单'!A1. Table1[列]
// has brackets too, but no number in them and no sheet behind them.
func linksOut(formula string) bool {
	for {
		_, rest, ok := strings.Cut(formula, "[")
		if !ok {
			return false
		}
		inside, behind, ok := strings.Cut(rest, "]")
		if !ok {
			return false
		}
		sheet, _, named := strings.Cut(behind, "!")
		if inside != "" && strings.Trim(inside, "0123456789") == "" && named && !strings.ContainsAny(sheet, "[(,+*/") {
			return true
		}
		formula = rest
	}
}

func plain(p *parser) (string, error) {
	var b strings.Builder
	for {
		token, err := p.Token()
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.CharData:
			if b.Write(t); b.Len() > maxToken {
				return "", errors.New("a value is too long")
			}
		case xml.EndElement:
			return b.String(), nil
		case xml.StartElement:
			return "", fmt.Errorf("a value holds an element %s", t.Name.Local)
		}
	}
}

func (s *scan) value(kind, style string, c content) (Cell, error) {
	raw := c.value
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(raw))
		if err != nil || i < 0 || i >= s.shared.len() {
			return Cell{}, fmt.Errorf("shared text %q does not exist", raw)
		}
		shared := s.shared.at(i)
		return text(shared), s.meter.addShared(len(shared))
	case "inlineStr":
		return text(c.inline), nil
	case "str":
		return text(unescape(raw)), nil
	case "b":
		return Cell{Kind: Bool, Text: map[string]string{"1": "TRUE", "0": "FALSE"}[raw]}, nil
	case "e":
		return Cell{Kind: Error, Text: raw}, nil
	case "d":
		return Cell{Kind: Date, Text: isoDate(raw)}, nil
	case "", "n":
		return s.number(raw, style)
	}
	return Cell{}, fmt.Errorf("a kind of cell %q that does not exist", kind)
}

func (s *scan) number(raw, style string) (Cell, error) {
	if raw == "" {
		return Cell{}, nil
	}
	number, digits, ok := decimal(strings.TrimSpace(raw))
	if !ok {
		return Cell{}, fmt.Errorf("%q is no number", raw)
	}
	cell := Cell{Kind: Number, Text: number, Digits: digits}
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(s.styles) {
		cell.Format = s.styles[i]
	}
	if isDate(cell.Format) {
		cell.Kind, cell.Text = Date, serial(number, s.date1904)
	}
	return cell, nil
}

func text(s string) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{Kind: Text, Text: s}
}
