package cli

import (
	"math"
	"os"
	"runtime/debug"
)

// memoryLimit is what the program's own memory is kept near, where what it has to
// hold allows: a heap may otherwise grow to twice of that before it is cleaned.
const memoryLimit = 192 << 20

// UnboundMemory is for what has to hold more and more, as a gateway's books do: near
// the bound, cleaning a heap that cannot shrink would take most of the time.
func UnboundMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(math.MaxInt64)
	}
}

// BoundMemory has the heap cleaned in time, unless GOMEMLIMIT says another bound.
func BoundMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// CollectLess is for work that has a few MiB live, whatever the number of rows:
// collecting them less often costs little memory and spares some of the CPU.
func CollectLess() (asBefore func()) {
	percent := debug.SetGCPercent(400)
	return func() { debug.SetGCPercent(percent) }
}
