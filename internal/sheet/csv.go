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
	equals    bool // there is ="…" in it
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
	buffer := make([]byte, 1<<16)
	kept := 0 // bytes at the buffer's beginning that were not looked at yet
	for {
		n, err := io.ReadFull(r, buffer[kept:])
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return err
		}
		text := buffer[:kept+n]
		if !last {
			text = text[:len(text)-unfinished(text)]
		}
		if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 || e != nil && bytes.ContainsRune(text, utf8.RuneError) {
			return Refuse("sheet.encoding")
		}
		c.equals = c.equals || bytes.Contains(text, []byte(`="`))
		if last {
			return nil
		}
		kept = copy(buffer, buffer[len(text):kept+n])
	}
}

// unfinished is how many bytes at a text's end are looked at with what follows
// them: a character that was cut off, and an = that a quote may follow.
func unfinished(text []byte) int {
	if bytes.HasSuffix(text, []byte("=")) {
		return 1
	}
	for i := 1; i <= min(utf8.UTFMax, len(text)); i++ {
		if last := text[len(text)-i:]; utf8.RuneStart(last[0]) {
			if utf8.FullRune(last) {
				return 0
			}
			return i
		}
	}
	return 0
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

// sniff picks the delimiter that stands most often in the first lines, outside of
// quotes.
func (c *csvFile) sniff() (rune, error) {
	b, err := c.text()
	if err != nil {
		return 0, err
	}
	counts := map[byte]int{}
	quoted := false
	for lines, read := 0, 0; lines < 30 && read < 1<<20; read++ {
		char, err := b.ReadByte()
		if err != nil {
			break
		}
		switch {
		case char == '"':
			quoted = !quoted
		case quoted:
		case char == '\n':
			lines++
		default:
			counts[char]++
		}
	}
	best := byte(',')
	for _, d := range []byte("\t;|") {
		if counts[d] > counts[best] {
			best = d
		}
	}
	return rune(best), nil
}

func (c *csvFile) Close() error        { return c.file.Close() }
func (c *csvFile) Sheets() []SheetInfo { return []SheetInfo{{}} }
func (c *csvFile) Marks(string) Marks  { return Marks{} }
func (c *csvFile) Mark() string        { return "" }

// maxRecord is how many bytes one row of CSV may take.
const maxRecord = 4 << 20

// Rows numbers the rows by the line on which each begins, as editors and
// spreadsheet programs show them, as long as no field holds a line break.
func (c *csvFile) Rows(string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		b, err := c.text()
		if err != nil {
			yield(Row{}, err)
			return
		}
		var text io.Reader = b
		if c.equals {
			text = &unequal{r: b, delimiter: byte(c.delimiter), start: true}
		}
		bounded := &stint{r: text}
		r := csv.NewReader(bounded)
		r.Comma, r.FieldsPerRecord, r.ReuseRecord = c.delimiter, -1, true
		var row Row
		for {
			bounded.fed = 0
			row, err = nextRecord(r, row.Cells[:0])
			if errors.Is(err, io.EOF) || !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// nextRecord reads a row into the cells of the one before.
func nextRecord(r *csv.Reader, cells []Cell) (Row, error) {
	fields, err := r.Read()
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return Row{}, Refuse("sheet.csv", parse.Line, parse.Err)
	}
	if err != nil {
		return Row{}, err
	}
	line, _ := r.FieldPos(0)
	if line > maxRows {
		return Row{}, Refuse("sheet.rows", maxRows)
	}
	if len(fields) > maxColumns {
		return Row{}, Refuse("sheet.columns", maxColumns)
	}
	for _, field := range fields {
		if len(field) > 4*maxText {
			return Row{}, Refuse("sheet.csv.long", line)
		}
		cells = append(cells, text(field))
	}
	return Row{Number: line, Cells: cells, Exact: true}, nil
}

// stint refuses a record that does not end: its quote was never closed.
type stint struct {
	r   io.Reader
	fed int
}

func (s *stint) Read(p []byte) (int, error) {
	if s.fed > maxRecord {
		return 0, Refuse("sheet.csv.endless")
	}
	n, err := s.r.Read(p)
	s.fed += n
	return n, err
}

// unequal writes ="012345", which is how some systems keep a spreadsheet program
// from dropping zeros, as CSV has it: "=""012345""". The cell's text is ="012345"
// then, and what it means is for the reader of cells to say.
type unequal struct {
	r             *bufio.Reader
	delimiter     byte
	start         bool // at the start of a field
	quoted, inner bool // within quotes; and those are of ="
	pending       []byte
}

func (u *unequal) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(u.pending) > 0 {
			copied := copy(p[n:], u.pending)
			u.pending, n = u.pending[copied:], n+copied
			continue
		}
		char, err := u.r.ReadByte()
		if err != nil {
			return n, err
		}
		u.step(char)
	}
	return n, nil
}

func (u *unequal) step(char byte) {
	next, _ := u.r.Peek(1)
	follows := func(c byte) bool { return len(next) == 1 && next[0] == c }
	switch {
	case u.start && char == '=' && follows('"'):
		_, _ = u.r.Discard(1)
		u.pending, u.quoted, u.inner = []byte(`"=""`), true, true
	case u.start && char == '"':
		u.pending, u.quoted = []byte{char}, true
	case u.quoted && char == '"' && follows('"'):
		_, _ = u.r.Discard(1)
		u.pending = []byte(`""`)
		if u.inner {
			u.pending = []byte(`""""`)
		}
	case u.quoted && char == '"':
		u.pending = []byte{char}
		if u.inner {
			u.pending = []byte(`"""`)
		}
		u.quoted, u.inner = false, false
	default:
		u.pending = []byte{char}
	}
	u.start = !u.quoted && (char == u.delimiter || char == '\n')
}
