package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Splice says what is written into a copy of somebody's workbook: columns beside
// the rows of one of its sheets. Everything else stays as it looks.
type Splice struct {
	Sheet  string
	Head   int // the row of the headings
	Last   int // the last row of the table: the filter reaches so far
	At     int // the first column that is written; 0 is A
	Titles []Value
	Widths []int
	// Old are columns from which earlier results are taken out: from the first to
	// before the second.
	Old [2]int
	// Mark is kept in the workbook: see File.Mark.
	Mark string
	// Next gives what stands beside a row; nil for nothing. It is asked for each
	// row that the sheet has, in order.
	Next func(row int) ([]Value, error)
	// Done is asked at the end of the sheet whether all is written; nil for yes.
	Done func() error
}

// ErrOddWorkbook says that a workbook has something in it that cannot be copied
// without being followed; a plain one is to be written instead.
var ErrOddWorkbook = errors.New("the workbook cannot be copied as it is")

// Write writes the copy. Formulas are written as what they had come to, and
// whatever a spreadsheet program would follow or run is left out: links, macros,
// embedded objects, connections.
func (s Splice) Write(from File, w io.Writer) error {
	x, ok := from.(*xlsx)
	if !ok || x.where[s.Sheet] == "" {
		return ErrOddWorkbook
	}
	c := &copier{xlsx: x, Splice: s, rels: map[string]*partRels{}, kind: map[string]string{}, styles: map[appearance]int{}}
	if err := errors.Join(c.survey(), c.study()); err != nil {
		return err
	}
	out := newZip(w)
	for _, part := range x.order {
		name := strings.ReplaceAll(part.Name, `\`, "/")
		if !c.keep[name] {
			continue
		}
		if err := c.part(out, part, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return out.Close()
}

// copier is one copy under way.
type copier struct {
	*xlsx
	Splice
	book      string
	index     int                  // of the sheet among all, as names count them
	named     bool                 // the workbook has defined names
	rels      map[string]*partRels // by the name of the part that has them
	kind      map[string]string    // what a kept part is
	keep      map[string]bool
	styles    map[appearance]int // the styles that were added
	styleText []byte             // the part with them
}

// partRels are a part's relations, as far as they are kept.
type partRels struct {
	text []byte
	kept map[string]relation // by id
}

// kinds are the relations that lead to what a workbook looks like; what is not
// here is left out. Odd ones cannot be left out without harm.
var (
	kinds = wordSet(`officeDocument extended-properties core-properties custom-properties worksheet chartsheet styles theme sharedStrings drawing image
		chart chartUserShapes chartStyle chartColorStyle themeOverride comments vmlDrawing table printerSettings diagramData diagramLayout diagramQuickStyle diagramColors diagramDrawing`)
	odd = wordSet("dialogsheet xlMacrosheet xlIntlMacrosheet queryTable")
)

func wordSet(text string) map[string]bool {
	all := map[string]bool{}
	for _, word := range strings.Fields(text) {
		all[word] = true
	}
	return all
}

// survey finds the parts that are kept: those that kept relations lead to.
func (c *copier) survey() error {
	c.keep = map[string]bool{"[Content_Types].xml": true}
	var err error
	if c.book, err = c.bookPart(); err != nil {
		return err
	}
	for todo := []string{""}; len(todo) > 0; todo = todo[1:] {
		part := todo[0]
		relations := path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
		if part == "" {
			relations = "_rels/.rels"
		}
		if !c.has(relations) {
			continue
		}
		r, err := c.keptRelations(relations, path.Dir(part))
		if err != nil {
			return err
		}
		c.rels[relations], c.keep[relations] = r, true
		for _, to := range r.kept {
			if !c.has(to.target) {
				return fmt.Errorf("%w: %s leads to %s, which is missing", ErrOddWorkbook, relations, to.target)
			}
			if !c.keep[to.target] {
				c.keep[to.target], c.kind[to.target] = true, path.Base(to.kind)
				todo = append(todo, to.target)
			}
		}
	}
	return nil
}

// keptRelations gives a part's relations as they are written into the copy: anew,
// of what was understood, so that nothing else that a program could find in them
// is there.
func (c *copier) keptRelations(name, base string) (*partRels, error) {
	r := &partRels{kept: map[string]relation{}}
	all, err := c.relations(name, base)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	text.WriteString(xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for _, one := range all {
		kind := path.Base(one.kind)
		if _, again := r.kept[one.id]; odd[kind] || again {
			return nil, fmt.Errorf("%w: it has a part of the kind %s, or two under one id", ErrOddWorkbook, kind)
		}
		if kinds[kind] {
			r.kept[one.id] = one
			fmt.Fprintf(&text, `<Relationship Id="%s" Type="%s" Target="%s"/>`, escaped(one.id), escaped(one.kind), escaped(one.written))
		}
	}
	text.WriteString("</Relationships>")
	r.text = []byte(text.String())
	return r, nil
}

// maxSmall bounds the parts that are edited in memory.
const maxSmall = 64 << 20

// edit reads a small part and gives it as change writes it.
func (c *copier) edit(name string, change func(*rawXML, piece, *bytes.Buffer) error) ([]byte, error) {
	r, err := c.open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if c.parts[name].UncompressedSize64 > maxSmall {
		return nil, fmt.Errorf("%w: %s is too large", ErrOddWorkbook, name)
	}
	in, err := utf8Part(r)
	if err != nil {
		return nil, err
	}
	x := newRawXML(in)
	var out bytes.Buffer
	for {
		p, err := x.next()
		if errors.Is(err, io.EOF) {
			return out.Bytes(), nil
		}
		if err == nil {
			err = change(x, p, &out)
		}
		if err != nil {
			return nil, err
		}
	}
}

// utf8Part gives a part in UTF-8 without a byte order mark. Another encoding is
// converted, and its declaration taken off.
func utf8Part(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	if mark, _ := b.Peek(3); string(mark) == "\ufeff" {
		_, _ = b.Discard(3)
	}
	head, _ := b.Peek(200)
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return b, nil
	}
	end := bytes.Index(head, []byte("?>"))
	if end < 0 {
		return b, nil
	}
	label := attrOf(append(bytes.Clone(head[:end]), '>'), "encoding")
	if label == "" || strings.EqualFold(label, "utf-8") || strings.EqualFold(label, "utf8") {
		return b, nil
	}
	_, _ = b.Discard(end + 2)
	converted, err := charset(label, b)
	return io.MultiReader(strings.NewReader(xml.Header), converted), err
}

// part writes one part into the copy.
func (c *copier) part(out *zip.Writer, part *zip.File, name string) error {
	text, err := c.edited(name)
	switch {
	case err != nil:
		return err
	case c.kind[name] == "worksheet":
		return c.worksheet(out, name)
	case text == nil:
		return copyRaw(out, part, name)
	}
	w, err := out.Create(name)
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

// edited gives a part that is edited in memory; nil for any other.
func (c *copier) edited(name string) ([]byte, error) {
	switch kind := c.kind[name]; {
	case c.rels[name] != nil:
		return c.rels[name].text, nil
	case name == "[Content_Types].xml":
		return c.contentTypes()
	case kind == "officeDocument":
		return c.workbook()
	case kind == "styles":
		return c.styleText, nil
	case kind == "table", kind == "drawing", kind == "vmlDrawing", strings.HasPrefix(kind, "chart"), strings.HasPrefix(kind, "diagram"):
		return c.withoutLinks(name)
	}
	return nil, nil
}

// copyRaw copies a part without unpacking it.
func copyRaw(out *zip.Writer, part *zip.File, name string) error {
	from, err := part.OpenRaw()
	if err != nil {
		return err
	}
	header := zip.FileHeader{Name: name, Method: part.Method, CRC32: part.CRC32, CompressedSize64: part.CompressedSize64, UncompressedSize64: part.UncompressedSize64}
	to, err := out.CreateRaw(&header)
	if err == nil {
		_, err = io.Copy(to, from)
	}
	return err
}

// linked are the elements of tables, drawings and charts that lead elsewhere,
// calculate or run something, and linking the attributes.
var (
	linked  = wordSet("hlinkClick hlinkHover externalData calculatedColumnFormula totalsRowFormula FmlaMacro FmlaLink FmlaRange FmlaGroup FmlaTxbx FmlaPict")
	linking = []string{"link", "macro", "textlink", "href", "althref", "src"}
)

func (c *copier) withoutLinks(name string) ([]byte, error) {
	text, err := c.edit(name, func(x *rawXML, p piece, out *bytes.Buffer) error {
		if p.open && linked[p.name] {
			return x.pass(p)
		}
		if p.open {
			for _, attribute := range linking {
				p.raw = withoutAttr(p.raw, attribute)
			}
		}
		out.Write(p.raw)
		return nil
	})
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrOddWorkbook, err)
	}
	return text, err
}

const (
	bookType      = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
	macroBookType = "macroEnabled.main+xml"
	templateType  = "template.main+xml"
)

// contentTypes leaves out what is not copied; what had macros has none now.
func (c *copier) contentTypes() ([]byte, error) {
	return c.edit("[Content_Types].xml", func(x *rawXML, p piece, out *bytes.Buffer) error {
		if p.name == "Override" && p.open {
			if !c.keep[strings.TrimPrefix(attrOf(p.raw, "PartName"), "/")] {
				return x.pass(p)
			}
			if kind := attrOf(p.raw, "ContentType"); strings.HasSuffix(kind, macroBookType) || strings.HasSuffix(kind, templateType) {
				out.Write(withAttr(p.raw, "ContentType", bookType))
				return nil
			}
		}
		out.Write(p.raw)
		return nil
	})
}
