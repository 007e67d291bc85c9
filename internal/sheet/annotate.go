package sheet

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Remark is what is wrong with one cell of a file, for its maker. Sheet is empty
// for CSV.
type Remark struct{ Sheet, Cell, Text string }

// List is a sheet of texts.
type List struct {
	Name   string
	Head   []string
	Rows   [][]string
	Widths []int
}

// Annotate writes a copy of a file in which each remark's cell is coloured and
// has the remark as its comment, and a sheet that lists them all. It tells
// whether the cells are marked: a file above the bounds, and one that cannot be
// read, gets the list alone. CSV becomes a workbook. Formulas stay, since people
// go on working in it. A file that is there is replaced only where Annotate wrote
// it and nobody has saved it since: it may have been mended.
func Annotate(from, encoding, to string, remarks []Remark, list List) (marked bool, err error) {
	s := newSpill()
	defer func() { err = errors.Join(err, s.close()) }()
	f, marked, err := workingCopy(from, encoding, len(remarks), s.options())
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if marked {
		if err := remark(f, remarks); err != nil {
			return false, err
		}
	}
	if err := errors.Join(listSheet(f, list, marked, s), sign(f)); err != nil {
		return false, err
	}
	return marked, replace(to, private, untouched, func(w io.Writer) error {
		_, err := f.WriteTo(w)
		return err
	})
}

// signature stands where every spreadsheet program writes its own name when it
// saves a workbook.
const signature = "batchcomplete"

// sign marks the workbook as we handed it out. It is none that results replace.
func sign(f *excelize.File) error {
	properties, err := f.GetDocProps()
	if err != nil {
		return err
	}
	properties.Keywords = strings.TrimSpace(strings.ReplaceAll(properties.Keywords, bookMark, ""))
	app, err := f.GetAppProps()
	if err != nil {
		return err
	}
	app.Application = signature
	return errors.Join(f.SetDocProps(properties), f.SetAppProps(app))
}

// untouched tells whether a file is a workbook as Annotate left it.
func untouched(f *os.File) bool {
	var app struct {
		Application string `xml:"Application"`
	}
	readProperties(f, "docProps/app.xml", &app)
	return app.Application == signature
}

// Annotatable tells whether Annotate would replace or make the file.
func Annotatable(path string) error { return free(path, untouched) }

// remark colours the cells and writes their comments, one for each cell.
func remark(f *excelize.File, remarks []Remark) error {
	texts := map[[2]string]string{}
	var order [][2]string
	for _, r := range remarks {
		if r.Sheet == "" {
			r.Sheet = f.GetSheetName(0)
		}
		at := [2]string{r.Sheet, r.Cell}
		if texts[at] == "" {
			order = append(order, at)
		} else {
			texts[at] += "\n"
		}
		texts[at] += r.Text
	}
	p := pen{File: f, coloured: map[int]int{}, old: map[string]map[string]string{}}
	for _, at := range order {
		if err := errors.Join(p.colour(at[0], at[1]), p.comment(at[0], at[1], texts[at])); err != nil {
			return fmt.Errorf("%s!%s: %w", at[0], at[1], err)
		}
	}
	return nil
}

// pen marks cells.
type pen struct {
	*excelize.File
	coloured map[int]int                  // styles, by those that they are made of
	old      map[string]map[string]string // the comments that were there, by sheet and cell
}

// colour changes a cell's fill and nothing else of its look.
func (p pen) colour(sheet, cell string) error {
	id, err := p.GetCellStyle(sheet, cell)
	if err != nil {
		return err
	}
	red, ok := p.coloured[id]
	if !ok {
		style, err := p.GetStyle(id)
		if err != nil {
			return err
		}
		style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fills[Bad]}}
		if red, err = p.NewStyle(style); err != nil {
			return err
		}
		p.coloured[id] = red
	}
	return p.SetCellStyle(sheet, cell, cell, red)
}

// comment says what is wrong, above what somebody had said there before.
func (p pen) comment(sheet, cell, text string) error {
	if p.old[sheet] == nil {
		comments, err := p.GetComments(sheet)
		if err != nil {
			return err
		}
		p.old[sheet] = map[string]string{}
		for _, c := range comments {
			p.old[sheet][c.Cell] = c.Text + runs(c.Paragraph)
		}
	}
	if before, ok := p.old[sheet][cell]; ok {
		if err := p.DeleteComment(sheet, cell); err != nil {
			return err
		}
		text += "\n\n" + before
	}
	return p.AddComment(sheet, excelize.Comment{Cell: cell, Author: signature, Text: cellText(text), Width: 320, Height: 120})
}

func runs(paragraph []excelize.RichTextRun) string {
	var text strings.Builder
	for _, run := range paragraph {
		text.WriteString(run.Text)
	}
	return text.String()
}
