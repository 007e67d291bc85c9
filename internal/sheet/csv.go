package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"os"
	"strings"

	"golang.org/x/text/encoding"
)

type csvFile struct {
	file      *os.File
	encoding  encoding.Encoding // nil: UTF-8
	delimiter rune
	equals    bool // there is ="…" in it
	// short and long tell whether there are characters of two bytes in it, and of
	// more, where it is read as UTF-8.
	short, long bool
}

// openCSV makes sure of the encoding and the delimiter before a row is read. The
// encoding is a rule, not a guess (encoding.go).
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

// delimiters are what may stand between fields; the comma where none does.
const delimiters = ",\t;|"

// sniff picks the delimiter that stands equally often in most of the first lines,
// outside of quotes, as one does that makes columns; of two such, the one that makes
// more. A list within a field, or the commas of thousands, are no match for it.
func (c *csvFile) sniff() (rune, error) {
	b, err := c.text()
	if err != nil {
		return 0, err
	}
	var lines [len(delimiters)]map[int]int // how many lines have so many of each
	for i := range lines {
		lines[i] = map[int]int{}
	}
	var counts [len(delimiters)]int
	quoted := false
	for n, read := 0, 0; n < 30 && read < 1<<20; read++ {
		char, err := b.ReadByte()
		switch at := strings.IndexByte(delimiters, char); {
		case err == nil && char == '"':
			quoted = !quoted
		case err != nil, !quoted && char == '\n':
			n++
			for i := range counts {
				lines[i][counts[i]]++
			}
			counts = [len(delimiters)]int{}
		case !quoted && at >= 0:
			counts[at]++
		}
		if err != nil {
			break
		}
	}
	best, most, columns := 0, 0, 0
	for i := range lines {
		for count, agree := range lines[i] {
			if count > 0 && (agree > most || agree == most && count > columns) {
				best, most, columns = i, agree, count
			}
		}
	}
	return rune(delimiters[best]), nil
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
		cells = append(cells, text(armed(field)))
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
