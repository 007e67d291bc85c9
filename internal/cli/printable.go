package cli

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxPrintable bounds one text that came from a file or the gateway.
const maxPrintable = 2000

// Printable makes a text safe to print on a terminal and in a log: control
// characters (but line breaks and tabs, which our own texts have) and
// bidirectional marks are shown as "?", and a very long
// text is cut.
func Printable(s string) string {
	cut := false
	if len(s) > maxPrintable {
		s, cut = strings.ToValidUTF8(s[:maxPrintable], ""), true
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == utf8.RuneError, unicode.IsControl(r), bidirectional(r):
			return '?'
		}
		return r
	}, s)
	if cut {
		s += "…"
	}
	return s
}

// OneLine is Printable with line breaks and tabs made spaces: for table cells.
func OneLine(s string) string {
	return strings.Join(strings.Fields(Printable(s)), " ")
}

// bidirectional tells the marks that can reorder what a reader sees.
func bidirectional(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x200E || r == 0x200F || r == 0x061C
}
