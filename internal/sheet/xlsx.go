package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"strconv"
	"strings"
	"time"
)

// Bounds of what is read: far above any real file, and below what would fill a
// machine's memory.
const (
	maxParts   = 10_000
	maxUnzip   = 2 << 30
	maxRatio   = 1000 // a part may be that many times its packed size
	maxColumns = 256
	maxText    = 32_767
)

type xlsx struct {
	file   *os.File
	parts  map[string]*zip.File
	sheets []SheetInfo
	where  map[string]string // a sheet's part
	shared []string
	styles []string // number format by style index
	merged map[string][]string
}

func openXLSX(f *os.File) (File, error) {
	x := &xlsx{file: f, parts: map[string]*zip.File{}, where: map[string]string{}, merged: map[string][]string{}}
	if err := x.load(); err != nil {
		f.Close()
		return nil, err
	}
	return x, nil
}

func (x *xlsx) Close() error                  { return x.file.Close() }
func (x *xlsx) Sheets() []SheetInfo           { return x.sheets }
func (x *xlsx) Merged(sheet string) []string  { return x.merged[sheet] }
func damaged(what string, err error) *Refusal { return Refuse("sheet.damaged", what, err) }
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (x *xlsx) load() error {
	info, err := x.file.Stat()
	if err != nil {
		return err
	}
	archive, err := zip.NewReader(x.file, info.Size())
	if err != nil {
		return damaged("zip", err)
	}
	if err := x.index(archive); err != nil {
		return err
	}
	rels, err := x.relations("_rels/.rels", "")
	if err != nil {
		return err
	}
	book := ""
	for _, r := range rels {
		if strings.HasSuffix(r.kind, "/officeDocument") {
			book = r.target
		}
	}
	if x.parts[book] == nil {
		return Refuse("sheet.other")
	}
	return x.loadBook(book)
}

// index lists the parts, within bounds, each name once.
func (x *xlsx) index(archive *zip.Reader) error {
	if len(archive.File) > maxParts {
		return Refuse("sheet.toolarge")
	}
	var total uint64
	for _, part := range archive.File {
		name := strings.TrimPrefix(part.Name, "/")
		if x.parts[name] != nil {
			return damaged(name, errors.New("the part is there twice"))
		}
		x.parts[name] = part
		total += part.UncompressedSize64
		if total > maxUnzip || part.UncompressedSize64 > 1<<20 && part.UncompressedSize64/maxRatio > part.CompressedSize64 {
			return Refuse("sheet.toolarge")
		}
	}
	return nil
}

type relation struct{ id, kind, target string }

func (x *xlsx) relations(name, base string) ([]relation, error) {
	var all []relation
	err := x.walk(name, func(_ *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local == "Relationship" && attr(e, "TargetMode") != "External" {
			target := attr(e, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join(base, target)
			}
			all = append(all, relation{attr(e, "Id"), attr(e, "Type"), strings.TrimPrefix(target, "/")})
		}
		return nil
	})
	return all, err
}

// walk reads a part to its end, whatever is in it: the checksum is compared at
// the end alone.
func (x *xlsx) walk(name string, visit func(*xml.Decoder, xml.StartElement) error) error {
	part := x.parts[name]
	if part == nil {
		return damaged(name, errors.New("the part is missing"))
	}
	r, err := part.Open()
	if err != nil {
		return damaged(name, err)
	}
	defer r.Close()
	decoder := xml.NewDecoder(io.LimitReader(r, maxUnzip))
	decoder.CharsetReader = charset
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			_, err = io.Copy(io.Discard, r)
			if err != nil {
				return damaged(name, err)
			}
			return nil
		}
		if err != nil {
			return damaged(name, err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if err := visit(decoder, start); err != nil {
			var refusal *Refusal
			if errors.As(err, &refusal) || errors.Is(err, errStop) {
				return err
			}
			return damaged(name, err)
		}
	}
}

func (x *xlsx) loadBook(book string) error {
	base := path.Dir(book)
	rels, err := x.relations(path.Join(base, "_rels", path.Base(book)+".rels"), base)
	if err != nil {
		return err
	}
	target := map[string]string{}
	for _, r := range rels {
		target[r.id] = r.target
	}
	date1904 := false
	err = x.walk(book, func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			date1904 = attr(e, "date1904") == "1" || attr(e, "date1904") == "true"
		case "sheet":
			name := attr(e, "name")
			part := target[attr(e, "id")]
			if part == "" || x.where[name] != "" {
				return fmt.Errorf("sheet %q leads nowhere", name)
			}
			if strings.Contains(part, "worksheets/") || strings.HasSuffix(part, ".xml") && !strings.Contains(part, "chartsheets/") {
				x.where[name] = part
				x.sheets = append(x.sheets, SheetInfo{name, attr(e, "state") != "" && attr(e, "state") != "visible"})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if date1904 {
		return Refuse("sheet.date1904")
	}
	for _, r := range rels {
		switch {
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

func (x *xlsx) loadShared(name string) error {
	return x.walk(name, func(d *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		text, err := richText(d)
		x.shared = append(x.shared, text)
		return err
	})
}

// richText joins the runs of a string up to the end of its element; phonetic
// guides are left out.
func richText(d *xml.Decoder) (string, error) {
	var b strings.Builder
	in, phonetic := 0, 0
	for depth := 1; depth > 0; {
		token, err := d.Token()
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			switch t.Name.Local {
			case "t":
				in++
			case "rPh":
				phonetic++
			}
		case xml.EndElement:
			depth--
			switch t.Name.Local {
			case "t":
				in--
			case "rPh":
				phonetic--
			}
		case xml.CharData:
			if in > 0 && phonetic == 0 {
				b.Write(t)
			}
		}
		if b.Len() > 4*maxText {
			return "", errors.New("a text is too long")
		}
	}
	return unescape(b.String()), nil
}

// unescape reads _x000D_, which is how workbooks write a control character.
func unescape(s string) string {
	if !strings.Contains(s, "_x00") {
		return s
	}
	return strings.NewReplacer("_x000D_", "", "_x000A_", "\n", "_x0009_", "\t").Replace(s)
}

func (x *xlsx) loadStyles(name string) error {
	custom := map[string]string{}
	inCells := false
	return x.walk(name, func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			custom[attr(e, "numFmtId")] = attr(e, "formatCode")
		case "cellXfs":
			inCells = true
		case "cellStyles", "dxfs":
			inCells = false
		case "xf":
			if inCells {
				id := attr(e, "numFmtId")
				format, ok := custom[id]
				if !ok {
					format = builtin(id)
				}
				x.styles = append(x.styles, format)
			}
		}
		return nil
	})
}

// builtin gives a built-in number format; those that are dates only by the
// reader's country as a date too.
func builtin(id string) string {
	n, err := strconv.Atoi(id)
	switch {
	case err != nil || n == 0:
		return ""
	case n >= 14 && n <= 22, n >= 27 && n <= 36, n >= 45 && n <= 47, n >= 50 && n <= 58:
		return "yyyy-mm-dd"
	}
	return map[int]string{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 49: "@"}[n]
}

// isDate tells a date format by its letters outside of quotes and brackets.
func isDate(format string) bool {
	inQuotes, inBrackets := false, false
	for i := 0; i < len(format); i++ {
		switch c := format[i]; {
		case c == '\\':
			i++
		case c == '"':
			inQuotes = !inQuotes
		case inQuotes:
		case c == '[':
			inBrackets = true
		case c == ']':
			inBrackets = false
		case !inBrackets && strings.IndexByte("yYdD", c) >= 0:
			return true
		}
	}
	return false
}

var errStop = errors.New("the reader has seen enough")

func (x *xlsx) Rows(sheet string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		x.merged[sheet] = nil
		last := 0
		err := x.walk(x.where[sheet], func(d *xml.Decoder, e xml.StartElement) error {
			switch e.Name.Local {
			case "row":
				row, err := x.row(d, e, last)
				if err != nil {
					return err
				}
				last = row.Number
				if !yield(row, nil) {
					return errStop
				}
			case "mergeCell":
				x.merged[sheet] = append(x.merged[sheet], attr(e, "ref"))
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(Row{}, err)
		}
	}
}

// row reads one row. Rows and cells must ascend: readers that accept another
// order shift cells into other columns.
func (x *xlsx) row(d *xml.Decoder, start xml.StartElement, last int) (Row, error) {
	row := Row{Number: last + 1, Hidden: attr(start, "hidden") == "1" || attr(start, "hidden") == "true"}
	if text := attr(start, "r"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n <= last || n > 1<<20 {
			return row, fmt.Errorf("row %q comes after row %d", text, last)
		}
		row.Number = n
	}
	for {
		token, err := d.Token()
		if err != nil {
			return row, err
		}
		switch t := token.(type) {
		case xml.EndElement:
			return row, nil
		case xml.StartElement:
			if t.Name.Local != "c" {
				if err := d.Skip(); err != nil {
					return row, err
				}
				continue
			}
			if err := x.cell(d, t, &row); err != nil {
				return row, err
			}
		}
	}
}

func (x *xlsx) cell(d *xml.Decoder, start xml.StartElement, row *Row) error {
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
	if at >= maxColumns {
		return Refuse("sheet.columns", maxColumns)
	}
	for len(row.Cells) < at {
		row.Cells = append(row.Cells, Cell{})
	}
	raw, inline, formula, err := cellContent(d)
	if err != nil {
		return err
	}
	cell, err := x.value(attr(start, "t"), attr(start, "s"), raw, inline)
	if err != nil {
		return fmt.Errorf("cell %s%d: %w", Column(at), row.Number, err)
	}
	cell.Formula = formula
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

// cellContent reads a cell's parts: value, inline text, and whether there is a
// formula.
func cellContent(d *xml.Decoder) (value, inline string, formula bool, err error) {
	for {
		token, err := d.Token()
		if err != nil {
			return value, inline, formula, err
		}
		switch t := token.(type) {
		case xml.EndElement:
			return value, inline, formula, nil
		case xml.StartElement:
			switch t.Name.Local {
			case "v":
				if value, err = plain(d); err != nil {
					return value, inline, formula, err
				}
			case "is":
				if inline, err = richText(d); err != nil {
					return value, inline, formula, err
				}
			default:
				formula = formula || t.Name.Local == "f"
				if err = d.Skip(); err != nil {
					return value, inline, formula, err
				}
			}
		}
	}
}

func plain(d *xml.Decoder) (string, error) {
	var b strings.Builder
	for {
		token, err := d.Token()
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.EndElement:
			return b.String(), nil
		case xml.StartElement:
			return "", fmt.Errorf("a value holds an element %s", t.Name.Local)
		}
	}
}

func (x *xlsx) value(kind, style, raw, inline string) (Cell, error) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(raw))
		if err != nil || i < 0 || i >= len(x.shared) {
			return Cell{}, fmt.Errorf("shared text %q does not exist", raw)
		}
		return text(x.shared[i]), nil
	case "inlineStr":
		return text(inline), nil
	case "str":
		return text(unescape(raw)), nil
	case "b":
		return Cell{Kind: Bool, Text: map[string]string{"1": "TRUE", "0": "FALSE"}[raw]}, nil
	case "e":
		return Cell{Kind: Error, Text: raw}, nil
	case "d":
		return Cell{Kind: Date, Text: strings.TrimSuffix(strings.Replace(raw, "T", " ", 1), " 00:00:00")}, nil
	case "", "n":
	default:
		return Cell{}, fmt.Errorf("a kind of cell %q that does not exist", kind)
	}
	if raw == "" {
		return Cell{}, nil
	}
	number, digits, ok := decimal(strings.TrimSpace(raw))
	if !ok {
		return Cell{}, fmt.Errorf("%q is no number", raw)
	}
	cell := Cell{Kind: Number, Text: number, Digits: digits}
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(x.styles) {
		cell.Format = x.styles[i]
	}
	if isDate(cell.Format) {
		cell.Kind, cell.Text = Date, serial(number)
	}
	return cell, nil
}

func text(s string) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{Kind: Text, Text: s}
}

// serial turns a day number into a date, with the time of day where it has one.
func serial(number string) string {
	whole, fraction, _ := strings.Cut(number, ".")
	days, err := strconv.Atoi(whole)
	if err != nil || days < 61 || days > 2_958_465 { // before 1 March 1900 the count is off by one
		return number
	}
	day := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days)
	if fraction == "" {
		return day.Format(time.DateOnly)
	}
	fraction = (fraction + "0000000000")[:10]
	parts, err := strconv.ParseInt(fraction, 10, 64)
	if err != nil {
		return number
	}
	const unit = 10_000_000_000
	seconds := (parts*86_400 + unit/2) / unit
	return day.Add(time.Duration(seconds) * time.Second).Format(time.DateTime)
}
