package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode"

	"batchcomplete/internal/cli"
	"batchcomplete/internal/lang"
	"batchcomplete/internal/sandbox"
)

// forged is what a cell, a heading, a file's name and the gateway say here: it
// would begin a line of its own, clear the screen, and turn around what follows.
const forged = "x\nbatchcomplete: error: forged\r\x1b[2J\u009b31m\u202e\u2028level=ERROR msg=forged"

// TestWhateverACellOrTheGatewaySaysIsOnePartOfOneLine has every command speak of
// hostile texts, in both forms of logs.
func TestWhateverACellOrTheGatewaySaysIsOnePartOfOneLine(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		told := map[string]any{}
		_ = json.Unmarshal(body, &told)
		told["errCode"], told["errMsg"], told["errInfo"] = "NO_BILL", forged+strings.Repeat("long", 100_000), forged
		if told["billNo"] == "124FHOSTILE000000000002" {
			told["errCode"] = forged
		}
		text, _ := json.Marshal(told)
		_, _ = w.Write(text)
	}))
	defer server.Close()
	for _, format := range []string{"text", "json"} {
		dir := t.TempDir()
		quoted := `"` + forged + `"`
		path := filepath.Join(dir, "evil\x1b[31m\u202e name\nforged.csv")
		rows := "mid,tid,billNo,billDate,authIdRespCd,totalAmount,authedDesc," + quoted + "\n"
		for i, cells := range [][2]string{{"1908", "fine"}, {"1909", "=cmd|'/c calc'!A0"}, {quoted, "fine"}, {"1910", quoted}} {
			rows += fmt.Sprintf("898440355410001,40001001,124FHOSTILE%012d,2026-11-20,012345,%s,%s,%s\n", i+1, cells[0], cells[1], quoted)
		}
		if err := os.WriteFile(path, []byte(rows), 0o600); err != nil {
			t.Fatal(err)
		}
		where := []string{"--env", "test", "--db", filepath.Join(dir, "c.db"), "--log-format", format, "--log-level", "debug"}
		gateway := append([]string{"--base-url", server.URL, "--yes", "--rate", "500", "--settle-window", "50ms", "--resolve-for", "200ms"}, where...)
		for _, args := range [][]string{
			append([]string{"check", path}, where...),
			append([]string{"run", path}, gateway...),
			append([]string{"run", path, "--json"}, gateway...),
			append([]string{"rows"}, where...),
			append([]string{"rows", "--format", "json"}, where...),
			append([]string{"rows", "--format", "csv"}, where...),
			append([]string{"show", "124FHOSTILE000000000001"}, where...),
			append([]string{"show", "124FHOSTILE000000000002"}, where...),
			append([]string{"show", forged}, where...),
			append([]string{"status"}, where...),
			append([]string{"retry", forged}, gateway...),
			append([]string{"retry", "--code", "NO_BILL"}, gateway...),
			append([]string{"resolve"}, gateway...),
			append([]string{"resolve", forged, "--json"}, gateway...),
			append([]string{"status", "--json"}, where...),
			append([]string{"show", "124FHOSTILE000000000001", "--json"}, where...),
			append([]string{"decide", "124FHOSTILE000000000002", "--as", "declined", "--reason", forged}, where...),
			append([]string{"decide", "124FHOSTILE000000000002", "--as", forged, "--reason", forged}, where...),
			append([]string{"show", "124FHOSTILE000000000002"}, where...),
			append([]string{"approve", "evil", "--expect-rows", "4"}, where...),
			append([]string{"approve", forged, "--expect-rows", "4"}, where...),
			append([]string{"export", "evil", "--out", filepath.Join(dir, "audit\x1b[2J\nforged")}, where...),
			append([]string{"export", "evil", "--json", "--out", filepath.Join(dir, "audit2")}, where...),
			append([]string{"verify", filepath.Join(dir, "audit\x1b[2J\nforged")}, where...),
			append([]string{"verify", filepath.Join(dir, "audit2"), "--json"}, where...),
			append([]string{"check", path, "--json"}, where...),
			append([]string{"check", path, "--out", filepath.Join(dir, forged+".xlsx")}, where...),
			append([]string{"config", "show"}, append(gateway, "--mid", forged)...),
			append([]string{"run", path, "--metrics-file", filepath.Join(dir, forged, "x"), "--notify-kind", forged, "--notify-url", "https://evil.invalid/" + forged}, gateway...),
			{"run", forged}, {forged}, {"run", "--" + forged}, {"status", "--env", forged}, {"run", path, "--env", "test", "--base-url", "https://" + forged},
			{"template", filepath.Join(dir, forged, "x.xlsx")},
		} {
			o := call(t, args...)
			for line := range strings.Lines(o.out + o.errors) {
				text := strings.TrimSuffix(line, "\n")
				for _, r := range text {
					if !lang.Safe(r) && r != unicode.ReplacementChar && r != '\t' {
						t.Errorf("%.60q, %s: %U in %.300q", args, format, r, line)
						break
					}
				}
				if strings.HasPrefix(text, "batchcomplete: error: forged") || strings.HasPrefix(text, "level=ERROR msg=forged") {
					t.Errorf("%.60q, %s: a line was forged", args, format)
				}
				if len(line) > 30_000 {
					t.Errorf("%.60q, %s: a line of %d bytes", args, format, len(line))
				}
			}
		}
		for _, name := range []string{"manifest.json", "attempts.jsonl", "rows.csv"} {
			text, err := os.ReadFile(filepath.Join(dir, "audit2", name))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range string(text) {
				if !lang.Safe(r) && r != unicode.ReplacementChar && r != '\n' {
					t.Errorf("%s: %U is in it", name, r)
				}
			}
		}
	}
}

// TestAnInputThatBecameAPipeIsNotWaitedFor, neither when it is read nor when its
// results are due; what was to be handed back is said not to be.
func TestAnInputThatBecameAPipeIsNotWaitedFor(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{})
	input := manyBills(t, dir, "BILLS", 2, plainAmount)
	call(t, append([]string{"run", input}, at(dir, server)...)...).want(t, cli.OK)
	if err := errors.Join(os.Remove(input), syscall.Mkfifo(input, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"run", input}, {"check", input}, {"retry", "BILLS"}} {
		if args[0] == "check" {
			args = append(args, "--env", "test", "--db", filepath.Join(dir, "test.db"))
		} else {
			args = append(args, at(dir, server)...)
		}
		if o := call(t, args...); o.code == cli.OK && args[0] != "retry" || strings.Contains(o.out, "results:") {
			t.Errorf("%v: exit %d\n%s%s", args[:2], o.code, o.out, o.errors)
		}
	}
}
