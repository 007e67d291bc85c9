package batchcomplete

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
)

// requirement is one line of a go.mod file.
type requirement struct {
	Path, Version string
	Indirect      bool
}

// required is what a go.mod file requires. A tool's module counts as direct: tools.mod has no imports to tell by.
func required(t *testing.T, file string) []requirement {
	t.Helper()
	out, err := exec.Command("go", "mod", "edit", "-json", file).Output()
	var mod struct {
		Require []requirement
		Tool    []struct{ Path string }
	}
	if err == nil {
		err = json.Unmarshal(out, &mod)
	}
	if err != nil || len(mod.Require) == 0 {
		t.Fatalf("%s: %v", file, err)
	}
	for i, r := range mod.Require {
		for _, tool := range mod.Tool {
			mod.Require[i].Indirect = mod.Require[i].Indirect && !strings.HasPrefix(tool.Path, r.Path+"/")
		}
	}
	return mod.Require
}

// TestTheVersionsOfTheModulesAreThoseInUse holds each table of docs/dependencies.md against go.mod or tools.mod: the same
// modules, in the same versions, of the day that the module cache knows, where it does.
func TestTheVersionsOfTheModulesAreThoseInUse(t *testing.T) {
	sections := strings.Split(readText(t, "docs/dependencies.md"), "\n## ")
	if len(sections) != 4 {
		t.Fatalf("%d sections", len(sections))
	}
	dated := 0
	for i, section := range sections {
		want := map[string]string{}
		for _, r := range required(t, []string{"go.mod", "tools.mod"}[i/2]) {
			if r.Indirect == (i%2 == 1) {
				want[r.Path] = r.Version
			}
		}
		have := map[string]string{}
		for line := range strings.Lines(section) {
			cells := strings.Split(line, " | ")
			module := strings.TrimPrefix(cells[0], "| ")
			if len(cells) < 4 || !strings.Contains(module, ".") {
				continue
			}
			have[module] = cells[1]
			day, known := released(t, module, cells[1])
			if known {
				dated++
			}
			if known && day != cells[2] {
				t.Errorf("%s %s is of %s, and not of %s", module, cells[1], day, cells[2])
			}
		}
		if !maps.Equal(have, want) {
			t.Errorf("table %d has\n%v, and is to have\n%v", i+1, have, want)
		}
	}
	t.Logf("the module cache here knows the day of %d versions", dated) // a build alone need not fetch them
}

// released gives the day of a version, as the module cache has it; not known where the cache lacks it.
func released(t *testing.T, module, version string) (string, bool) {
	t.Helper()
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(cache)), "cache/download", escaped(module), "@v", version+".info"))
	var info struct{ Time time.Time }
	if err != nil || json.Unmarshal(text, &info) != nil {
		return "", false
	}
	return info.Time.UTC().Format(time.DateOnly), true
}

// escaped is how the cache writes capital letters.
func escaped(module string) string {
	var b strings.Builder
	for _, r := range module {
		if unicode.IsUpper(r) {
			b.WriteByte('!')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
