package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

type csvFile struct {
	file      *os.File
	encoding  encoding.Encoding // nil: UTF-8
	delimiter rune
}

// charset reads the encodings that an XML part may be declared in.
func charset(label string, r io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8", "utf8":
		return r, nil
	case "gbk", "gb2312", "gb18030":
		return transform.NewReader(r, simplifiedchinese.GB18030.NewDecoder()), nil
	}
	return nil, fmt.Errorf("encoding %q is not read", label)
}

// openCSV makes sure of the encoding and the delimiter before a row is read. The
// encoding is a rule, not a guess: a byte order mark; else UTF-8 where the whole
// file is valid; else GB18030 where the whole file decodes.
func openCSV(f *os.File, encodingName string) (File, error) {
	c := &csvFile{file: f}
	err := c.settle(strings.ToLower(encodingName))
	if err == nil {
		c.delimiter, err = c.sniff()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return c, nil
}

func (c *csvFile) settle(name string) error {
	head := make([]byte, 4)
	n, err := c.file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	head = head[:n]
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	switch name {
	case "utf-8", "utf8":
		return c.check(nil)
	case "gb18030", "gbk", "gb2312":
		c.encoding = simplifiedchinese.GB18030
		return c.check(c.encoding)
	case "utf-16", "utf16":
		c.encoding = utf16
		return c.check(c.encoding)
	case "":
	default:
		return Refuse("sheet.encoding.name", name)
	}
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		c.encoding = utf16
		return c.check(c.encoding)
	}
	if err := c.check(nil); err == nil {
		return nil
	}
	c.encoding = simplifiedchinese.GB18030
	return c.check(c.encoding)
}

// check reads the whole file once: a decoder never fails, it writes U+FFFD.
func (c *csvFile) check(e encoding.Encoding) error {
	if _, err := c.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	var r io.Reader = c.file
	if e != nil {
		r = e.NewDecoder().Reader(r)
	}
	runes := bufio.NewReaderSize(r, 1<<16)
	for {
		char, size, err := runes.ReadRune()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if char == utf8.RuneError && (size == 1 || e != nil) || char == 0 {
			return Refuse("sheet.encoding")
		}
	}
}

// text gives the file's text from its beginning, without a byte order mark, and
// with line ends that are a lone CR made LF.
func (c *csvFile) text() (*bufio.Reader, error) {
	if _, err := c.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	var r io.Reader = c.file
	if c.encoding != nil {
		r = c.encoding.NewDecoder().Reader(r)
	}
	b := bufio.NewReaderSize(r, 1<<16)
	if first, _ := b.Peek(3); string(first) == "\ufeff" {
		_, _ = b.Discard(3)
	}
	if head, _ := b.Peek(1 << 16); bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		return bufio.NewReader(&loneCR{b}), nil
	}
	return b, nil
}

type loneCR struct{ r io.Reader }

func (l *loneCR) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i := range p[:n] {
		if p[i] == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// sniff picks the delimiter that stands most often in the first lines.
func (c *csvFile) sniff() (rune, error) {
	b, err := c.text()
	if err != nil {
		return 0, err
	}
	counts := map[rune]int{}
	for range 30 {
		line, err := b.ReadString('\n')
		for _, d := range ",\t;|" {
			counts[d] += strings.Count(line, string(d))
		}
		if err != nil {
			break
		}
	}
	best := ','
	for _, d := range "\t;|" {
		if counts[d] > counts[best] {
			best = d
		}
	}
	return best, nil
}

func (c *csvFile) Close() error           { return c.file.Close() }
func (c *csvFile) Sheets() []SheetInfo    { return []SheetInfo{{}} }
func (c *csvFile) Merged(string) []string { return nil }

// Rows numbers the rows by the line on which each begins, as editors and
// spreadsheet programs show them, as long as no field holds a line break.
func (c *csvFile) Rows(string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		b, err := c.text()
		if err != nil {
			yield(Row{}, err)
			return
		}
		r := csv.NewReader(b)
		r.Comma, r.FieldsPerRecord, r.ReuseRecord = c.delimiter, -1, true
		for {
			fields, err := r.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				var parse *csv.ParseError
				if errors.As(err, &parse) {
					err = Refuse("sheet.csv", parse.Line, parse.Err)
				}
				yield(Row{}, err)
				return
			}
			line, _ := r.FieldPos(0)
			row := Row{Number: line, Cells: make([]Cell, len(fields))}
			for i, field := range fields {
				if len(field) > 4*maxText {
					yield(Row{}, Refuse("sheet.csv", line, "field too long"))
					return
				}
				row.Cells[i] = text(field)
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// CSV writes rows that a spreadsheet program may open: a field that it would
// take for a formula begins with an apostrophe.
type CSV struct{ w *csv.Writer }

// NewCSV writes to w.
func NewCSV(w io.Writer) *CSV { return &CSV{csv.NewWriter(w)} }

// Write writes one row.
func (c *CSV) Write(fields []string) error {
	safe := make([]string, len(fields))
	for i, field := range fields {
		safe[i] = defuse(field)
	}
	return c.w.Write(safe)
}

// Flush writes what is buffered.
func (c *CSV) Flush() { c.w.Flush() }

// Error gives the first error of Write or Flush.
func (c *CSV) Error() error { return c.w.Error() }
