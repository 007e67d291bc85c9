package batchcomplete

import (
	"go/ast"
	"go/token"
)

// inspect visits every identifier of a file.
func inspect(f *ast.File, visit func(name string, pos token.Pos)) {
	ast.Inspect(f, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			visit(id.Name, id.Pos())
		}
		return true
	})
}
