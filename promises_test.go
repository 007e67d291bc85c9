package batchcomplete

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryTestThatTheDocumentationNamesExists holds docs/security.md to what is
// there.
func TestEveryTestThatTheDocumentationNamesExists(t *testing.T) {
	there := map[string]bool{}
	eachGoFile(t, func(path string) {
		if !strings.HasSuffix(path, "_test.go") {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			if function, ok := decl.(*ast.FuncDecl); ok {
				there[function.Name.Name] = true
			}
		}
	})
	text, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`\bTest[A-Z]\w+`).FindAllString(string(text), -1)
	if len(named) < 40 {
		t.Errorf("only %d tests are named", len(named))
	}
	for _, name := range named {
		if !there[name] {
			t.Errorf("there is no %s", name)
		}
	}
}

// TestEveryModuleHasItsReason holds docs/dependencies.md, and the list of who may
// import what, equal to what go.mod requires directly.
func TestEveryModuleHasItsReason(t *testing.T) {
	gomod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	required, explained := map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(string(gomod)) {
		if fields := strings.Fields(line); strings.HasPrefix(line, "\t") && !strings.Contains(line, "// indirect") {
			required[fields[0]] = true
		}
	}
	direct, _, _ := strings.Cut(string(text), "\n## ") // what comes with them stands below
	for _, row := range regexp.MustCompile(`(?m)^\| (\S+\.\S+/\S+|\S+\.net/\S+) \| (.+?) \|`).FindAllStringSubmatch(direct, -1) {
		explained[row[1]] = true
	}
	if len(required) < 5 {
		t.Errorf("only %d modules were found in go.mod", len(required))
	}
	placed := map[string]bool{}
	for module := range modules {
		placed[module] = true
	}
	for what, list := range map[string]map[string]bool{"docs/dependencies.md": explained, "arch_test.go": placed} {
		for _, module := range slices.Sorted(maps.Keys(required)) {
			if !list[module] {
				t.Errorf("go.mod requires %s, and %s does not list it", module, what)
			}
		}
		for _, module := range slices.Sorted(maps.Keys(list)) {
			if !required[module] {
				t.Errorf("%s lists %s, and go.mod does not require it", what, module)
			}
		}
	}
}

// TestEveryVulnerabilityThatDoesNotApplyHasItsTest: a line of .ci/vulnerabilities
// has the reason, and names the test that fails where it would apply.
func TestEveryVulnerabilityThatDoesNotApplyHasItsTest(t *testing.T) {
	tests := map[string]bool{}
	eachGoFile(t, func(path string) {
		if strings.HasSuffix(path, "_test.go") {
			for _, found := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(readText(t, path), -1) {
				tests[found[1]] = true
			}
		}
	})
	security := readText(t, "docs/security.md")
	for line := range strings.Lines(readText(t, ".ci/vulnerabilities")) {
		id, reason, _ := strings.Cut(strings.TrimSpace(line), " ")
		test := regexp.MustCompile(`\((Test\w+)\)$`).FindStringSubmatch(reason)
		if !regexp.MustCompile(`^GO-\d{4}-\d+$`).MatchString(id) || test == nil || !tests[test[1]] || !strings.Contains(security, id) {
			t.Errorf("%q has no test, or docs/security.md does not speak of it", line)
		}
	}
}

// TestVulnerabilitiesStopTheBuild gives .ci/vulncheck a govulncheck that says
// what each case has it say.
func TestVulnerabilitiesStopTheBuild(t *testing.T) {
	for _, read := range []string{".ci/vulncheck", ".ci/vulnerabilities"} {
		if _, err := os.ReadFile(read); err != nil { // so that a change of them runs this again
			t.Fatal(err)
		}
	}
	const listed, other = "Vulnerability #1: GO-2026-6452\n", "Vulnerability #2: GO-2099-0001\n"
	for name, c := range map[string]struct {
		says  string
		exits string
		want  bool
		tells string
	}{
		"none":                   {"No vulnerabilities found.\n", "0", true, "no vulnerability"},
		"one that is listed":     {listed, "3", true, "GO-2026-6452"},
		"one that is not":        {other, "3", false, "GO-2099-0001"},
		"both":                   {listed + other, "3", false, "GO-2099-0001"},
		"found, and none named":  {"something else\n", "3", false, "something else"},
		"no way to the database": {"govulncheck: fetching vulnerabilities: dial tcp: lookup vuln.go.dev: no such host\n", "1", true, "SKIPPED"},
		"does not build":         {"undefined: x\n", "1", false, "undefined"},
		"another lookup failed":  {"./x.go:1:1: cannot use lookup (no such host) in a call\n", "1", false, "cannot use"},
		"no way to a module":     {"go: golang.org/x/vuln@v1.9.0: dial tcp: lookup proxy.example: no such host\n", "1", false, "proxy.example"},
	} {
		t.Run(name, func(t *testing.T) {
			fake := filepath.Join(t.TempDir(), "govulncheck")
			if err := os.WriteFile(fake, []byte("#!/bin/sh\ncat <<'END'\n"+c.says+"END\nexit "+c.exits+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			command := exec.Command("bash", ".ci/vulncheck")
			command.Env = append(os.Environ(), "GOVULNCHECK="+fake)
			out, err := command.CombinedOutput()
			if (err == nil) != c.want || !strings.Contains(string(out), c.tells) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
