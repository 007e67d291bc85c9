package sheet

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"errors"
	"io"
	"math"

	"github.com/xuri/excelize/v2"
	"golang.org/x/sync/errgroup"
)

// WriteTo writes the workbook straight to w: excelize would put the whole of it
// together in memory first.
func (b *Book) WriteTo(w io.Writer) (int64, error) {
	if b.err != nil {
		return 0, b.err
	}
	out := &counting{w: w, most: math.MaxInt64}
	b.f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return bounded{newZip(out)} })
	_, err := b.f.WriteToBuffer()
	return out.n, err
}

// newZip begins a zip file. Its parts are packed at level 5 of 9: a sheet's text
// takes as much room as at the usual 6, and two thirds of the time.
func newZip(w io.Writer) *zip.Writer {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 5) })
	return z
}

// packed writes a part's text, which another goroutine packs meanwhile, one page
// behind.
func packed(part io.Writer, write func(*bufio.Writer) error) error {
	const page = 1 << 16
	r, w := io.Pipe()
	var packing errgroup.Group
	packing.Go(func() error {
		_, err := io.CopyBuffer(part, r, make([]byte, page))
		_ = r.CloseWithError(err) // whoever writes on is told
		return err
	})
	text := bufio.NewWriterSize(w, page)
	err := write(text)
	if err == nil {
		err = text.Flush()
	}
	_ = w.Close()
	if failed := packing.Wait(); err == nil {
		err = failed
	}
	return err
}

// bounded makes sure that no part needs the longer form of a zip entry, which a
// spreadsheet program would want announced before it is known.
type bounded struct{ *zip.Writer }

func (p bounded) Create(name string) (io.Writer, error) {
	w, err := p.Writer.Create(name)
	return &counting{w: w, most: math.MaxUint32}, err
}

type counting struct {
	w       io.Writer
	n, most int64
}

var errSheetTooLarge = errors.New("a sheet has more than 4 GiB of text")

func (c *counting) Write(p []byte) (int, error) {
	if int64(len(p)) > c.most-c.n {
		return 0, errSheetTooLarge
	}
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
