package sheet

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/xuri/excelize/v2"
)

// Bounds of the files whose cells are marked: above them nobody mends by hand,
// and the library would hold all of it in memory.
const (
	maxRemarkedFile = 2 << 20
	maxRemarkedXML  = 16 << 20
	maxRemarkedRows = 20_000
	maxRemarkedTags = 500_000 // elements: 12 columns of as many rows
	maxRemarkedArea = 1 << 20 // cells, the empty ones before a row's last included
	maxRemarks      = 5_000
)

// workingCopy gives the file as a workbook; an empty one where it is too large,
// or cannot be read.
func workingCopy(from, encoding string, remarks int, o excelize.Options) (*excelize.File, bool, error) {
	info, err := os.Stat(from)
	if err != nil {
		return nil, false, err
	}
	file, err := Open(from, encoding)
	if refused(err) {
		return excelize.NewFile(o), false, nil
	}
	if err != nil {
		return nil, false, err
	}
	defer file.Close()
	if remarks > maxRemarks || info.Size() > maxRemarkedFile {
		return excelize.NewFile(o), false, nil
	}
	x, ok := file.(*xlsx)
	if !ok {
		return fromText(file, o)
	}
	if !x.small() {
		return excelize.NewFile(o), false, nil
	}
	if plain, err := readable(file); err != nil || !plain {
		return excelize.NewFile(o), false, err
	}
	f, err := open(x, excelize.Options{UnzipSizeLimit: maxRemarkedXML, UnzipXMLSizeLimit: maxRemarkedXML, TmpDir: o.TmpDir})
	if err != nil {
		return excelize.NewFile(o), false, nil
	}
	return f, true, nil
}

// open has the library open a workbook, to be saved as .xlsx whatever it was.
func open(x *xlsx, o excelize.Options) (*excelize.File, error) {
	var content io.Reader = io.NewSectionReader(x.file, 0, maxRemarkedFile)
	if x.macros {
		text, err := withoutMacros(x)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(text)
	}
	f, err := excelize.OpenReader(content, o)
	if err != nil {
		return nil, err
	}
	f.Path = "marked.xlsx"
	return f, nil
}

// small tells whether the library can hold the sheets: their size alone does not
// say it, since a cell of a few bytes costs it hundreds.
func (x *xlsx) small() bool {
	tags := 0
	for _, part := range x.where {
		err := x.walk(part, func(p *parser, _ xml.StartElement) error {
			if tags++; tags > maxRemarkedTags {
				return errStop
			}
			return nil
		})
		if err != nil {
			return false
		}
	}
	return true
}

// readable tells whether every sheet can be read to its end, and is no larger than
// the library can hold: it makes every cell up to a row's last one, and is given
// nothing that our own reader refuses.
func readable(file File) (bool, error) {
	area := 0
	for _, sheet := range file.Sheets() {
		for row, err := range file.Rows(sheet.Name) {
			if refused(err) {
				return false, nil
			}
			if err != nil {
				return false, err
			}
			if area += len(row.Cells); area > maxRemarkedArea {
				return false, nil
			}
		}
	}
	return true, nil
}

func refused(err error) bool {
	var refusal *Refusal
	return errors.As(err, &refusal)
}

// fromText makes a workbook of CSV, every cell a text, in the rows and columns
// that the remarks name.
func fromText(file File, o excelize.Options) (*excelize.File, bool, error) {
	f := excelize.NewFile(o)
	var widths []int
	n := 0
	for row, err := range file.Rows("") {
		if n++; refused(err) || n > maxRemarkedRows {
			return excelize.NewFile(o), false, f.Close()
		}
		if err == nil {
			widths, err = textRow(f, row, widths)
		}
		if err != nil {
			return nil, false, errors.Join(err, f.Close())
		}
	}
	style, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	if err == nil && n > 0 && len(widths) > 0 {
		err = f.SetColStyle("Sheet1", "A:"+Column(len(widths)-1), style)
	}
	for i, width := range widths {
		err = errors.Join(err, f.SetColWidth("Sheet1", Column(i), Column(i), float64(width)))
	}
	return f, true, err
}

// textRow writes a row, and gives the widths that the columns need with it.
func textRow(f *excelize.File, row Row, widths []int) ([]int, error) {
	for i, c := range row.Cells {
		if i == len(widths) {
			widths = append(widths, 0)
		}
		widths[i] = max(widths[i], Width(c.Text))
		if err := f.SetCellStr("Sheet1", fmt.Sprintf("%s%d", Column(i), row.Number), cellText(c.Text)); err != nil {
			return widths, err
		}
	}
	return widths, nil
}

// listSheet adds the sheet with the list; it is all there is where the file's own
// are not.
func listSheet(f *excelize.File, l List, beside bool, s spill) error {
	name := l.Name
	for n := 2; beside; n++ {
		if i, err := f.GetSheetIndex(name); err != nil || i < 0 {
			break
		}
		name = fmt.Sprintf("%s %d", l.Name, n)
	}
	if !beside {
		if err := f.SetSheetName("Sheet1", name); err != nil {
			return err
		}
	} else if _, err := f.NewSheet(name); err != nil {
		return err
	}
	return l.write(f, name, s)
}

// maxListed is how many rows a sheet has below its headings.
const maxListed = 1<<20 - 1

func (l List) write(f *excelize.File, name string, spilled spill) error {
	b := &Book{f: f, spill: spilled, styles: map[appearance]int{}}
	var err error
	s := &Sheet{book: b, name: name, widths: l.Widths}
	b.print(name, Layout{Head: 1})
	if s.w, err = f.NewStreamWriter(name); err != nil {
		return err
	}
	for i, width := range l.Widths {
		b.keep(s.w.SetColWidth(i+1, i+1, float64(width)))
	}
	b.keep(s.w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	var head []Value
	for _, text := range l.Head {
		head = append(head, TextCell(text).In(Heading))
	}
	s.Row(head...)
	for _, texts := range l.Rows[:min(len(l.Rows), maxListed)] {
		var row []Value
		for _, text := range texts {
			row = append(row, TextCell(text).Wrapped())
		}
		s.Row(row...)
	}
	s.Done()
	return b.err
}
