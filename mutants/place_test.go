package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryDefectStillHasItsPlace: a defect whose code was moved would otherwise
// be noticed only when all of them are planted, which takes long.
func TestEveryDefectStillHasItsPlace(t *testing.T) {
	for _, m := range mutants {
		text, err := os.ReadFile(filepath.Join("..", m.file))
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
			continue
		}
		if !strings.Contains(string(text), m.old) {
			t.Errorf("%s: %s does not hold what is to be replaced", m.name, m.file)
		}
	}
}
