package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"
)

// table is a table of the document.
type table struct {
	head []string
	rows [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t table) String() string {
	var b strings.Builder
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(t.head)
	b.WriteString(strings.Repeat("|---", len(t.head)) + "|\n")
	for _, row := range t.rows {
		line(row)
	}
	return b.String()
}

func mebibytes(n int64) float64 { return float64(n) / (1 << 20) }
func mib(n float64) string      { return fmt.Sprintf("%.0f MiB", n) }
func micro(n float64) string    { return fmt.Sprintf("%.0f µs", n) }
func seconds(n float64) string  { return fmt.Sprintf("%.2f s", n) }
func percent(n float64) string  { return fmt.Sprintf("%.1f %%", n*100) }

// number gives a whole number with thousands separators.
func number(n float64) string {
	s := fmt.Sprintf("%.0f", n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func list(values []float64, format string) string {
	var words []string
	for _, v := range values {
		words = append(words, fmt.Sprintf(format, v))
	}
	return strings.Join(words, ", ")
}

// machine says where and with what the figures were measured.
func machine(b *bench) (string, error) {
	sqlite, _, _ := sqlite3.Version()
	lines := []string{
		"measured: " + time.Now().UTC().Format("2006-01-02 15:04 UTC") + ", load before it " + loadBefore(),
		fmt.Sprintf("machine: %s, %d cores, %s/%s", processor(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH),
		"versions: " + runtime.Version() + ", SQLite " + sqlite + moduleVersions("github.com/xuri/excelize/v2", "github.com/mattn/go-sqlite3"),
	}
	return "- " + strings.Join(lines, "\n- ") + "\n", nil
}

func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "processor not known"
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "processor not known"
}

// loadBefore is the machine's load in the last minute, for the reader to judge
// the figures by.
func loadBefore() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known"
	}
	load, _, _ := strings.Cut(string(text), " ")
	return load
}

func moduleVersions(paths ...string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	var b strings.Builder
	for _, dependency := range info.Deps {
		for _, path := range paths {
			if dependency.Path == path {
				b.WriteString(", " + path + " " + dependency.Version)
			}
		}
	}
	return b.String()
}

// keep puts a part's text between its markers in the document.
func (b *bench) keep(name, text string) error {
	if b.doc == "" {
		return nil
	}
	old, err := os.ReadFile(b.doc)
	if err != nil {
		return err
	}
	begin, end := "<!-- bench "+name+" -->\n", "<!-- end -->"
	from := bytes.Index(old, []byte(begin))
	if from < 0 {
		return fmt.Errorf("%s has no marker %q", b.doc, strings.TrimSpace(begin))
	}
	from += len(begin)
	length := bytes.Index(old[from:], []byte(end))
	if length < 0 {
		return fmt.Errorf("%s: the section %s has no end", b.doc, name)
	}
	fresh := string(old[:from]) + "\n" + strings.TrimSpace(text) + "\n\n" + string(old[from+length:])
	return os.WriteFile(b.doc, []byte(fresh), 0o644)
}
