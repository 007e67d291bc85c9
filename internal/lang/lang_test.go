package lang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// composed are the beginnings of keys that are put together from a word that is
// data (a state, a code, a flag); tests beside that data see to their texts.
var composed = []string{
	"notify.", "cli.exit.", "state.", "code.", "flag.", "cmd.", "batchcomplete.stop.", "batchcomplete.results.",
	"batchcomplete.show.", "batchcomplete.verify.", "sheet.", "intake.", "checkpoint.", "recon.", "reconcile.", "manual.file.", "manual.result.",
}

var key = regexp.MustCompile(`^(cli|notify|manual|state|code|flag|cmd|sheet|intake|checkpoint|recon|reconcile|batchcomplete)(\.[A-Za-z0-9_-]+)+$`)

// TestEveryKeyThatIsUsedIsInTheCatalogue reads every string of the source tree
// that looks like a key.
func TestEveryKeyThatIsUsedIsInTheCatalogue(t *testing.T) {
	used := usedKeys(t)
	for k, where := range used {
		if !Has(k) {
			t.Errorf("%s: the catalogue has no %q", where, k)
		}
	}
	for k := range catalogue {
		if used[k] == "" && !slices.ContainsFunc(composed, func(start string) bool { return strings.HasPrefix(k, start) }) {
			t.Errorf("the catalogue's %q is used nowhere", k)
		}
	}
}

func TestBothLanguagesTakeTheSameArguments(t *testing.T) {
	for k, text := range catalogue {
		if text.Zh == "" || text.En == "" {
			t.Errorf("%q lacks a language", k)
		}
		if zh, en := verbs(text.Zh), verbs(text.En); !slices.Equal(zh, en) {
			t.Errorf("%q: the Chinese text takes %v, the English %v", k, zh, en)
		}
	}
}

func TestALackingKeyIsVisible(t *testing.T) {
	if got := Zh.T("no.such.key"); got != "[no.such.key]" {
		t.Errorf("got %q", got)
	}
}

func TestLanguageComesFromTheLocaleElseChinese(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want Lang
	}{
		{nil, Zh},
		{map[string]string{"LANG": "C.UTF-8"}, Zh},
		{map[string]string{"LANG": "zh_CN.UTF-8"}, Zh},
		{map[string]string{"LANG": "en_GB.UTF-8"}, En},
		{map[string]string{"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, Zh},
		{map[string]string{"LC_MESSAGES": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, En},
	} {
		if got := FromLocale(func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%v: got %v, want %v", c.env, got, c.want)
		}
	}
}

var verb = regexp.MustCompile(`%(\[(\d+)\])?[-+# 0]*\d*(\.\d+)?([a-zA-Z%])`)

// verbs lists what a format takes, in the order of the arguments.
func verbs(format string) []string {
	var list []string
	for i, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[4] == "%" {
			continue
		}
		position := strconv.Itoa(i + 1)
		if m[2] != "" {
			position = m[2]
		}
		list = append(list, position+m[4])
	}
	slices.Sort(list)
	return list
}

func usedKeys(t *testing.T) map[string]string {
	t.Helper()
	used := map[string]string{}
	for _, root := range []string{"../../internal", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || filepath.Base(filepath.Dir(path)) == "lang" {
				return err
			}
			collectKeys(t, path, used)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return used
}

func collectKeys(t *testing.T, path string, used map[string]string) {
	t.Helper()
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		text, err := strconv.Unquote(literal.Value)
		if err == nil && key.MatchString(text) && !strings.HasSuffix(text, ".") {
			used[text] = files.Position(literal.Pos()).String()
		}
		return true
	})
}
