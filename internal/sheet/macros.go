package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"path"
	"strings"
)

// macroKinds are the relations that lead to what a spreadsheet program would run.
var macroKinds = wordSet("vbaProject xlMacrosheet xlIntlMacrosheet")

// withoutMacros gives a workbook that has macros as one that has none: under the
// name of one it is not opened otherwise. Macros that are sheets cannot be taken out
// without harm.
func withoutMacros(x *xlsx) ([]byte, error) {
	c := &copier{xlsx: x, keep: map[string]bool{}}
	book, err := c.bookPart()
	if err != nil {
		return nil, err
	}
	for name := range c.parts {
		c.keep[name] = true
	}
	relations := relationsOf(book)
	if err := c.dropMacros(relations, path.Dir(book)); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range c.order {
		name := strings.ReplaceAll(part.Name, `\`, "/")
		if !c.keep[name] {
			continue
		}
		if err := c.plainPart(w, part, name, relations); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	err = w.Close()
	return out.Bytes(), err
}

// dropMacros takes the macros' part out of what is kept, with what is beside it.
func (c *copier) dropMacros(relations, base string) error {
	all, err := c.relations(relations, base)
	if err != nil {
		return err
	}
	for _, r := range all {
		switch kind := path.Base(r.kind); {
		case odd[kind]:
			return fmt.Errorf("%w: it has a part of the kind %s", ErrOddWorkbook, kind)
		case !macroKinds[kind]:
			continue
		}
		beside := relationsOf(r.target)
		c.keep[r.target], c.keep[beside] = false, false
		if !c.has(beside) {
			continue
		}
		signatures, err := c.relations(beside, path.Dir(r.target))
		if err != nil {
			return err
		}
		for _, signature := range signatures {
			c.keep[signature.target] = false
		}
	}
	return nil
}

func (c *copier) plainPart(out *zip.Writer, part *zip.File, name, relations string) error {
	var text []byte
	var err error
	switch name {
	case "[Content_Types].xml":
		text, err = c.contentTypes()
	case relations:
		text, err = c.edit(name, func(x *rawXML, p piece, out *bytes.Buffer) error {
			if p.open && p.name == "Relationship" && macroKinds[path.Base(attrOf(p.raw, "Type"))] {
				return x.pass(p)
			}
			out.Write(p.raw)
			return nil
		})
	default:
		return copyRaw(out, part, name)
	}
	if err != nil {
		return err
	}
	w, err := out.Create(name)
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}
