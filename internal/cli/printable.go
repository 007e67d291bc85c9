package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"batchcomplete/internal/lang"
)

// maxPrintable bounds, in bytes, one text that is printed.
const maxPrintable = 8000

// Printable makes a text safe to print on a terminal: of what lang.Safe does not
// let pass, only line breaks and tabs stay, which our own texts have; a very long
// text is cut. What others wrote was made one line by lang.T already.
func Printable(s string) string {
	s, cut := lang.Cut(s, maxPrintable)
	s = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && !lang.Safe(r) {
			return '?'
		}
		return r
	}, s)
	if cut {
		s += "…"
	}
	return s
}

// OneLine makes a text that somebody else wrote safe to print as a part of a
// line, with runs of blanks as one: for tables and logs.
func OneLine(s string) string { return strings.Join(strings.Fields(lang.Visible(s)), " ") }

// WriteJSON writes a value as one line of JSON in which every character that is
// not safe to print stands as its escape: nothing is lost, and a terminal obeys
// nothing.
func WriteJSON(w io.Writer, v any) error {
	text, err := MarshalJSON(v)
	if err == nil {
		_, err = w.Write(append(text, '\n'))
	}
	return err
}

// MarshalJSON is WriteJSON's text, without the end of the line.
func MarshalJSON(v any) ([]byte, error) {
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, r := range strings.TrimSuffix(plain.String(), "\n") {
		switch {
		case lang.Safe(r) || r == '\uFFFD':
			b.WriteRune(r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.Bytes(), nil
}
