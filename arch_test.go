// Package batchcomplete holds the tests of the repository's own rules.
package batchcomplete

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// edges is which package of the project may import which: imports run one way,
// from the programs down to money and lang. A package that is not here, and an
// import that is not listed, fails.
var edges = map[string][]string{
	"internal/money":             {},
	"internal/lang":              {},
	"internal/ahead":             {},
	"internal/cli":               {"internal/lang"},
	"internal/notify":            {"internal/money", "internal/lang"},
	"internal/ums":               {"internal/money"},
	"internal/batch":             {"internal/money", "internal/ums"},
	"internal/batch/journaltest": {"internal/money", "internal/ums", "internal/batch"},
	"internal/checkpoint":        {"internal/money", "internal/ums", "internal/batch"},
	"internal/sheet":             {"internal/money", "internal/lang"},
	"internal/sheet/sheettest":   {},
	"internal/intake":            {"internal/money", "internal/lang", "internal/batch", "internal/sheet", "internal/ums"},
	"internal/recon":             {"internal/money", "internal/lang", "internal/batch", "internal/sheet"},
	"internal/sandbox":           {"internal/money", "internal/ums"},
	"internal/sandbox/memnet":    {},
	"internal/sim":               {},
	"internal/manual":            {"internal/lang", "internal/cli"},
	"release":                    {},
	"drill":                      {"internal/sandbox", "internal/sheet", "internal/ums"},
	"mutants":                    {},
	"bench":                      {"internal/*"},
	"cmd/batchcomplete":          {"internal/*"},
	"cmd/reconcile":              {"internal/*"},
}

// modules is which package may import which module from outside: each is kept
// behind the one or two packages that need it.
var modules = map[string][]string{
	"github.com/mattn/go-sqlite3":       {"internal/checkpoint", "bench", "release"},
	"github.com/xuri/excelize/v2":       {"internal/sheet", "bench"},
	"golang.org/x/sync":                 {"cmd/batchcomplete", "internal/batch", "internal/ums", "internal/checkpoint", "internal/sheet", "internal/recon"},
	"golang.org/x/text":                 {"internal/sheet", "internal/intake", "internal/recon"},
	"golang.org/x/sys":                  {"internal/sheet"},
	"golang.org/x/term":                 {"internal/cli"},
	"github.com/gofrs/flock":            {"internal/checkpoint"},
	"github.com/spf13/cobra":            {"internal/cli", "cmd/batchcomplete", "cmd/reconcile", "internal/manual"},
	"github.com/spf13/pflag":            {"internal/cli", "internal/manual"},
	"github.com/schollz/progressbar/v3": {"cmd/batchcomplete"},
	"github.com/mattn/go-runewidth":     {"internal/cli", "internal/sheet", "internal/recon"},
	"go.yaml.in/yaml/v3":                {"internal/cli"},
	"github.com/google/go-cmp":          {"internal/batch/journaltest"},
	"pgregory.net/rapid":                {}, // tests alone
}

func TestImportsRunOneWay(t *testing.T) {
	eachGoFile(t, func(path string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		from := filepath.ToSlash(filepath.Dir(path))
		if from == "samples" || from == "." {
			return
		}
		allowed, placed := edges[from]
		if !placed {
			t.Errorf("%s: package %s is not placed in the layout", path, from)
			return
		}
		for _, imported := range imports(t, path) {
			if to, ours := strings.CutPrefix(imported, "batchcomplete/"); ours {
				if !slices.Contains(allowed, to) && !(slices.Contains(allowed, "internal/*") && strings.HasPrefix(to, "internal/")) {
					t.Errorf("%s imports %s: the layout has no such edge", path, to)
				}
				continue
			}
			if strings.Contains(strings.Split(imported, "/")[0], ".") {
				checkModule(t, path, from, imported)
			}
		}
	})
}

func checkModule(t *testing.T, path, from, imported string) {
	t.Helper()
	for module, users := range modules {
		if imported == module || strings.HasPrefix(imported, module+"/") {
			if !slices.Contains(users, from) {
				t.Errorf("%s imports %s: only %v may", path, imported, users)
			}
			return
		}
	}
	t.Errorf("%s imports %s: a module that no package is listed for", path, imported)
}

// TestOnlyOneFunctionMakesAFloatOfAnAmount looks for floats anywhere in the
// program but for the one file of the sheet package that writes a number into a
// workbook cell and those that speak of widths, dates and charts.
func TestOnlyOneFunctionMakesAFloatOfAnAmount(t *testing.T) {
	for _, dir := range []string{"internal/money", "internal/ums", "internal/batch", "internal/checkpoint", "internal/recon", "internal/intake"} {
		eachGoFile(t, func(path string) {
			if strings.HasPrefix(filepath.ToSlash(path), dir+"/") && !strings.HasSuffix(path, "_test.go") {
				for _, word := range []string{"float64", "float32"} {
					if at := find(t, path, word); at != "" {
						t.Errorf("%s: a %s where amounts are handled", at, word)
					}
				}
			}
		})
	}
}

func find(t *testing.T, path, word string) string {
	t.Helper()
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var at string
	inspect(f, func(name string, pos token.Pos) {
		if name == word && at == "" {
			at = files.Position(pos).String()
		}
	})
	return at
}

func imports(t *testing.T, path string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, spec := range f.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

func eachGoFile(t *testing.T, visit func(path string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".") && path != ".") {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".go") {
			visit(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
