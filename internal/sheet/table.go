package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Kind is what a cell holds.
type Kind uint8

// The kinds.
const (
	Empty Kind = iota
	Text
	Number // Text is a plain decimal: "19.08", "-5", "100000000000"
	Date   // a number in a date format; Text is "2006-01-02" or "2006-01-02 15:04:05"
	Bool
	Error // "#N/A" and its like
)

// Cell is one cell. CSV has text cells only.
type Cell struct {
	Kind    Kind
	Text    string
	Format  string // the number format of a number, "" for General
	Digits  int    // significant digits of a number as it is stored
	Formula bool   // Text is what the program that saved the file computed
	Linked  bool   // by a formula that takes it from another workbook
}

// Row is one row of a sheet; Cells[0] is column A.
type Row struct {
	Number int // as a spreadsheet program shows it, from 1
	Hidden bool
	Exact  bool // Cells are as many as the file wrote: CSV, where one more or less has shifted the others
	Cells  []Cell
}

// Blank tells whether no cell holds anything.
func (r Row) Blank() bool {
	for _, c := range r.Cells {
		if strings.TrimSpace(c.Text) != "" {
			return false
		}
	}
	return true
}

// SheetInfo is one sheet of a file. CSV has one, without a name.
type SheetInfo struct {
	Name   string
	Hidden bool
}

// File is an open table file.
type File interface {
	Sheets() []SheetInfo
	// Rows gives a sheet's rows to the end; an error ends it. The error is a
	// *Refusal where it is the file's. A row's Cells are written over by the next
	// row: whoever keeps a row clones them.
	Rows(sheet string) iter.Seq2[Row, error]
	// Marks gives what the last pass of Rows came across beside the rows.
	Marks(sheet string) Marks
	// Mark gives what Splice left in the file; "" for none.
	Mark() string
	Close() error
}

// Marks is what a sheet has beside its rows, and its workbook.
type Marks struct {
	Merged        []string // areas: "B2:B5"
	HiddenColumns []int    // 0 is A
	Macros        bool     // the workbook has some; nothing here runs them
}

// Refusal says why a file cannot be read as a whole. Key names its text in the
// catalogue, with Args set in; Key + ".mend" says what to do.
type Refusal struct {
	Key  string
	Args []string
}

func (r *Refusal) Error() string { return r.Key + " " + strings.Join(r.Args, ", ") }

// Refuse makes a Refusal.
func Refuse(key string, args ...any) *Refusal {
	r := &Refusal{Key: key}
	for _, a := range args {
		r.Args = append(r.Args, fmt.Sprint(a))
	}
	return r
}

// IsCSV tells by its name whether a file is to be written back as CSV.
func IsCSV(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv", ".txt", ".tsv":
		return true
	}
	return false
}

// OpenFile opens somebody's file for reading. A pipe or a device, which may never
// end or never begin, is refused and not waited for.
func OpenFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no regular file", path)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Open opens a table by what it is, whatever it is called. encoding is for CSV:
// "utf-8", "gb18030", "utf-16", or "" to find out.
func Open(path, encoding string) (File, error) {
	if strings.HasPrefix(filepath.Base(path), "~$") {
		return nil, Refuse("sheet.lockfile")
	}
	f, err := OpenFile(path)
	if err != nil {
		return nil, err
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	head = bytes.TrimPrefix(head[:n], []byte("\ufeff"))
	if err != nil && len(head) == 0 {
		f.Close()
		return nil, Refuse("sheet.empty")
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return openXLSX(f)
	}
	if r := other(f, head); r != nil {
		f.Close()
		return nil, r
	}
	return openCSV(f, encoding)
}

// other says what a file is that is neither a workbook nor text; nil where it
// may be text.
func other(f io.ReaderAt, head []byte) *Refusal {
	text := bytes.ToLower(bytes.TrimSpace(head))
	switch {
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0")):
		return refuseOLE(f)
	case bytes.HasPrefix(text, []byte("<")), bytes.HasPrefix(text, []byte("mime-version:")):
		return Refuse("sheet.html")
	case bytes.HasPrefix(head, []byte("%PDF")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return Refuse("sheet.other")
	}
	return nil
}

// refuseOLE tells an old .xls from an .xlsx with a password: both are the same
// kind of container, whose directory names what is in it, in UTF-16.
func refuseOLE(r io.ReaderAt) *Refusal {
	head := make([]byte, 4<<20)
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return Refuse("sheet.ole")
	}
	for name, key := range map[string]string{"EncryptedPackage": "sheet.password", "Workbook": "sheet.xls", "Book": "sheet.xls"} {
		if bytes.Contains(head[:n], []byte(strings.Join(strings.Split(name, ""), "\x00"))) {
			return Refuse(key)
		}
	}
	return Refuse("sheet.ole")
}

// Column gives a column's letters: 0 is "A".
func Column(i int) string {
	var letters []byte
	for i++; i > 0; i = (i - 1) / 26 {
		letters = append([]byte{byte('A' + (i-1)%26)}, letters...)
	}
	return string(letters)
}
