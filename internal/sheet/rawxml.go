package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// rawXML reads a part piece by piece without taking its bytes apart, so that what
// is not changed is copied as it is. It is for parts that the parser has read to
// the end: they are known to be well-formed.
type rawXML struct {
	r   *bufio.Reader
	buf []byte
}

// piece is one tag, or the text between two; its bytes are valid until the next.
type piece struct {
	raw   []byte
	name  string // local name of a tag, "" for text, comments and the like
	open  bool   // a start tag, the empty ones included
	empty bool   // <x/>
}

func (p piece) end() bool { return p.name != "" && !p.open }

func newRawXML(r io.Reader) *rawXML { return &rawXML{r: bufio.NewReaderSize(r, 1<<16)} }

// next gives the next piece; io.EOF at the end.
func (x *rawXML) next() (piece, error) {
	x.buf = x.buf[:0]
	first, err := x.r.ReadByte()
	if err != nil {
		return piece{}, err
	}
	if first != '<' {
		return x.text(first)
	}
	x.buf = append(x.buf, '<')
	ahead, _ := x.r.Peek(8)
	switch {
	case bytes.HasPrefix(ahead, []byte("!--")):
		return piece{raw: x.buf}, x.until("-->")
	case bytes.HasPrefix(ahead, []byte("![CDATA[")):
		return piece{raw: x.buf}, x.until("]]>")
	case bytes.HasPrefix(ahead, []byte("?")):
		return piece{raw: x.buf}, x.until("?>")
	}
	return x.tag()
}

// text reads up to the next tag, or as much as the buffer holds.
func (x *rawXML) text(first byte) (piece, error) {
	x.buf = append(x.buf, first)
	ahead, err := x.r.Peek(max(1, x.r.Buffered()))
	if len(ahead) == 0 {
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return piece{raw: x.buf}, err
	}
	n := bytes.IndexByte(ahead, '<')
	if n < 0 {
		n = len(ahead)
	}
	x.buf = append(x.buf, ahead[:n]...)
	_, err = x.r.Discard(n)
	return piece{raw: x.buf}, err
}

func (x *rawXML) until(end string) error {
	for !bytes.HasSuffix(x.buf, []byte(end)) {
		c, err := x.r.ReadByte()
		if err != nil {
			return unexpected(err)
		}
		if x.buf = append(x.buf, c); len(x.buf) > maxToken {
			return errors.New("a comment is too long")
		}
	}
	return nil
}

func (x *rawXML) tag() (piece, error) {
	quote := byte(0)
	for {
		c, err := x.r.ReadByte()
		if err != nil {
			return piece{}, unexpected(err)
		}
		if x.buf = append(x.buf, c); len(x.buf) > maxToken {
			return piece{}, errors.New("a tag is too long")
		}
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return tagOf(x.buf), nil
		}
	}
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func tagOf(raw []byte) piece {
	p := piece{raw: raw, open: raw[1] != '/', empty: raw[len(raw)-2] == '/'}
	name := bytes.TrimPrefix(raw[1:len(raw)-1], []byte("/"))
	if i := bytes.IndexAny(name, " \t\r\n/"); i >= 0 {
		name = name[:i]
	}
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	p.name = string(name)
	return p
}

// prefix gives the namespace prefix of a tag with its colon: "x:", or "".
func (p piece) prefix() string {
	name := strings.TrimLeft(string(p.raw), "</")
	if i := strings.IndexAny(name, ": \t\r\n>/"); i >= 0 && name[i] == ':' {
		return name[:i+1]
	}
	return ""
}

// whole reads the rest of the element whose start tag was read last, and gives
// all of it.
func (x *rawXML) whole(start piece) ([]byte, error) {
	all := append([]byte(nil), start.raw...)
	err := x.rest(start, func(p piece) error {
		if all = append(all, p.raw...); len(all) > 16<<20 {
			return errors.New("an element is too long")
		}
		return nil
	})
	return all, err
}

// rest reads on to the end of the element whose start tag was read last, and
// visits what it passes, its end tag included.
func (x *rawXML) rest(start piece, visit func(piece) error) error {
	for depth := opens(start); depth > 0; {
		p, err := x.next()
		if err != nil {
			return unexpected(err)
		}
		if depth += opens(p); p.end() {
			depth--
		}
		if err := visit(p); err != nil {
			return err
		}
	}
	return nil
}

// opens gives 1 for a tag that an end tag follows.
func opens(p piece) int {
	if p.open && !p.empty {
		return 1
	}
	return 0
}

// pass reads over an element.
func (x *rawXML) pass(start piece) error {
	return x.rest(start, func(piece) error { return nil })
}

// attribute finds an attribute of a tag by its local name: where it begins, with
// the blank before it, where its value lies, and where it ends.
func attribute(tag []byte, name string) (from, value, valueEnd, to int, ok bool) {
	i := 1
	for i < len(tag) && !blank(tag[i]) {
		i++
	}
	for i < len(tag) {
		from = i
		for i < len(tag) && blank(tag[i]) {
			i++
		}
		start := i
		for i < len(tag) && tag[i] != '=' && tag[i] != '>' {
			i++
		}
		if i >= len(tag) || tag[i] != '=' {
			return 0, 0, 0, 0, false
		}
		key := bytes.TrimSpace(tag[start:i])
		if j := bytes.IndexByte(key, ':'); j >= 0 {
			key = key[j+1:]
		}
		for i++; i < len(tag) && blank(tag[i]); i++ {
		}
		if i >= len(tag) {
			break
		}
		value = i + 1
		n := bytes.IndexByte(tag[value:], tag[i])
		if n < 0 {
			break
		}
		valueEnd = value + n
		i = valueEnd + 1
		if string(key) == name {
			return from, value, valueEnd, i, true
		}
	}
	return 0, 0, 0, 0, false
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// attrOf gives an attribute's value as it is written.
func attrOf(tag []byte, name string) string {
	_, from, to, _, ok := attribute(tag, name)
	if !ok {
		return ""
	}
	return string(tag[from:to])
}

// withAttr gives the tag with an attribute set.
func withAttr(tag []byte, name, value string) []byte {
	if _, from, to, _, ok := attribute(tag, name); ok {
		return join3(tag[:from], value, tag[to:])
	}
	at := len(tag) - 1
	if tag[at-1] == '/' {
		at--
	}
	return join3(tag[:at], " "+name+`="`+value+`"`, tag[at:])
}

// withoutAttr gives the tag without an attribute, under whatever prefix.
func withoutAttr(tag []byte, name string) []byte {
	for {
		from, _, _, to, ok := attribute(tag, name)
		if !ok {
			return tag
		}
		tag = join3(tag[:from], "", tag[to:])
	}
}

func join3(a []byte, b string, c []byte) []byte {
	return append(append(append(make([]byte, 0, len(a)+len(b)+len(c)), a...), b...), c...)
}

// openTag makes <x/> a start tag.
func openTag(tag []byte) []byte {
	if tag[len(tag)-2] != '/' {
		return tag
	}
	return append(append([]byte(nil), bytes.TrimRight(tag[:len(tag)-2], " ")...), '>')
}

// closedTag makes a start tag <x/>.
func closedTag(tag []byte) []byte {
	if tag[len(tag)-2] == '/' {
		return bytes.Clone(tag)
	}
	return append(bytes.Clone(tag[:len(tag)-1]), "/>"...)
}
