package intake

import (
	"slices"
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
	columns  map[field]int
	unit     string
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
		missing = lacking(nil, o)
	}
	return Header{}, sheet.Refuse("intake.header", scanned, strings.Join(missing, ", "))
}

// locateIn looks at the first rows of a sheet. Where none is the header, it
// gives what the best of them lacks.
func locateIn(file sheet.File, name string, o Options) (Header, []string, error) {
	words := known(o.Columns)
	var best []string
	looked := 0
	for row, err := range file.Rows(name) {
		if err != nil {
			return Header{}, nil, err
		}
		if looked++; looked > scanned {
			break
		}
		columns := map[field]int{}
		var twice field
		var texts []string
		for i, cell := range row.Cells {
			texts = append(texts, cell.Text)
			f, ok := words[fold(cell.Text)]
			if !ok {
				continue
			}
			if _, there := columns[f]; there {
				twice = f
			}
			columns[f] = i
		}
		lacks := lacking(columns, o)
		if len(columns) >= 2 && (best == nil || len(lacks) < len(best)) {
			best = lacks
		}
		if len(lacks) > 0 {
			continue
		}
		if twice != "" {
			return Header{}, nil, sheet.Refuse("intake.header.twice", row.Number, string(twice))
		}
		return Header{Sheet: name, Line: row.Number, Headings: texts, columns: columns}, nil, nil
	}
	return Header{}, best, nil
}

// lacking names the required fields that are in no column and have no default.
func lacking(columns map[field]int, o Options) []string {
	var names []string
	for _, f := range required {
		if _, ok := columns[f]; ok || f == fMID && o.MID != "" || f == fTID && o.TID != "" {
			continue
		}
		names = append(names, headings[f][0]+"/"+headings[f][1])
	}
	return names
}

// withUnit settles the amount's unit, which is never guessed.
func (h Header) withUnit(o Options) (Header, error) {
	heading := h.Headings[h.columns[fAmount]]
	h.unit = unitOf(heading)
	switch {
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
	return h, nil
}
