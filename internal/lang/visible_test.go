package lang

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// hostile are texts that would be more than text where they are printed.
var hostile = map[string]string{
	"a\nb": "a b", "a\r\nb": "a  b", "a\tb": "a b", "a\u0085b": "a?b", "a\u2028b": "a?b", "a\u2029b": "a?b", "a\vb\fc": "a?b?c",
	"\x1b[2Ja": "?[2Ja", "\u009b2J": "?2J", "a\bb": "a?b", "\x7f": "?", "\x00": "?",
	"a\u202eb": "a?b", "\u2066a\u2069": "?a?", "\u200ea\u200f": "?a?", "\u061c": "?", "a\u200bb": "a?b", "\ufeffa": "?a", "\u00ad": "?", "\U000e0041": "?",
	"\xff\xfe": "??", "张三 ok": "张三 ok", "": "", "é̈": "é̈",
}

func TestWhatOthersWroteIsAPartOfOneLine(t *testing.T) {
	for text, want := range hostile {
		if got := Visible(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	long := Visible(strings.Repeat("张", 1<<20))
	if len(long) > maxArgument+len("…") || !strings.HasSuffix(long, "张…") {
		t.Errorf("%d bytes, ending in %q", len(long), long[len(long)-10:])
	}
}

// TestNothingThatIsSetIntoAMessageIsMoreThanText tries every kind of argument.
func TestNothingThatIsSetIntoAMessageIsMoreThanText(t *testing.T) {
	type word string
	const evil = "x\nforged: \x1b[31m\u202e"
	for _, arg := range []any{evil, errors.New(evil), word(evil)} {
		if got := En.T("batchcomplete.input.missing", arg, "no"); strings.ContainsAny(got, "\n\x1b\u202e") || !strings.Contains(got, "x forged: ?[31m?") {
			t.Errorf("%q", got)
		}
	}
	if got := En.Tell("checkpoint.changed", []string{evil, "1"}); strings.ContainsAny(got, "\n\x1b\u202e") {
		t.Errorf("%q", got)
	}
	if got := En.T("batchcomplete.distrusted", "x", time.Minute); strings.Contains(got, "%!") {
		t.Errorf("%q", got)
	}
}
