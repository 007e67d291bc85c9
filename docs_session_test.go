package batchcomplete

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// make docs runs the test below with this flag.
var update = flag.Bool("update", false, "write the output that the walk-throughs show anew")

// TestTheWalkThroughsShowWhatTheProgramsSay runs the commands of the pages that an accountant follows, in their order,
// on the sample files at the sandbox, and holds what the pages show against what is printed, and the exit codes.
func TestTheWalkThroughsShowWhatTheProgramsSay(t *testing.T) {
	t.Parallel()
	if beijing := time.Now().In(time.FixedZone("CST", 8*60*60)); (beijing.Hour() == 22 || beijing.Hour() == 23) && beijing.Minute() >= 57 {
		t.Skip("the day on which completions settle, or the day itself, ends within minutes")
	}
	done := completed(t)
	for page, language := range map[string]string{"docs/month-end.md": "zh", "docs/month-end.en.md": "en", "docs/quickstart.md": "zh"} {
		s := session{dir: t.TempDir(), language: language}
		s.settled, s.batch = settled(t, done)
		from := done
		if page == "docs/quickstart.md" {
			from = "samples" // it begins with nothing completed yet
		}
		if err := os.CopyFS(s.dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		have := readText(t, page)
		want := s.follow(t, page, have)
		switch {
		case have == want:
		case *update:
			if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
				t.Error(err)
			}
		default:
			t.Errorf("%s shows something else than the programs say: run make docs\n%s", page, want)
		}
	}
}

// completed is a folder in which the nightly run has been, with the statement of the day on which it was settled.
func completed(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("samples")); err != nil {
		t.Fatal(err)
	}
	run := exec.Command(program(t, "batchcomplete"), "run", "bills.xlsx", "--env", "sandbox", "--yes")
	run.Dir = dir
	var exit *exec.ExitError
	if out, err := run.CombinedOutput(); !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Fatalf("%v\n%s", err, out)
	}
	day, _ := settled(t, dir)
	statement := exec.Command("go", "run", "samples/make.go", filepath.Join(dir, "statement.xlsx"), day)
	if out, err := statement.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// settled is the day on which the sandbox settled what was completed there, and the name of the batch.
func settled(t *testing.T, dir string) (day, batch string) {
	t.Helper()
	status := exec.Command(program(t, "batchcomplete"), "status", "--env", "sandbox", "--json")
	status.Dir = dir
	out, err := status.Output()
	var s struct {
		Batches     []struct{ Name string }
		SettleDates []struct{ SettleDate string }
	}
	if err == nil {
		err = json.Unmarshal(out, &s)
	}
	if err != nil || len(s.SettleDates) == 0 || len(s.Batches) == 0 {
		t.Fatalf("%v: %s", err, out)
	}
	return s.SettleDates[0].SettleDate, s.Batches[0].Name
}

// session follows one page in a folder of its own. The page says prod and one day of November; the folder's
// checkpoint is the sandbox's, of today.
type session struct{ dir, language, settled, batch string }

// follow gives the page with what its ```console blocks should show.
func (s session) follow(t *testing.T, page, text string) string {
	t.Helper()
	var b strings.Builder
	shown, ran := false, 0
	for line := range strings.Lines(text) {
		command, is := strings.CutPrefix(line, "$ ")
		switch {
		case line == "```console\n":
			shown = true
		case line == "```\n":
			shown = false
		case shown && is:
			ran++
			line += s.run(t, page, command)
		case shown:
			continue // what was printed when the page was made
		}
		b.WriteString(line)
	}
	if ran < 3 {
		t.Errorf("%s: only %d commands were found", page, ran)
	}
	return b.String()
}

var exitCode = regexp.MustCompile(`# .*?(\d+)`)

// run gives what a command prints. A comment behind it names the exit code, if that is not 0.
func (s session) run(t *testing.T, page, line string) string {
	t.Helper()
	words := shellWords(strings.NewReplacer("--env prod", "--env sandbox", "bills-2026-11-20", s.batch,
		"2026-11-01", s.settled[:8]+"01", "2026-11-30", s.settled, "2026-11-20", s.settled).Replace(line))
	c := exec.Command(program(t, words[0]), words[1:]...)
	c.Dir, c.Env = s.dir, append(os.Environ(), "BATCHCOMPLETE_LANG="+s.language, "BATCHCOMPLETE_LOG_LEVEL=error")
	out, err := c.CombinedOutput()
	want := 0
	if m := exitCode.FindStringSubmatch(line); m != nil {
		want, _ = strconv.Atoi(m[1])
	}
	if c.ProcessState == nil || c.ProcessState.ExitCode() != want {
		t.Errorf("%s: %s%v, and the page says %d\n%s", page, line, err, want, out)
	}
	return s.normal(string(out))
}

var (
	hash   = regexp.MustCompile(`[0-9a-f]{64}`)
	spaces = regexp.MustCompile(` +\n`)
)

// normal takes out what differs from day to day, and the folder. A batch's name ends with the day of its import.
func (s session) normal(out string) string {
	const example = "2026-11-20"
	imported := s.batch[len(s.batch)-len(example):]
	out = strings.NewReplacer(s.dir+string(filepath.Separator), "", s.settled, example, imported, example).Replace(out)
	return spaces.ReplaceAllString(hash.ReplaceAllString(out, "…"), "\n")
}
