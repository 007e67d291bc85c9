package sheet

import (
	"encoding/xml"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
)

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
