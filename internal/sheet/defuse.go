package sheet

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// formulaSigns begin a formula in one spreadsheet program or another; the wide
// and small forms are taken for the plain ones.
const formulaSigns = "=+-@＝＋－＠﹢﹣﹦﹫"

// defuse keeps a text from being a formula in a file that has nothing but text:
// it begins with an apostrophe then. A plain number with a sign is none. Control
// characters, which a terminal would obey, are shown as what they are not.
func defuse(s string) string {
	if s == "" || harmless(s) {
		return s
	}
	if _, _, ok := decimal(s); ok && !strings.ContainsAny(s, "eE+") {
		return s
	}
	s = visible(s)
	lead := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })
	first, _ := utf8.DecodeRuneInString(lead)
	if strings.ContainsRune(formulaSigns, first) || strings.ContainsRune("\t\n\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// armed gives back the text that defuse wrote: what we hand out comes back in as
// it went in.
func armed(s string) string {
	if len(s) > 1 && s[0] == '\'' && defuse(s[1:]) == s {
		return s[1:]
	}
	return s
}

// harmless tells at a glance what most fields are: printable ASCII that begins
// with a letter or a digit.
func harmless(s string) bool {
	if c := s[0] | 0x20; (c < 'a' || c > 'z') && (s[0] < '0' || s[0] > '9') {
		return false
	}
	return printable(s)
}

// printable tells whether a text has nothing but printable ASCII: then any cell
// and any terminal can hold it.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// visible makes a text one that a cell can hold and a terminal can show.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && r != '\r' && unicode.IsControl(r) {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
