package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

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

// settle finds out the encoding where nobody says it: by a byte order mark; else
// UTF-8 where the whole file is valid; else GB18030 where the whole file decodes.
//
// One kind of file is valid in both, and says something else in each: 3楼 in GBK is
// 3¥ in UTF-8, and so is every other character that UTF-8 writes in two bytes. Chinese
// takes three, so where a file has one of those it is UTF-8; a file with shorter ones
// alone is refused, since nobody can tell.
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
		return c.take(nil)
	case "gb18030", "gbk", "gb2312":
		return c.take(simplifiedchinese.GB18030)
	case "utf-16", "utf16":
		return c.take(utf16)
	case "":
	default:
		return Refuse("sheet.encoding.name", name)
	}
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return c.take(utf16)
	}
	if c.take(nil) != nil {
		return c.take(simplifiedchinese.GB18030)
	}
	if c.short && !c.long {
		return c.refuseEither()
	}
	return nil
}

// take reads the file in an encoding from now on; nil is UTF-8.
func (c *csvFile) take(e encoding.Encoding) error {
	c.encoding = e
	return c.check(e)
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
		if e == nil {
			c.measure(text)
		}
		c.equals = c.equals || bytes.Contains(text, []byte(`="`))
		if last {
			return nil
		}
		kept = copy(buffer, buffer[len(text):kept+n])
	}
}

// measure notes how many bytes the characters beyond ASCII take in UTF-8. A byte
// order mark is one of three.
func (c *csvFile) measure(text []byte) {
	for i := 0; i < len(text) && !c.long; i++ {
		if text[i] >= utf8.RuneSelf {
			c.short, c.long = true, text[i] >= 0xE0
			i++
		}
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

// refuseEither refuses a file that can be read in two ways, and shows where the
// ways part and how each reads. No more of the line is shown: an authorisation
// code may be in it.
func (c *csvFile) refuseEither() error {
	if _, err := c.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	r := bufio.NewReader(c.file)
	line := 1
	var run []byte
	for {
		b, err := r.ReadByte()
		switch {
		case err == nil && b >= utf8.RuneSelf && len(run) < maxShown:
			run = append(run, b)
		case err != nil || len(run) > 0:
			chinese, _ := simplifiedchinese.GB18030.NewDecoder().Bytes(run)
			return Refuse("sheet.encoding.either", line, string(chinese), string(run))
		case b == '\n':
			line++
		}
	}
}

// maxShown is how many bytes are shown of what reads differently: of whole
// characters in either way.
const maxShown = 20
