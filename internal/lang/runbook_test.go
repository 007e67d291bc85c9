package lang

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	entry  = regexp.MustCompile(`(?m)^- \*\*(.+)\*\* / \*(.+)\*$`)
	reason = regexp.MustCompile("(?m)^ *- `([^`]+)`:")
)

// TestTheRunbookHasEveryMessageThatComesWithAdvice holds docs/runbook.md against
// the catalogue: its entries are what the programs say, in both languages, and
// none that comes with a hint, or that stops a run, lacks an entry.
func TestTheRunbookHasEveryMessageThatComesWithAdvice(t *testing.T) {
	said := map[Text]string{}
	for key, text := range catalogue {
		said[Text{shown(text.Zh), shown(text.En)}] = key
	}
	var explained []string
	for _, m := range entry.FindAllStringSubmatch(runbook(t), -1) {
		key, ok := said[Text{m[1], m[2]}]
		if !ok {
			t.Errorf("no program says %q, in English %q", m[1], m[2])
		}
		explained = append(explained, shown(catalogue[key].Zh))
	}
	for key, text := range catalogue {
		needed := Has(key+".hint") || strings.HasPrefix(key, "batchcomplete.stop.") || strings.HasPrefix(key, "batchcomplete.next.")
		if needed && !slices.Contains(explained, shown(text.Zh)) {
			t.Errorf("the runbook lacks %s: %s", key, text.Zh)
		}
	}
}

// ends are the messages that a command ends with: errors.New(….T("key", …)), and for reconcile a.fail("key", …).
var ends = regexp.MustCompile(`(?:errors\.New\((?:\w+\.)*T|\.fail)\("([\w.]+)"`)

// TestTheRunbookHasEveryMessageThatACommandEndsWith is for those that come without a hint.
func TestTheRunbookHasEveryMessageThatACommandEndsWith(t *testing.T) {
	var explained []string
	for _, m := range entry.FindAllStringSubmatch(runbook(t), -1) {
		explained = append(explained, m[1])
	}
	found := ends.FindAllStringSubmatch(source(t), -1)
	if len(found) < 60 {
		t.Errorf("only %d messages were found", len(found))
	}
	for _, m := range found {
		if strings.HasPrefix(m[1], "flag.") {
			continue // what the flag means is the whole advice
		}
		if text, ok := catalogue[m[1]]; ok && !slices.Contains(explained, shown(text.Zh)) {
			t.Errorf("the runbook lacks %s: - **%s** / *%s*", m[1], shown(text.Zh), shown(text.En))
		}
	}
}

// TestTheRunbooksReasonsAreInTheSource is for what stands in logs and after the
// colon of a message, which is in no catalogue.
func TestTheRunbooksReasonsAreInTheSource(t *testing.T) {
	source := source(t)
	reasons := reason.FindAllStringSubmatch(runbook(t), -1)
	if len(reasons) < 10 {
		t.Errorf("only %d reasons were found", len(reasons))
	}
	for _, m := range reasons {
		if !strings.Contains(source, m[1]) {
			t.Errorf("no program says %q", m[1])
		}
	}
}

// source is the programs' own, without the tests.
func source(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, root := range []string{"../../internal", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			all.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

// shown is a message as the runbook has it: … for what the program fills in.
func shown(format string) string {
	return strings.TrimSpace(verb.ReplaceAllString(format, "…"))
}

func runbook(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
