package cli

import (
	"os"
	"runtime/debug"
)

// memoryLimit is what the program's own memory is kept near, where what it has to
// hold allows: a heap may otherwise grow to twice of that before it is cleaned.
const memoryLimit = 192 << 20

// BoundMemory has the heap cleaned in time, unless GOMEMLIMIT says another bound.
func BoundMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}
