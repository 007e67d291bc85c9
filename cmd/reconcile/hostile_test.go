package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/lang"
)

// forged would begin a line of its own, clear the screen, and turn around what
// follows.
const forged = "x\nreconcile: error: forged\r\x1b[2J\u009b31m\u202e\u2028level=ERROR msg=forged <script>"

// TestWhateverAFileSaysIsOnePartOfOneLine has a batch, a statement, its lines and
// every flag say hostile things, in both forms of logs.
func TestWhateverAFileSaysIsOnePartOfOneLine(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		dir := t.TempDir()
		in := func(name string) string { return filepath.Join(dir, name) }
		makeCheckpoint(t, in("a.db"), "evil "+forged, 1, batch.Completed, batch.Unknown, batch.Completed)
		statement := oldStatement(t, in("s "+forged+".txt"), "1 退\x1b[2J\u202e货", "2", "7")
		where := []string{"--log-format", format, "--log-level", "debug"}
		all := append([]string{"--db", in("a.db"), "--carry", in("carry.jsonl"), "--statement", statement}, where...)
		for _, args := range [][]string{
			append([]string{"--out", in("r.xlsx"), "--html", in("r.html")}, all...),
			append([]string{"--out", in("r.xlsx"), "--json"}, all...),
			append([]string{"--out", in("csv"), "--format", "csv"}, all...),
			append([]string{"--out", in(forged + ".xlsx")}, all...),
			append([]string{"--out", in("r.xlsx"), "--batch", forged}, all...),
			append([]string{"--out", in("r.xlsx"), "--statement", in(forged)}, all...),
			append([]string{"--out", in("r.xlsx"), "--settle-date", forged}, all...),
			append([]string{"--env", "test", "--carry", in("carry.jsonl"), "--explain", forged, "--note", forged}, where...),
			append([]string{"--env", "test", "--carry", in("carry.jsonl"), "--explain", "D", "--note", forged}, where...),
			append([]string{"--db", in(forged), "--out", in("r.xlsx")}, where...),
			{forged}, {"--" + forged}, {"--env", forged},
		} {
			o := call(t, day20, args...)
			for line := range strings.Lines(o.out + o.errors) {
				text := strings.TrimSuffix(line, "\n")
				for _, r := range text {
					if !lang.Safe(r) && r != unicode.ReplacementChar {
						t.Errorf("%.60q, %s: %U in %.300q", args, format, r, line)
						break
					}
				}
				if strings.HasPrefix(text, "reconcile: error: forged") || strings.HasPrefix(text, "level=ERROR msg=forged") || len(line) > 30_000 {
					t.Errorf("%.60q, %s: a line was forged, or is too long: %.300q", args, format, line)
				}
			}
		}
		page, err := os.ReadFile(in("r.html"))
		if err != nil || strings.Contains(string(page), "<script>") || strings.ContainsAny(string(page), "\x1b\u202e") {
			t.Errorf("%v, %d bytes", err, len(page))
		}
	}
}
