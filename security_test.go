package batchcomplete

import (
	"go/ast"
	"go/parser"
	"go/token"
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
