package batchcomplete

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryCommandInTheDocumentationIsKnown has the programs read each command of the documentation: lines of code,
// indented or fenced, and what stands between back-ticks. A subcommand, a flag or a flag's value that the program does
// not know is a mistake in the documentation; so is a target that the Makefile does not have.
func TestEveryCommandInTheDocumentationIsKnown(t *testing.T) {
	makefile := readText(t, "Makefile")
	found := map[string]int{}
	for _, page := range pages(t) {
		if page == "CHANGELOG.md" {
			continue // what it says was so when it was written
		}
		for _, line := range commands(readText(t, page)) {
			words := invocation(shellWords(line))
			if len(words) < 2 {
				continue
			}
			found[words[0]]++
			if words[0] != "make" {
				accepts(t, page, words)
				continue
			}
			for _, target := range words[1:] {
				if !strings.Contains(target, "=") && !strings.Contains(makefile, "\n"+target+":") {
					t.Errorf("%s: the Makefile has no target %s", page, target)
				}
			}
		}
	}
	if found["batchcomplete"] < 40 || found["reconcile"] < 5 || found["make"] < 8 {
		t.Errorf("only these commands were found: %v", found)
	}
}

var spans = regexp.MustCompile("`([^`]+)`")

// commands are the lines of a page's code, with what goes on behind a backslash, and its spans of code.
func commands(page string) []string {
	var all []string
	fenced := false
	for line := range strings.Lines(strings.ReplaceAll(page, "\\\n", " ")) {
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
		case fenced || strings.HasPrefix(line, "    "):
			all = append(all, strings.TrimPrefix(line, "$ "))
		default:
			for _, span := range spans.FindAllStringSubmatch(line, -1) {
				all = append(all, span[1])
			}
		}
	}
	return all
}

// invocation is the part of a line that calls one of the programs or make, from its name to what ends the command.
// Words in brackets stand for what may be left out. Behind other words (sudo, a variable, cd), where the name may be a
// user's or a folder's, only a name with a subcommand or target behind it counts.
func invocation(words []string) []string {
	words = slices.DeleteFunc(words, func(w string) bool { return strings.HasPrefix(w, "[") })
	for start, word := range words {
		name := filepath.Base(word)
		known := name == "batchcomplete" || name == "reconcile" || word == "make"
		if !known || start > 0 && (start+1 == len(words) || !plain.MatchString(words[start+1])) {
			continue
		}
		end := start + 1
		for end < len(words) && !slices.Contains([]string{"|", "&&", ";", ">", "…"}, words[end]) && !strings.Contains(words[end], ">>") {
			end++
		}
		return append([]string{name}, words[start+1:end]...)
	}
	return nil
}

var plain = regexp.MustCompile(`^[a-z]+$`)

// shellWords splits a line as a shell does: quoted texts are one word, and a comment is none.
func shellWords(line string) []string {
	var words []string
	for _, m := range word.FindAllStringSubmatch(line, -1) {
		if m[0] == "#" {
			break
		}
		words = append(words, strings.NewReplacer(`"`, "", `'`, "").Replace(m[0]))
	}
	return words
}

var word = regexp.MustCompile(`(?:"[^"]*"|'[^']*'|[^\s"'])+`)
