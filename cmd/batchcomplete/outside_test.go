package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/sandbox"
)

// watcher is a monitor and a group chat on loopback.
type watcher struct {
	*httptest.Server
	mu    sync.Mutex
	calls []string // path, then body
	fails bool
}

func newWatcher(t *testing.T) *watcher {
	w := &watcher{}
	w.Server = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.calls = append(w.calls, r.URL.Path+" "+string(text))
		if w.fails {
			http.Error(out, "down", http.StatusInternalServerError)
			return
		}
		_, _ = io.WriteString(out, `{"errcode":0,"errmsg":"ok"}`)
	}))
	t.Cleanup(w.Close)
	return w
}

// TestARobotsMessagesAreSigned has the secret in a private file, and in one that
// others can read, which is refused before anything is sent.
func TestARobotsMessagesAreSigned(t *testing.T) {
	dir := folder(t)
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	server, w := startGateway(t, sandbox.Options{}), newWatcher(t)
	secret := put(t, filepath.Join(dir, "secret"), "SECcanary\n")
	config := put(t, filepath.Join(dir, "config.yaml"), "notify_secret_file: '"+secret+"'\n")
	args := append(append([]string{"run", filepath.Join(dir, "bills.csv"), "--config", config}, at(dir, server)...), w.args(dir)...)
	args = append(args, "--notify-kind", "feishu")
	call(t, args...).want(t, cli.OK)
	calls := strings.Join(w.take(), "\n")
	if !regexp.MustCompile(`"sign":"[A-Za-z0-9+/]{43}="`).MatchString(calls) || !strings.Contains(calls, `"timestamp":"`) || strings.Contains(calls, "canary") {
		t.Errorf("%s", calls)
	}
	if err := os.Chmod(secret, 0o644); err != nil {
		t.Fatal(err)
	}
	if o := call(t, args...).want(t, cli.Usage); !strings.Contains(o.errors, "mode 0644") || len(w.take()) != 0 {
		t.Errorf("%s", o.errors)
	}
}

// take gives what was received since the last time.
func (w *watcher) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	calls := w.calls
	w.calls = nil
	return calls
}

func (w *watcher) args(dir string) []string {
	return []string{"--ping-url", w.URL + "/ping/hunter2", "--notify-url", w.URL + "/chat/hunter2", "--notify-kind", "wecom", "--metrics-file", filepath.Join(dir, "run.prom")}
}

func metricsOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "run.prom"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "} "); ok {
			all[name+"}"] = value
		}
	}
	return all
}

func TestARunIsSeenFromOutside(t *testing.T) {
	dir := folder(t)
	server, w := startGateway(t, sandbox.Options{}), newWatcher(t)
	input := filepath.Join(dir, "bills.csv")
	args := append(append([]string{"run", input}, at(dir, server)...), w.args(dir)...)
	o := call(t, args...).want(t, cli.OK)
	calls := w.take()
	if len(calls) != 3 || !strings.HasPrefix(calls[0], "/ping/hunter2/start run ") || !strings.HasPrefix(calls[1], "/ping/hunter2 exit 0") || !strings.HasPrefix(calls[2], "/chat/hunter2 ") {
		t.Fatalf("%q", calls)
	}
	var message struct {
		Text struct{ Content string } `json:"text"`
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(calls[2], "/chat/hunter2 ")), &message); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"batchcomplete run · test", "exit 0", "completed: 20 rows ¥", "bills-", "settle date"} {
		if !strings.Contains(message.Text.Content, words) {
			t.Errorf("the digest lacks %q:\n%s", words, message.Text.Content)
		}
	}
	m := metricsOf(t, dir)
	if m[`batchcomplete_rows{env="test",profile="",state="completed"}`] != "20" || m[`batchcomplete_run_exit_code{env="test",profile=""}`] != "0" || m[`batchcomplete_oldest_unknown_age_seconds{env="test",profile=""}`] != "0" {
		t.Errorf("%v", m)
	}
	success := m[`batchcomplete_last_success_timestamp_seconds{env="test",profile=""}`]
	if strings.Contains(o.out+o.errors, "hunter2") {
		t.Error("an address was printed")
	}
	// A failure before anything was opened is told, and the last success is kept.
	call(t, append(args, "--expect-rows", "7", "--db", filepath.Join(dir, "other.db"))...).want(t, cli.Refused)
	if calls := w.take(); len(calls) != 3 || !strings.HasPrefix(calls[1], "/ping/hunter2/fail exit 10") || !strings.Contains(calls[2], "exit 10") {
		t.Errorf("%q", calls)
	}
	m = metricsOf(t, dir)
	if m[`batchcomplete_run_exit_code{env="test",profile=""}`] != "10" || m[`batchcomplete_last_success_timestamp_seconds{env="test",profile=""}`] != success || success == "0" {
		t.Errorf("%v", m)
	}
	// With nothing to do the monitor is pinged, and people are left alone.
	empty := t.TempDir()
	call(t, append(append([]string{"run", empty}, at(dir, server)...), w.args(dir)...)...).want(t, cli.OK)
	if calls := w.take(); len(calls) != 2 {
		t.Errorf("%q", calls)
	}
}

func TestARunThatFindsTheCheckpointHeldIsSilent(t *testing.T) {
	dir := folder(t)
	server, w := startGateway(t, sandbox.Options{}), newWatcher(t)
	held, err := checkpoint.Open(t.Context(), checkpoint.Options{Path: filepath.Join(dir, "test.db"), Env: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	call(t, append(append([]string{"run", filepath.Join(dir, "bills.csv")}, at(dir, server)...), w.args(dir)...)...).want(t, cli.Busy)
	if calls := w.take(); len(calls) != 0 {
		t.Errorf("%q", calls)
	}
}

func TestAFailureToNotifyNeverChangesTheOutcome(t *testing.T) {
	dir := folder(t)
	server, w := startGateway(t, sandbox.Options{}), newWatcher(t)
	w.fails = true
	args := append(append([]string{"run", filepath.Join(dir, "bills.csv")}, at(dir, server)...), w.args(dir)...)
	args = append(args, "--log-level", "warn", "--metrics-file", filepath.Join(dir, "nowhere", "run.prom"), "--json")
	o := call(t, args...).want(t, cli.OK)
	if r := o.json(t); r.States[batch.Completed].Rows != 20 {
		t.Errorf("%+v", r)
	}
	for _, words := range []string{"the start was not told", "the end was not told", "the digest was not sent", "the metrics were not written"} {
		if !strings.Contains(o.errors, words) {
			t.Errorf("the log lacks %q:\n%s", words, o.errors)
		}
	}
	if strings.Contains(o.errors, "hunter2") {
		t.Errorf("an address was logged:\n%s", o.errors)
	}
	for _, bad := range [][]string{{"--ping-url", "http://10.1.1.1/hunter2"}, {"--notify-url", "hunter2"}, {"--notify-url", "https://example.com/hunter2"}} {
		o := call(t, append(append([]string{"run", filepath.Join(dir, "bills.csv")}, at(dir, server)...), bad...)...).want(t, cli.Usage)
		if strings.Contains(o.errors, "hunter2") {
			t.Errorf("%s", o.errors)
		}
	}
}

var sample = regexp.MustCompile(`^[a-z_]+\{[a-z]+="[^"\\\n]*"(,[a-z]+="[^"\\\n]*")*\} -?[0-9]+(\.[0-9]+)?$`)

func TestMetricsAreInPrometheusTextFormat(t *testing.T) {
	now := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	a := appFor(t, "--env", "prod", "--metrics-file", filepath.Join(t.TempDir(), "x.prom"))
	a.Now = func() time.Time { return now }
	a.outside = outside{started: now.Add(-1500 * time.Millisecond), stock: &stock{
		states: map[batch.State]checkpoint.Sum{batch.Unknown: {Rows: 2, Fen: 1908}}, oldestUnknown: now.Add(-3 * time.Hour)}}
	text := a.metrics(cli.Doubt)
	typed := map[string]bool{}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		fields := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "# HELP "):
		case strings.HasPrefix(line, "# TYPE "):
			if typed[fields[2]] || fields[3] != "gauge" {
				t.Errorf("%s", line)
			}
			typed[fields[2]] = true
		case !sample.MatchString(line):
			t.Errorf("not in the format: %s", line)
		default:
			if name, _, _ := strings.Cut(line, "{"); !typed[name] {
				t.Errorf("no TYPE before %s", line)
			}
		}
	}
	for _, line := range []string{`batchcomplete_fen{env="prod",profile="",state="unknown"} 1908`, `batchcomplete_run_duration_seconds{env="prod",profile=""} 1.500`,
		`batchcomplete_oldest_unknown_age_seconds{env="prod",profile=""} 10800`, `batchcomplete_last_success_timestamp_seconds{env="prod",profile=""} 0`} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("it lacks %s:\n%s", line, text)
		}
	}
	if !strings.HasSuffix(text, "\n") {
		t.Error("the last line has no end")
	}
}

// TestALabelIsTextAlone: a profile's name, or what stood in its place, ends neither
// its label nor its line, and has no escape that Prometheus does not know.
func TestALabelIsTextAlone(t *testing.T) {
	for text, want := range map[string]string{
		"shop-a": "shop-a", "一店": "一店", `a"} 1`: `a\"} 1`, `a\`: `a\\`, "a\nb 7": "a b 7", "\x1b[2J\u202e\x00\xff": "?[2J???", `\"`: `\\\"`,
	} {
		if got := label(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// TestMetricsReplaceNothingButMetrics: neither what somebody else keeps under that
// name nor what a link leads to; and a pipe, which nobody may read, is not waited
// for. The run's outcome stays what it is.
func TestMetricsReplaceNothingButMetrics(t *testing.T) {
	dir := folder(t)
	server := startGateway(t, sandbox.Options{})
	theirs := put(t, filepath.Join(dir, "theirs"), "another's")
	for name, make := range map[string]func(path string) error{
		"another's file": func(path string) error { return os.Link(theirs, path) },
		"a link":         func(path string) error { return os.Symlink(theirs, path) },
		"a pipe":         func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a folder":       func(path string) error { return os.Mkdir(path, 0o700) },
	} {
		path := filepath.Join(t.TempDir(), "run.prom")
		if err := make(path); err != nil {
			t.Fatal(err)
		}
		before, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		args := append([]string{"run", filepath.Join(dir, "bills.csv"), "--metrics-file", path}, at(dir, server)...)
		if o := call(t, append(args, "--log-level", "warn")...).want(t, cli.OK); !strings.Contains(o.errors, "the metrics were not written") {
			t.Errorf("%s: %s", name, o.errors)
		}
		if after, err := os.Lstat(path); err != nil || !os.SameFile(before, after) || after.Mode() != before.Mode() {
			t.Errorf("%s was replaced, or has another mode: %v", name, err)
		}
	}
	if text, err := os.ReadFile(theirs); err != nil || string(text) != "another's" {
		t.Errorf("%q, %v", text, err)
	}
	path := filepath.Join(dir, "run.prom")
	for range 2 {
		call(t, append([]string{"run", filepath.Join(dir, "bills.csv"), "--metrics-file", path}, at(dir, server)...)...).want(t, cli.OK)
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o644 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	}
}

// TestTheLogTiesARunTogether reads the JSON log of a run.
func TestTheLogTiesARunTogether(t *testing.T) {
	dir := folder(t)
	server := startGateway(t, sandbox.Options{})
	o := call(t, append(append([]string{"run", filepath.Join(dir, "bills.csv")}, at(dir, server)...), "--log-format", "json", "--log-level", "debug")...).want(t, cli.OK)
	sent := 0
	for line := range strings.Lines(o.errors) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if id, _ := record["run"].(string); len(id) != 16 {
			t.Errorf("no run id: %s", line)
		}
		if record["msg"] == "sent" {
			sent++
			for _, key := range []string{"batch", "bill", "order", "attempt", "line"} {
				if record[key] == nil {
					t.Errorf("no %s: %s", key, line)
				}
			}
		}
	}
	if sent != 20 {
		t.Errorf("%d sends in the log", sent)
	}
	text, err := os.ReadFile(filepath.Join(dir, "bills.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if cells := strings.Split(line, ","); len(cells) > 6 && len(cells[5]) == 6 && strings.Contains(o.errors, cells[5]) {
			t.Errorf("the authorisation code %s is in the log", cells[5])
		}
	}
}

// appFor is an app with its settings loaded, as a command would have it.
func appFor(t *testing.T, args ...string) *app {
	t.Helper()
	a := &app{World: cli.World{Getenv: func(string) string { return "" }, Now: time.Now, Stderr: io.Discard, Stdout: io.Discard}}
	set, err := a.parse(append(args, "--lang", "en"))
	if err != nil {
		t.Fatal(err)
	}
	a.set, a.lang = set, set.Lang
	return a
}
