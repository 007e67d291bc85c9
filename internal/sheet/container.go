package sheet

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"path"
	"strings"
)

// Bounds of what is read: far above any real file, and below what would fill a
// machine's memory or keep it busy for minutes.
const (
	maxFile      = 512 << 20 // of the packed file
	maxDirectory = 4 << 20   // of a zip's list of parts: it is read before anything is known of them
	maxParts     = 10_000
	maxUnzip     = 2 << 30
	maxToken     = 1 << 20 // one text, tag or comment of an XML part
	maxDepth     = 256
	maxRows      = 1 << 20
	maxColumns   = 256
	maxText      = 32_767 // characters in a cell
	maxMerged    = 1 << 16
	maxShared    = 12_000_000 // shared texts
	maxSharedLen = 160 << 20  // and the bytes of all of them
)

// container is a workbook's zip file.
type container struct {
	file  *os.File
	parts map[string]*zip.File
	order []*zip.File
	meter *meter
}

// openContainer lists the parts, within bounds, each name once.
func openContainer(f *os.File) (*container, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, Refuse("sheet.toolarge")
	}
	archive, packed, err := openZip(f, info.Size())
	if err != nil {
		return nil, err
	}
	c := &container{file: f, parts: map[string]*zip.File{}, order: archive.File, meter: &meter{packed: packed}}
	return c, c.index()
}

// openZip reads a zip file's directory, within its bound.
func openZip(f io.ReaderAt, size int64) (*zip.Reader, *thrift, error) {
	limited := &thrift{r: f, left: maxDirectory}
	archive, err := zip.NewReader(limited, size)
	if limited.spent {
		return nil, nil, Refuse("sheet.toolarge")
	}
	if err != nil {
		return nil, nil, damaged("zip", err)
	}
	limited.left = -1
	return archive, limited, nil
}

// thrift lets no more than so many bytes be read: a zip with millions of entries
// costs memory by the length of its directory alone. A negative number lifts the
// limit. What is read is counted.
type thrift struct {
	r     io.ReaderAt
	left  int
	spent bool
	read  int64
}

func (t *thrift) ReadAt(p []byte, at int64) (int, error) {
	if t.left < 0 {
		n, err := t.r.ReadAt(p, at)
		t.read += int64(n)
		return n, err
	}
	if t.left -= len(p); t.left < 0 {
		t.left, t.spent = 0, true
		return 0, io.ErrUnexpectedEOF
	}
	return t.r.ReadAt(p, at)
}

func (c *container) index() error {
	if len(c.order) > maxParts {
		return Refuse("sheet.toolarge")
	}
	var total uint64
	for _, part := range c.order {
		name := strings.ReplaceAll(part.Name, `\`, "/") // some writers name parts as Windows names files
		if path.IsAbs(name) || strings.Contains(name, ":") || strings.Contains("/"+name+"/", "/../") {
			return damaged(name, errors.New("the part's name leads out of the file"))
		}
		if c.parts[name] != nil {
			return damaged(name, errors.New("the part is there twice"))
		}
		c.parts[name] = part
		total += part.UncompressedSize64
		switch {
		case total > maxUnzip:
			return Refuse("sheet.toolarge")
		case isXML(name) && bloated(part.UncompressedSize64, part.CompressedSize64):
			return Refuse("sheet.tight")
		}
	}
	return nil
}

// isXML tells the parts that may be read; pictures may be as empty as they like,
// since nobody unpacks them here.
func isXML(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".xml", ".rels", ".vml":
		return true
	}
	return false
}

// has tells whether there is such a part.
func (c *container) has(name string) bool { return c.parts[name] != nil }

// open begins to read a part.
func (c *container) open(name string) (io.ReadCloser, error) {
	part := c.parts[name]
	if part == nil {
		return nil, damaged(name, errors.New("the part is missing"))
	}
	r, err := part.Open()
	if err != nil {
		return nil, damaged(name, err)
	}
	return r, nil
}

// foreign says what a zip file is that holds no workbook we read, as far as its
// parts tell.
func (c *container) foreign() *Refusal {
	switch {
	case c.has("content.xml"):
		return Refuse("sheet.ods")
	case c.has("xl/workbook.bin"):
		return Refuse("sheet.xlsb")
	}
	for name := range c.parts {
		if strings.HasSuffix(strings.ToLower(name), ".xlsx") {
			return Refuse("sheet.zip")
		}
	}
	return Refuse("sheet.other")
}
