package sheet

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// bookMark stands among the keywords of every workbook that this program hands
// out, where spreadsheet programs leave it when they save. A template does not
// have it: what it is filled in with is the accountant's own.
const bookMark = "batchcomplete-output"

// isBook tells by its name whether a file is to be a workbook.
func isBook(path string) bool { return strings.EqualFold(filepath.Ext(path), ".xlsx") }

// markedBook tells whether a file is a workbook that this program handed out.
func markedBook(f *os.File) bool {
	var core struct {
		Keywords string `xml:"keywords"`
	}
	readProperties(f, "docProps/core.xml", &core)
	// A copy of somebody's workbook has their properties, and a mark of ours.
	return strings.Contains(core.Keywords, bookMark) || markOf(f) != ""
}

// markOf gives the mark that Splice left in a workbook.
func markOf(f *os.File) string {
	c, err := openContainer(f)
	if err != nil {
		return ""
	}
	x := &xlsx{container: c, where: map[string]string{}}
	book, err := x.bookPart()
	if err != nil || !x.has(book) {
		return ""
	}
	if _, err := x.readBook(book); err != nil {
		return ""
	}
	return x.mark
}

// readProperties reads one part of what a workbook says of itself, where it has
// that part.
func readProperties(f *os.File, part string, into any) {
	info, err := f.Stat()
	if err != nil {
		return
	}
	archive, _, err := openZip(f, info.Size())
	if err != nil {
		return
	}
	for _, member := range archive.File {
		if member.Name != part {
			continue
		}
		r, err := member.Open()
		if err != nil {
			return
		}
		defer r.Close()
		_ = xml.NewDecoder(io.LimitReader(r, 64<<10)).Decode(into) // what cannot be read is not ours
		return
	}
}

// Save writes the workbook to a file, as a whole or not at all. A file that is
// there already is replaced only where it is a workbook that Save wrote.
func (b *Book) Save(path string) error {
	b.keep(b.f.SetDocProps(b.properties(bookMark)))
	return b.save(path, markedBook)
}

// Write writes the workbook as Save does.
func (b *Book) Write(w io.Writer) error {
	b.keep(b.f.SetDocProps(b.properties(bookMark)))
	_, err := b.WriteTo(w)
	return errors.Join(err, b.close())
}

// SaveNew is Save for a workbook that people write in: a file that is there
// already is never replaced.
func (b *Book) SaveNew(path string) error {
	b.keep(b.f.SetDocProps(b.properties("")))
	return b.save(path, func(*os.File) bool { return false })
}

func (b *Book) close() error { return errors.Join(b.f.Close(), b.spill.close()) }

func (b *Book) save(path string, ours func(*os.File) bool) (err error) {
	defer func() { err = errors.Join(err, b.close()) }()
	return replace(path, private, ours, func(w io.Writer) error {
		_, err := b.WriteTo(w)
		return err
	})
}
