package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// dropped are the elements of a sheet that lead elsewhere or do something.
var dropped = wordSet("hyperlinks oleObjects controls AlternateContent customProperties webPublishItems smartTags cellWatches dataConsolidate")

// beforeFilter are the elements that may stand between a sheet's rows and its
// filter.
var beforeFilter = wordSet("sheetCalcPr sheetProtection protectedRanges scenarios")

// worksheet copies a sheet, row by row; the one that results are written beside
// gets them.
func (c *copier) worksheet(out *zip.Writer, name string) error {
	in, err := c.open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	text, err := utf8Part(in)
	if err != nil {
		return err
	}
	w, err := out.Create(name)
	if err != nil {
		return err
	}
	s := &sheetCopy{copier: c, x: newRawXML(text), target: name == c.where[c.Sheet], kept: map[string]relation{}}
	if r := c.rels[relationsOf(name)]; r != nil {
		s.kept = r.kept
	}
	return packed(w, func(out *bufio.Writer) error {
		s.out = out
		if err := s.copy(); err != nil || !s.target || s.Done == nil {
			return err
		}
		return s.Done()
	})
}

// sheetCopy is one sheet being copied.
type sheetCopy struct {
	*copier
	x      *rawXML
	out    *bufio.Writer
	target bool
	kept   map[string]relation
	prefix string
	row    int
	// what was seen or written of the elements that come in a fixed order
	views, cols, data, filter bool
}

// put writes XML; an error is kept by the writer, and told by Flush.
func (s *sheetCopy) put(format string, args ...any) {
	_, _ = s.out.WriteString(fmt.Sprintf(format, args...))
}

// text is put for what is written of every row.
func (s *sheetCopy) text(parts ...string) {
	for _, part := range parts {
		_, _ = s.out.WriteString(part)
	}
}

func (s *sheetCopy) copy() error {
	for {
		p, err := s.x.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = s.element(p)
		}
		if err != nil {
			return err
		}
	}
}

// element copies one child of the worksheet.
func (s *sheetCopy) element(p piece) error {
	if p.name == "" {
		_, err := s.out.Write(p.raw)
		return err
	}
	if s.target {
		s.inOrder(p)
	}
	switch {
	case p.name == "worksheet":
		s.prefix = p.prefix()
	case p.open && dropped[p.name]:
		return s.x.pass(p)
	case p.open && p.name == "sheetData":
		s.data = true
		_, _ = s.out.Write(p.raw)
		return s.rows(p)
	case p.open:
		return s.small(p)
	}
	_, err := s.out.Write(p.raw)
	return err
}

// inOrder writes what the sheet lacks before the element that must come after.
func (s *sheetCopy) inOrder(p piece) {
	if !s.views && (p.name == "sheetFormatPr" || p.name == "cols" || p.name == "sheetData") {
		s.views = true
		s.put(`<%ssheetViews><%ssheetView workbookViewId="0">%s</%ssheetView></%ssheetViews>`, s.prefix, s.prefix, s.pane(), s.prefix, s.prefix)
	}
	if !s.cols && p.name == "sheetData" {
		s.cols = true
		s.put("<%scols>%s</%scols>", s.prefix, s.widths(), s.prefix)
	}
	if s.data && !s.filter && p.name != "sheetData" && !beforeFilter[p.name] {
		s.filter = true
		if ref := s.filterRef(); ref != "" && p.name != "autoFilter" {
			s.put(`<%sautoFilter ref="%s"/>`, s.prefix, ref)
		}
	}
}

// small copies an element that is held whole.
func (s *sheetCopy) small(p piece) error {
	if len(s.kept) == 0 || !s.leadsSomewhere(p) {
		switch p.name {
		case "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture":
			return s.x.pass(p)
		case "pageSetup":
			p.raw = withoutAttr(p.raw, "id")
		}
	}
	if !s.target && p.name != "extLst" {
		return s.through(p)
	}
	switch p.name {
	case "sheetViews":
		s.views = true
		return s.change(p, s.frozen)
	case "cols":
		s.cols = true
		return s.change(p, s.columns)
	case "dimension":
		p.raw = withAttr(p.raw, "ref", s.wider(attrOf(p.raw, "ref")))
	case "autoFilter":
		if ref := s.filterRef(); ref != "" {
			p.raw = withAttr(p.raw, "ref", ref)
		}
	case "extLst":
		return s.change(p, func(all []byte) []byte {
			if bytes.Contains(all, []byte(":id=")) {
				return nil
			}
			return all
		})
	}
	return s.through(p)
}

// leadsSomewhere tells whether an element's relation is kept.
func (s *sheetCopy) leadsSomewhere(p piece) bool {
	_, ok := s.kept[attrOf(p.raw, "id")]
	return ok
}

func (s *sheetCopy) through(p piece) error {
	_, _ = s.out.Write(p.raw)
	return s.x.rest(p, func(p piece) error {
		_, err := s.out.Write(p.raw)
		return err
	})
}

func (s *sheetCopy) change(p piece, how func([]byte) []byte) error {
	all, err := s.x.whole(p)
	if err == nil {
		_, err = s.out.Write(how(all))
	}
	return err
}

func (s *sheetCopy) pane() string {
	return fmt.Sprintf(`<%spane ySplit="%d" topLeftCell="A%d" activePane="bottomLeft" state="frozen"/>`, s.prefix, s.Head, s.Head+1)
}

// frozen freezes the header where nothing is frozen or split.
func (s *sheetCopy) frozen(views []byte) []byte {
	if bytes.Contains(views, []byte("pane ")) || bytes.Contains(views, []byte("pane=")) {
		return views
	}
	x := newRawXML(bytes.NewReader(views))
	var out bytes.Buffer
	done := false
	for {
		p, err := x.next()
		if err != nil {
			return out.Bytes()
		}
		if p.name != "sheetView" || !p.open || done {
			out.Write(p.raw)
			continue
		}
		done = true
		out.Write(openTag(withoutAttr(p.raw, "topLeftCell")))
		out.WriteString(s.pane())
		if p.empty {
			fmt.Fprintf(&out, "</%ssheetView>", s.prefix)
		}
	}
}

// widths gives the columns that are written.
func (s *sheetCopy) widths() string {
	var b strings.Builder
	for i, width := range s.Widths {
		fmt.Fprintf(&b, `<%scol min="%d" max="%d" width="%d" customWidth="1"/>`, s.prefix, s.At+i+1, s.At+i+1, width)
	}
	return b.String()
}

// columns puts our columns among the sheet's; one that reaches over ours is cut.
func (s *sheetCopy) columns(cols []byte) []byte {
	first, last := s.At+1, s.At+len(s.Widths)
	x := newRawXML(bytes.NewReader(cols))
	var before, behind, out bytes.Buffer
	for {
		p, err := x.next()
		if err != nil {
			break
		}
		if p.name != "col" || !p.open {
			continue
		}
		from, err1 := strconv.Atoi(attrOf(p.raw, "min"))
		to, err2 := strconv.Atoi(attrOf(p.raw, "max"))
		if errors.Join(err1, err2) != nil {
			continue
		}
		tag := closedTag(p.raw)
		if from < first {
			before.Write(withAttr(tag, "max", strconv.Itoa(min(to, first-1))))
		}
		if to > last {
			behind.Write(withAttr(withAttr(tag, "min", strconv.Itoa(max(from, last+1))), "max", strconv.Itoa(to)))
		}
	}
	fmt.Fprintf(&out, "<%scols>%s%s%s</%scols>", s.prefix, before.Bytes(), s.widths(), behind.Bytes(), s.prefix)
	return out.Bytes()
}

// wider gives a range that reaches over our columns too.
func (s *sheetCopy) wider(ref string) string {
	from, to, ok := strings.Cut(ref, ":")
	if !ok {
		to = from
	}
	letters := strings.TrimRight(to, "0123456789")
	row := to[len(letters):]
	column, err := columnOf(letters+"1", 1)
	if err != nil || row == "" {
		return ref
	}
	return from + ":" + Column(max(column, s.At+len(s.Titles)-1)) + row
}

// rows copies the rows.
func (s *sheetCopy) rows(data piece) error {
	if data.empty {
		return nil
	}
	for {
		p, err := s.x.next()
		if err != nil {
			return unexpected(err)
		}
		switch {
		case p.open && p.name == "row":
			err = s.copyRow(p)
		case p.end():
			_, err = s.out.Write(p.raw)
			return err
		default:
			_, err = s.out.Write(p.raw)
		}
		if err != nil {
			return err
		}
	}
}

func (s *sheetCopy) copyRow(start piece) error {
	s.row++
	if n, err := strconv.Atoi(attrOf(start.raw, "r")); err == nil {
		s.row = n
	}
	var values []Value
	if s.target && s.row == s.Head {
		values = s.Titles
	} else if s.target {
		var err error
		if values, err = s.Next(s.row); err != nil {
			return err
		}
	}
	tag := withoutAttr(start.raw, "spans")
	if start.empty && values == nil {
		_, err := s.out.Write(tag)
		return err
	}
	_, _ = s.out.Write(openTag(tag))
	r := rowCopy{sheetCopy: s, values: values, column: -1}
	if !start.empty {
		return r.copy()
	}
	r.ours()
	s.put("</%srow>", s.prefix)
	return nil
}

// rowCopy is one row being copied.
type rowCopy struct {
	*sheetCopy
	values []Value
	column int
	done   bool
}

func (r *rowCopy) copy() error {
	for {
		p, err := r.x.next()
		if err != nil {
			return unexpected(err)
		}
		switch {
		case p.open && p.name == "c":
			err = r.cell(p)
		case p.end():
			r.ours()
			_, err = r.out.Write(p.raw)
			return err
		case p.open:
			r.ours()
			err = r.x.pass(p)
		default:
			_, err = r.out.Write(p.raw)
		}
		if err != nil {
			return err
		}
	}
}

// ours writes the row's own results, once.
func (r *rowCopy) ours() {
	if r.done {
		return
	}
	r.done = true
	for i, v := range r.values {
		r.write(Column(r.At+i)+strconv.Itoa(r.row), v)
	}
}

func (r *rowCopy) cell(p piece) error {
	r.column++
	ref := attrOf(p.raw, "r")
	if ref != "" {
		column, err := columnOf(ref, r.row)
		if err != nil {
			return err
		}
		r.column = column
	}
	if r.values != nil {
		old := r.column >= r.Old[0] && r.column < r.Old[1]
		if old || r.column >= r.At && r.column < r.At+len(r.Titles) {
			return r.x.pass(p)
		}
		if r.column >= r.At {
			r.ours()
		}
	}
	tag := withoutAttr(withoutAttr(p.raw, "cm"), "vm")
	if ref == "" {
		tag = withAttr(tag, "r", Column(r.column)+strconv.Itoa(r.row))
	}
	_, _ = r.out.Write(tag)
	return r.inside(p)
}

// inside copies what a cell holds but for its formula.
func (r *rowCopy) inside(start piece) error {
	for depth := opens(start); depth > 0; {
		p, err := r.x.next()
		if err != nil {
			return unexpected(err)
		}
		if p.open && p.name == "f" {
			if err := r.x.pass(p); err != nil {
				return err
			}
			continue
		}
		if depth += opens(p); p.end() {
			depth--
		}
		if _, err := r.out.Write(p.raw); err != nil {
			return err
		}
	}
	return nil
}

// write writes one cell of ours; its text is inline, so the shared texts stay as
// they are.
func (s *sheetCopy) write(ref string, v Value) {
	s.text("<", s.prefix, `c r="`, ref, `"`)
	if id, ok := s.styles[appearance{shape: v.shape, tone: v.tone}]; ok {
		s.text(` s="`, strconv.Itoa(id), `"`)
	}
	switch {
	case v.text == "":
		s.text("/>")
	case v.shape == asText:
		s.text(` t="inlineStr"><`, s.prefix, "is><", s.prefix, `t xml:space="preserve">`, escaped(underscored(cellText(v.text))), "</", s.prefix, "t></", s.prefix, "is></", s.prefix, "c>")
	default:
		s.text("><", s.prefix, "v>", v.text, "</", s.prefix, "v></", s.prefix, "c>")
	}
}

// underscored keeps a text that looks like a workbook's own way of writing a
// character (_x003D_) from being taken for it.
func underscored(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return coded.ReplaceAllString(s, "_x005F$0")
}
