package sheet

import (
	"encoding/binary"
	"encoding/xml"
	"errors"
	"regexp"
	"strconv"
	"strings"
)

// texts holds a workbook's shared texts, millions of them where need be: the
// bytes one behind the other in pieces, each text led by its length, and where
// every sixteenth begins. Nothing in it is a pointer, so it costs what its bytes
// cost.
type texts struct {
	pieces [][]byte
	starts []uint32 // piece<<pieceBits | place
	count  int
	bytes  int
}

const (
	pieceBits = 20
	maxPieces = 1 << (32 - pieceBits)
	run       = 16 // texts from one start to the next; they stand in one piece
)

func (t *texts) len() int { return t.count }

func (t *texts) add(s string) error {
	if t.bytes += len(s); t.bytes > maxSharedLen || t.count >= maxShared {
		return Refuse("sheet.toolarge")
	}
	last := len(t.pieces) - 1
	if t.count%run == 0 {
		// A run begins where there is room for texts as long as most are; one that turns
		// out to be longer makes its piece longer.
		if last < 0 || len(t.pieces[last])+run*64 > 1<<pieceBits {
			if last++; last == maxPieces {
				return Refuse("sheet.toolarge")
			}
			t.pieces = append(t.pieces, make([]byte, 0, 1<<pieceBits))
		}
		t.starts = append(t.starts, uint32(last)<<pieceBits|uint32(len(t.pieces[last])))
	}
	t.pieces[last] = append(binary.AppendUvarint(t.pieces[last], uint64(len(s))), s...)
	t.count++
	return nil
}

func (t *texts) at(i int) string {
	start := t.starts[i/run]
	piece := t.pieces[start>>pieceBits][start&(1<<pieceBits-1):]
	length, n := binary.Uvarint(piece)
	for range i % run {
		piece = piece[n+int(length):]
		length, n = binary.Uvarint(piece)
	}
	return string(piece[n : n+int(length)])
}

// referable is how many shared texts a workbook's sheets could refer to, by
// their size: <c t="s"><v>0</v></c> is the shortest way. A program may leave some
// that no cell uses any more; millions of those are a bomb.
func (x *xlsx) referable() int {
	const shortest, spare = 20, 1 << 16
	bytes := uint64(0)
	for _, part := range x.where {
		if x.has(part) {
			bytes += x.parts[part].UncompressedSize64
		}
	}
	return int(bytes/shortest) + spare
}

func (x *xlsx) loadShared(name string) error {
	most := x.referable()
	return x.walk(name, func(p *parser, e xml.StartElement) error {
		switch e.Name.Local {
		case "sst":
			if n, err := strconv.Atoi(attr(e, "uniqueCount")); err == nil && n > maxShared {
				return Refuse("sheet.toolarge") // before the millions are read
			}
			return nil
		case "si":
		default:
			return nil
		}
		text, err := richText(p)
		if err != nil {
			return err
		}
		if x.shared.len() == most {
			return Refuse("sheet.toolarge")
		}
		return x.shared.add(text)
	})
}

// richText joins the runs of a string up to the end of its element; phonetic
// guides are left out.
func richText(p *parser) (string, error) {
	var b strings.Builder
	in, phonetic := 0, 0
	for depth := 1; depth > 0; {
		token, err := p.Token()
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			switch t.Name.Local {
			case "t":
				in++
			case "rPh":
				phonetic++
			}
		case xml.EndElement:
			depth--
			switch t.Name.Local {
			case "t":
				in--
			case "rPh":
				phonetic--
			}
		case xml.CharData:
			if in > 0 && phonetic == 0 {
				b.Write(t)
			}
		}
		if b.Len() > 4*maxText {
			return "", errors.New("a text is too long")
		}
	}
	return unescape(b.String()), nil
}

// coded is how a workbook writes a character that XML cannot hold: _x000D_.
var coded = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescape reads coded characters; a carriage return before a line break is left
// out.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return coded.ReplaceAllStringFunc(s, func(code string) string {
		n, err := strconv.ParseUint(code[2:6], 16, 32)
		if err != nil || n == '\r' {
			return ""
		}
		return string(rune(n))
	})
}
