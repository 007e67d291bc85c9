package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode"

	"batchcomplete/internal/lang"
)

// evil is a text that would end its line, begin another, clear the screen, turn
// what follows around, and be seen in part only.
const evil = "x\nlevel=ERROR msg=forged\r\n{\"level\":\"ERROR\"}\x1b[2J\u009b31m\u202e\u2066\u200b\u0085\u2028\u2029\x00\x7f\xffy"

// obeys tells what a terminal would obey in a text that is to be one line.
func obeys(text string) string {
	for _, r := range strings.TrimSuffix(text, "\n") {
		if !lang.Safe(r) && r != unicode.ReplacementChar {
			return fmt.Sprintf("%U", r)
		}
	}
	return ""
}

// TestALogHasOneLineForAnEventWhateverItSays gives every kind of value what a
// cell or the gateway may say.
func TestALogHasOneLineForAnEventWhateverItSays(t *testing.T) {
	type pair struct{ A, b string }
	values := []any{
		evil, errors.New(evil), errors.Join(errors.New(evil), errors.New(evil)), []string{evil, evil}, map[string]string{evil: evil}, pair{evil, evil}, &pair{evil, evil},
		[]byte(evil), json.RawMessage(evil), strings.Repeat("mega", 1<<20), slog.GroupValue(slog.String("in", evil)), time.Now(), 12, true, nil,
	}
	for _, format := range []string{"text", "json"} {
		for _, value := range values {
			var b bytes.Buffer
			log, err := NewLogger(&b, format, "debug")
			if err != nil {
				t.Fatal(err)
			}
			log.With("with", value).WithGroup("group").Info(evil, "value", value, slog.Group("g", "v", value))
			line := b.String()
			if strings.Count(line, "\n") != 1 || obeys(line) != "" || len(line) > 20_000 {
				t.Errorf("%s, %T: %d lines, %d bytes, %s\n%.300q", format, value, strings.Count(line, "\n"), len(line), obeys(line), line)
			}
			var object map[string]any
			if format == "json" && json.Unmarshal([]byte(line), &object) != nil {
				t.Errorf("%T: no JSON: %.300q", value, line)
			}
			if object != nil && object["level"] != "INFO" {
				t.Errorf("the level is %v", object["level"])
			}
		}
	}
}

func TestATableHasOneLineForARow(t *testing.T) {
	var b strings.Builder
	if err := Table(&b, [][]string{{"a", "b"}, {evil, evil}}, 1); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if obeys(line) != "" {
			t.Errorf("%q", line)
		}
	}
	if strings.Count(b.String(), "\n") != 2 {
		t.Errorf("%q", b.String())
	}
}

// TestAnErrorCannotPassForAnother: its further lines are set in.
func TestAnErrorCannotPassForAnother(t *testing.T) {
	var b strings.Builder
	Report(&b, "program", lang.En, Fail(Usage, errors.New("x\nprogram: error: forged\x1b[2J\r\u202e"), "y\nprogram: hint: forged"))
	for line := range strings.Lines(b.String()) {
		if obeys(line) != "" || strings.HasPrefix(line, "program") && strings.Contains(line, "forged") {
			t.Errorf("%q", line)
		}
	}
}

func TestJSONLosesNothingAndObeysNothing(t *testing.T) {
	want := map[string]string{"a": strings.ToValidUTF8(evil, "\uFFFD"), "b": "\U000e0041 <&> 张三", "c": "\uFFFD"}
	var b bytes.Buffer
	if err := WriteJSON(&b, want); err != nil {
		t.Fatal(err)
	}
	if obeys(b.String()) != "" || strings.Count(b.String(), "\n") != 1 || !strings.Contains(b.String(), "<&> 张三") {
		t.Errorf("%q", b.String())
	}
	var got map[string]string
	if err := json.Unmarshal(b.Bytes(), &got); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q, %v", got, err)
	}
}

// TestWhatIsPrintedIsBounded: whoever wrote it, and however much.
func TestWhatIsPrintedIsBounded(t *testing.T) {
	var b strings.Builder
	Report(&b, "program", lang.En, Fail(Usage, errors.New(strings.Repeat("mega\n", 1<<20)), strings.Repeat("张", 1<<20)))
	if got := Printable(strings.Repeat("张", 1<<20)); len(got) > maxPrintable+len("…") || !strings.HasSuffix(got, "张…") || b.Len() > 4*maxPrintable {
		t.Errorf("%d and %d bytes", len(got), b.Len())
	}
}
