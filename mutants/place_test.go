package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryDefectStillHasItsPlace, and one alone: a defect whose code was moved
// would otherwise be noticed only when all of them are planted, which takes long.
func TestEveryDefectStillHasItsPlace(t *testing.T) {
	for _, m := range mutants {
		text, err := os.ReadFile(filepath.Join("..", m.file))
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
			continue
		}
		if n := strings.Count(string(text), m.old); n != 1 {
			t.Errorf("%s: %s holds what is to be replaced %d times", m.name, m.file, n)
		}
	}
}
