package batchcomplete

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// eachProgramFile parses every file that is part of the programs: no tests, and
// nothing that only makes samples or plants defects.
func eachProgramFile(t *testing.T, visit func(path string, files *token.FileSet, f *ast.File)) {
	t.Helper()
	seen := 0
	eachGoFile(t, func(path string) {
		if strings.HasSuffix(path, "_test.go") || !strings.HasPrefix(path, "cmd/") && !strings.HasPrefix(path, "internal/") {
			return
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		seen++
		visit(path, files, f)
	})
	if seen < 50 {
		t.Errorf("only %d files were looked at", seen)
	}
}

// TestVerificationCannotBeSwitchedOff: whatever takes a certificate's check out
// of crypto/tls's hands, or a request past the one client, is not in the source.
func TestVerificationCannotBeSwitchedOff(t *testing.T) {
	forbidden := map[string]string{
		"InsecureSkipVerify": "it switches verification off", "VerifyPeerCertificate": "it replaces verification", "VerifyConnection": "it replaces verification",
		"ProxyFromEnvironment": "the environment does not choose a proxy", "DefaultTransport": "it takes a proxy from the environment", "DefaultClient": "it follows redirects",
	}
	eachProgramFile(t, func(_ string, files *token.FileSet, f *ast.File) {
		inspect(f, func(name string, pos token.Pos) {
			if why := forbidden[name]; why != "" {
				t.Errorf("%s: %s: %s", files.Position(pos), name, why)
			}
		})
	})
}

// TestHTTPIsSpokenThroughAClientOfOurOwn: http.Get and its like follow redirects
// and take a proxy from the environment.
func TestHTTPIsSpokenThroughAClientOfOurOwn(t *testing.T) {
	eachProgramFile(t, func(_ string, files *token.FileSet, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if pkg, ok := n.X.(*ast.Ident); ok && pkg.Name == "http" {
					switch n.Sel.Name {
					case "Get", "Post", "PostForm", "Head":
						t.Errorf("%s: http.%s", files.Position(n.Pos()), n.Sel.Name)
					}
				}
			case *ast.CompositeLit:
				// A client without a transport of its own has the default one.
				sel, ok := n.Type.(*ast.SelectorExpr)
				if !ok || sel.Sel.Name != "Client" {
					return true
				}
				if pkg, ok := sel.X.(*ast.Ident); !ok || pkg.Name != "http" {
					return true
				}
				for _, field := range []string{"Transport", "CheckRedirect"} {
					if !hasField(n, field) {
						t.Errorf("%s: an http.Client without %s", files.Position(n.Pos()), field)
					}
				}
			}
			return true
		})
	})
}

func hasField(lit *ast.CompositeLit, name string) bool {
	for _, element := range lit.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.Ident); ok && key.Name == name {
				return true
			}
		}
	}
	return false
}

// TestFilesAreWrittenInOneWay: internal/sheet's, which follows no link and
// overwrites nothing of anybody else's. Whatever else makes a file, names one or
// changes one by its name stands here, with the reason.
func TestFilesAreWrittenInOneWay(t *testing.T) {
	excused := map[string]string{
		"internal/sheet/write.go CreateTemp":         "the one way",
		"internal/sheet/write.go OpenFile":           "for reading alone",
		"internal/sheet/give.go Rename":              "the one way",
		"internal/sheet/give.go Link":                "the one way",
		"internal/checkpoint/open.go OpenFile":       "the checkpoint, which is looked at first (ownFiles)",
		"internal/checkpoint/anchor.go CreateTemp":   "the anchor, in the checkpoint's own folder",
		"internal/checkpoint/anchor.go Rename":       "the anchor, in the checkpoint's own folder",
		"internal/sandbox/books.go OpenFile":         "the sandbox's ledger, which is only appended to",
		"internal/sheet/table.go OpenFile":           "for reading alone",
		"internal/cli/private_unix.go OpenFile":      "for reading alone",
		"internal/recon/lines.go CreateTemp":         "a file without a name",
		"cmd/batchcomplete/export.go Rename":         "a whole folder, whose files were written in the one way",
		"internal/manual/block.go WriteFile":         "make docs",
		"internal/manual/pages.go WriteFile":         "make share",
		"internal/sheet/sheettest/book.go WriteFile": "for tests alone",
	}
	seen := map[string]bool{}
	eachProgramFile(t, func(path string, files *token.FileSet, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); !ok || pkg.Name != "os" {
				return true
			}
			switch sel.Sel.Name {
			case "Create", "CreateTemp", "OpenFile", "WriteFile", "Rename", "Link", "Symlink", "Chmod", "Chown", "Lchown", "Truncate", "CopyFS":
				what := path + " " + sel.Sel.Name
				if seen[what] = true; excused[what] == "" {
					t.Errorf("%s: os.%s", files.Position(n.Pos()), sel.Sel.Name)
				}
			}
			return true
		})
	})
	for what := range excused {
		if !seen[what] {
			t.Errorf("%s is excused and not there", what)
		}
	}
}

// TestWhatIsPrintedWentThroughTheCatalogue: a text that somebody else wrote may
// reach a terminal as an argument of lang.T, or made printable, and in no other
// way. Tables, JSON and CSV have writers of their own.
func TestWhatIsPrintedWentThroughTheCatalogue(t *testing.T) {
	// What these hold is the program's own, or JSON that was made printable.
	excused := map[string][]string{
		"cmd/batchcomplete/small.go":  {"sandboxAppID", "key", "server", "program", "v", "d"},
		"cmd/batchcomplete/status.go": {"separator", "text"},
		"internal/cli/exit.go":        {"program"},
	}
	seen := 0
	eachProgramFile(t, func(path string, files *token.FileSet, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !isFprint(call) {
				return true
			}
			seen++
			for _, arg := range call.Args[1:] {
				if !printable(arg, excused[path]) {
					t.Errorf("%s: this is printed as it is: set it into a message (lang.T), or make it cli.Printable", files.Position(arg.Pos()))
				}
			}
			return true
		})
	})
	if seen < 20 {
		t.Errorf("only %d calls were found", seen)
	}
}

// isFprint tells a call of fmt's that prints to a stream, and not to a buffer or
// a formatter of ours.
func isFprint(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) < 2 {
		return false
	}
	if pkg, ok := sel.X.(*ast.Ident); !ok || pkg.Name != "fmt" || !strings.HasPrefix(sel.Sel.Name, "Fprint") && !strings.HasPrefix(sel.Sel.Name, "Print") {
		return false
	}
	switch to := call.Args[0].(type) {
	case *ast.UnaryExpr: // &b
		return false
	case *ast.Ident:
		return to.Name == "w" || to.Name == "out" || to.Name == "stdout" || to.Name == "stderr"
	}
	return true
}

// printable tells expressions that are the program's own words, or were made
// printable.
func printable(e ast.Expr, excused []string) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return slices.Contains(excused, e.Name)
	case *ast.ParenExpr:
		return printable(e.X, excused)
	case *ast.BinaryExpr:
		return printable(e.X, excused) && printable(e.Y, excused)
	case *ast.SelectorExpr:
		root, ok := e.X.(*ast.Ident)
		return ok && slices.Contains(excused, root.Name)
	case *ast.CallExpr:
		if sel, ok := e.Fun.(*ast.SelectorExpr); ok {
			switch sel.Sel.Name {
			case "T", "Tell", "OneLine", "Printable", "Visible", "ExitTable":
				return true
			}
			if root, ok := sel.X.(*ast.Ident); ok {
				return slices.Contains(excused, root.Name)
			}
		}
		if f, ok := e.Fun.(*ast.Ident); ok {
			if f.Name == "banner" { // puts colours around a text
				return printable(e.Args[0], excused)
			}
			return f.Name == "lines" || f.Name == "Printable" || f.Name == "OneLine"
		}
	}
	return false
}
