package batchcomplete

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pages are what people read: the README and everything in docs.
func pages(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("docs/*.md")
	if err != nil || len(all) < 5 {
		t.Fatalf("%v, %v", all, err)
	}
	return append(all, "README.md", "samples/deploy/README.md")
}

var link = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)

func TestEveryLinkInTheDocumentationLeadsSomewhere(t *testing.T) {
	found := 0
	for _, page := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(readText(t, page), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			found++
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s: there is no %s", page, m[1])
			}
		}
	}
	if found < 5 {
		t.Errorf("only %d links were found", found)
	}
}

// TestEveryCommandInTheDocumentationIsKnown has the programs read each indented
// line of the documentation that calls them.
func TestEveryCommandInTheDocumentationIsKnown(t *testing.T) {
	found := 0
	for _, page := range pages(t) {
		for line := range strings.Lines(readText(t, page)) {
			words := strings.Fields(line)
			if !strings.HasPrefix(line, "    ") || len(words) < 2 || words[0] != "batchcomplete" && words[0] != "reconcile" {
				continue
			}
			found++
			accepts(t, page, invocation(words))
		}
	}
	if found < 10 {
		t.Errorf("only %d commands were found", found)
	}
}

// invocation drops a comment, and what a reader replaces by one word.
func invocation(words []string) []string {
	for i, word := range words {
		if word == "#" {
			return words[:i]
		}
		if strings.HasPrefix(word, `"`) && !strings.HasSuffix(word, `"`) {
			return words[:i+1] // a quoted text of several words ends the line
		}
	}
	return words
}
