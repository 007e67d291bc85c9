package sheet

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
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
