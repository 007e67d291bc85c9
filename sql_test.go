package batchcomplete

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var sqlWords = regexp.MustCompile(`\b(SELECT|INSERT|UPDATE|DELETE|WHERE|FROM|JOIN|ORDER BY|PRAGMA|CREATE|DROP|ALTER)\b`)

// TestSQLHasParametersOnly: statements are made of literals and constants. What
// else is joined to one is named here, with the reason; a value never is.
func TestSQLHasParametersOnly(t *testing.T) {
	excused := []string{
		"where",       // Filter.where: conditions that are literals, each with a parameter
		"conditions",  // what add, below, was given
		"from",        // the same with the tables before it
		"want.pragma", // a table of literals two lines above
	}
	constants := []string{}
	inCheckpoint := func(path string) bool { return strings.HasPrefix(path, "internal/checkpoint/") }
	eachProgramFile(t, func(path string, _ *token.FileSet, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			if decl, ok := n.(*ast.GenDecl); ok && decl.Tok == token.CONST && inCheckpoint(path) {
				for _, spec := range decl.Specs {
					for _, name := range spec.(*ast.ValueSpec).Names {
						constants = append(constants, name.Name)
					}
				}
			}
			return true
		})
	})
	statements := 0
	eachProgramFile(t, func(path string, files *token.FileSet, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				parts := leaves(n)
				if n.Op != token.ADD || !inCheckpoint(path) || !slices.ContainsFunc(parts, isSQL) {
					return true
				}
				statements++
				for _, part := range parts {
					if name := nameOf(part); name != "" && !slices.Contains(constants, name) && !slices.Contains(excused, name) || name == "" && !isLiteral(part) {
						t.Errorf("%s: %q is joined to SQL: give it as a parameter", files.Position(part.Pos()), name)
					}
				}
				return false
			case *ast.CallExpr:
				if add, ok := n.Fun.(*ast.Ident); ok && add.Name == "add" && inCheckpoint(path) && !isLiteral(n.Args[0]) {
					t.Errorf("%s: a condition that is no literal", files.Position(n.Pos()))
				}
				sel, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || !strings.HasPrefix(sel.Sel.Name, "Sprint") || !inCheckpoint(path) {
					return true
				}
				for _, arg := range n.Args {
					if lit, ok := arg.(*ast.BasicLit); ok && isSQL(lit) && !strings.Contains(lit.Value, "PRAGMA application_id = %d") && !strings.Contains(lit.Value, "PRAGMA user_version = %d") {
						t.Errorf("%s: SQL is printed: give values as parameters", files.Position(lit.Pos()))
					}
				}
			}
			return true
		})
	})
	if statements < 10 {
		t.Errorf("only %d statements were found", statements)
	}
}

// TestWhatIsHandedToSQLiteIsAStatementOfOurs follows the text of every statement
// to the call that takes it: it is a literal, a constant, or a name that is given
// nothing but those.
func TestWhatIsHandedToSQLiteIsAStatementOfOurs(t *testing.T) {
	// Where each of these comes from; every assignment to one is looked at below.
	passed := []string{"where", "from", "query", "statement", "pragma", "s.text", "want.pragma"}
	constant := map[string]bool{"schema": true} // embedded
	calls := 0
	checkpoints := func(visit func(files *token.FileSet, n ast.Node)) {
		eachProgramFile(t, func(path string, files *token.FileSet, f *ast.File) {
			if strings.HasPrefix(path, "internal/checkpoint/") {
				ast.Inspect(f, func(n ast.Node) bool { visit(files, n); return true })
			}
		})
	}
	checkpoints(func(_ *token.FileSet, n ast.Node) {
		if decl, ok := n.(*ast.GenDecl); ok && decl.Tok == token.CONST {
			for _, spec := range decl.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					constant[name.Name] = true
				}
			}
		}
	})
	ours := func(e ast.Expr) bool {
		return !slices.ContainsFunc(leaves(e), func(part ast.Expr) bool {
			name := nameOf(part)
			return !isLiteral(part) && !constant[name] && !slices.Contains(passed, name)
		})
	}
	checkpoints(func(files *token.FileSet, n ast.Node) {
		switch n := n.(type) {
		case *ast.CallExpr:
			text := statementOf(n)
			if text == nil {
				return
			}
			if calls++; !ours(text) {
				t.Errorf("%s: this is no statement of ours, or not seen to be one", files.Position(text.Pos()))
			}
		case *ast.AssignStmt:
			for i, to := range n.Lhs {
				if name := nameOf(to); name == "" || !slices.Contains(passed, name) {
					continue
				}
				from, many := n.Rhs[min(i, len(n.Rhs)-1)], len(n.Rhs) < len(n.Lhs)
				if call, ok := from.(*ast.CallExpr); many && ok && isWhere(call) {
					continue
				}
				if n.Tok == token.ADD_ASSIGN || !ours(from) {
					t.Errorf("%s: %s is given what is no statement of ours", files.Position(n.Pos()), nameOf(to))
				}
			}
		}
	})
	if calls < 30 {
		t.Errorf("only %d calls were found", calls)
	}
}

// isWhere tells Filter.where, whose conditions TestSQLHasParametersOnly looks at.
func isWhere(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "where"
}

// statementOf gives the text that a call hands to SQLite; nil where it hands none,
// or values to a statement that was prepared.
func statementOf(call *ast.CallExpr) ast.Expr {
	if prepare, ok := call.Fun.(*ast.Ident); ok && prepare.Name == "prepareOn" {
		return call.Args[1]
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	at := 1
	switch sel.Sel.Name {
	case "ExecContext", "QueryContext", "QueryRowContext", "PrepareContext", "each", "batches":
	case "Exec", "Query", "QueryRow", "Prepare":
		if at = 0; !slices.Contains([]string{"pool", "c", "conn", "tx"}, nameOf(sel.X)) {
			return nil
		}
	default:
		return nil
	}
	if of, ok := sel.X.(*ast.SelectorExpr); ok {
		if root, ok := of.X.(*ast.SelectorExpr); ok && root.Sel.Name == "queries" {
			return nil
		}
		if of.Sel.Name == "stmt" { // the driver's own, prepared by prepareOn
			return nil
		}
	}
	if len(call.Args) <= at {
		return nil
	}
	return call.Args[at]
}

func leaves(e ast.Expr) []ast.Expr {
	if b, ok := e.(*ast.BinaryExpr); ok {
		return append(leaves(b.X), leaves(b.Y)...)
	}
	return []ast.Expr{e}
}

func isLiteral(e ast.Expr) bool { _, ok := e.(*ast.BasicLit); return ok }

func isSQL(e ast.Expr) bool {
	lit, ok := e.(*ast.BasicLit)
	return ok && lit.Kind == token.STRING && sqlWords.MatchString(lit.Value)
}

// nameOf gives a name, or a field's with what it belongs to; "" for all else.
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if root, ok := e.X.(*ast.Ident); ok {
			return root.Name + "." + e.Sel.Name
		}
	case *ast.CallExpr: // strings.Join(conditions, …)
		if sel, ok := e.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Join" {
			return nameOf(e.Args[0])
		}
	}
	return ""
}
