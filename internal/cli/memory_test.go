package cli

import (
	"runtime/debug"
	"testing"
)

// TestTheHeapIsCleanedBeforeItDoubles, unless somebody set another bound.
func TestTheHeapIsCleanedBeforeItDoubles(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	t.Setenv("GOMEMLIMIT", "1GiB")
	if BoundMemory(); debug.SetMemoryLimit(-1) != before {
		t.Error("GOMEMLIMIT is not obeyed")
	}
	t.Setenv("GOMEMLIMIT", "")
	if BoundMemory(); debug.SetMemoryLimit(-1) != memoryLimit {
		t.Error("there is no bound")
	}
}
