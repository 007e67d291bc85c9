package batchcomplete

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// pages are what people read: the README and everything in docs.
func pages(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("docs/*.md")
	if err != nil || len(all) < 5 {
		t.Fatalf("%v, %v", all, err)
	}
	return append(all, "README.md", "SECURITY.md", "CHANGELOG.md", "samples/deploy/README.md")
}

var link = regexp.MustCompile(`\]\(([^)#\s]*)(?:#([^)\s]*))?\)`)

func TestEveryLinkInTheDocumentationLeadsSomewhere(t *testing.T) {
	files, places := 0, 0
	for _, page := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(readText(t, page), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			target := page
			if m[1] != "" {
				target = filepath.Join(filepath.Dir(page), m[1])
			}
			files++
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: there is no %s", page, m[1])
				continue
			}
			if m[2] == "" {
				continue
			}
			places++
			if !anchors(readText(t, target))[m[2]] {
				t.Errorf("%s: %s has no heading #%s", page, target, m[2])
			}
		}
	}
	if files < 40 || places < 5 {
		t.Errorf("only %d links were found, %d of them to a heading", files, places)
	}
}

var (
	heading  = regexp.MustCompile(`^#{1,6} +(.*?)[ #]*$`)
	linkText = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
)

// anchors are the names that GitHub gives to the headings of a page.
func anchors(page string) map[string]bool {
	all := map[string]bool{}
	fenced := false
	for line := range strings.Lines(page) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		m := heading.FindStringSubmatch(line)
		if m == nil || fenced {
			continue
		}
		name := anchor(m[1])
		for n, again := 1, name; all[name]; n++ {
			name = again + "-" + strconv.Itoa(n)
		}
		all[name] = true
	}
	return all
}

// anchor keeps letters of every script, digits, hyphens and underscores, in lower case; a space becomes a hyphen.
func anchor(title string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			return unicode.ToLower(r)
		}
		return -1
	}, linkText.ReplaceAllString(title, "$1"))
}

func TestHeadingsHaveTheNamesThatGitHubGivesThem(t *testing.T) {
	page := "# 退出码 (exit codes)\n## 1. 填表 / Fill in\n## `--from`, `--to`\n```\n# no heading\n```\n## 检查点(锚)\n## Twice\n## Twice\n## [a page](x.md) ##\n"
	have := anchors(page)
	want := []string{"退出码-exit-codes", "1-填表--fill-in", "--from---to", "检查点锚", "twice", "twice-1", "a-page"}
	for _, name := range want {
		if !have[name] {
			t.Errorf("there is no %q in %v", name, have)
		}
	}
	if len(have) != len(want) {
		t.Errorf("%v", have)
	}
}
