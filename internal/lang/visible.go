package lang

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxArgument bounds, in bytes, one text that is set into a message.
const maxArgument = 2000

// Safe tells whether a character may be printed: none that a terminal obeys, that
// ends a line, or that nobody sees and that reorders what is seen.
func Safe(r rune) bool {
	return r != utf8.RuneError && !unicode.IsControl(r) && !unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// Visible makes one line of a text that somebody else wrote (a file's name, a
// cell, the gateway's words): a line break is a blank, a character that is not
// Safe a question mark, and a very long text is cut.
func Visible(s string) string {
	s, cut := Cut(s, maxArgument)
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case !Safe(r):
			return '?'
		}
		return r
	}, s)
	if cut {
		s += "…"
	}
	return s
}

// Cut gives the first n bytes of a text, whole characters, and whether there
// were more.
func Cut(s string, n int) (string, bool) {
	if len(s) <= n {
		return s, false
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n], true
}

// visible makes every text among a message's arguments visible: whatever people
// read passes through here, so that nothing that is set into a message can be
// more than a part of its line.
func visible(args []any) []any {
	safe := make([]any, len(args))
	for i, arg := range args {
		safe[i] = arg
		switch arg := arg.(type) {
		case nil:
		case error:
			safe[i] = Visible(arg.Error())
		case fmt.Stringer:
		default:
			if v := reflect.ValueOf(arg); v.Kind() == reflect.String {
				safe[i] = Visible(v.String())
			}
		}
	}
	return safe
}
