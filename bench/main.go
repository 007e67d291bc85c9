package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// sizes is how much each part does.
type sizes struct {
	turns      int // of what is compared
	throughput int // rows
	limitFor   time.Duration
	growth     []int // rows of the CSV files
	xlsx       int   // rows of the workbook whose memory is measured
	reading    int   // rows
	imported   []int // rows
	old        int   // rows in the checkpoint at start-up
	attempts   int   // rows with two attempts each
	reconciled int   // rows, and lines of the statement
	peer       int   // rows
}

var named = map[string]sizes{
	"tiny":  {1, 2_000, 2 * time.Second, []int{1_000, 3_000}, 3_000, 2_000, []int{5_000}, 20_000, 2_000, 2_000, 500},
	"small": {3, 20_000, 10 * time.Second, []int{1_000, 10_000, 100_000}, 100_000, 20_000, []int{100_000}, 500_000, 20_000, 50_000, 10_000},
	"full":  {5, 100_000, time.Minute, []int{1_000, 10_000, 100_000, 1_000_000}, 1_000_000, 100_000, []int{100_000, 500_000}, 5_000_000, 100_000, 1_000_000, 10_000},
}

// bench is one invocation.
type bench struct {
	sizes
	dir     string // scratch
	program string // batchcomplete, built for this
	doc     string // where the figures go; empty: nowhere
}

// part is one thing that is measured; its text is a section of the document.
type part struct {
	name    string
	measure func(*bench) (string, error)
}

var parts = []part{
	{"machine", machine},
	{"throughput", throughput},
	{"limit", limits},
	{"reading", reading},
	{"import", importing},
	{"latency", latency},
	{"startup", startup},
	{"bytes", bytesPerRow},
	{"growth", growth},
	{"workbook", workbook},
	{"check", checking},
	{"reconcile", reconciling},
}

// asked are the parts that are measured only when they are asked for: one needs
// Python, the other is for whoever works on the program.
var asked = []part{{"peer", peer}, {"profile", profile}}

func main() {
	if len(os.Args) > 1 {
		if task, ok := children[os.Args[1]]; ok {
			check(task(os.Args[2:]))
			return
		}
	}
	size := flag.String("size", "small", "tiny, small or full")
	only := flag.String("only", "", "these parts alone, with commas between")
	doc := flag.String("doc", "", "the document whose sections are replaced")
	dir := flag.String("dir", "", "scratch directory; default: a temporary one")
	flag.Parse()
	s, ok := named[*size]
	if !ok {
		check(fmt.Errorf("there is no size %q", *size))
	}
	b := &bench{sizes: s, dir: *dir, doc: *doc}
	check(b.run(*only))
}

func (b *bench) run(only string) error {
	if b.dir == "" {
		dir, err := os.MkdirTemp("", "bench-*")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		b.dir = dir
	}
	b.program = filepath.Join(b.dir, "batchcomplete")
	if out, err := exec.Command("go", "build", "-o", b.program, "./cmd/batchcomplete").CombinedOutput(); err != nil {
		return fmt.Errorf("building the program: %w\n%s", err, out)
	}
	chosen := parts
	if only != "" {
		names := strings.Split(only, ",")
		chosen = slices.DeleteFunc(append(slices.Clone(parts), asked...), func(p part) bool { return !slices.Contains(names, p.name) })
	}
	for _, p := range chosen {
		fmt.Fprintf(os.Stderr, "%s  %s\n", time.Now().Format(time.TimeOnly), p.name)
		text, err := p.measure(b)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		fmt.Printf("%s\n", text)
		if err := b.keep(p.name, text); err != nil {
			return err
		}
	}
	return nil
}

// scratch gives a fresh directory for one turn.
func (b *bench) scratch(name string) (string, error) {
	return os.MkdirTemp(b.dir, name+"-*")
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
