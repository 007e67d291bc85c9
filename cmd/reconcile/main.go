package main

import (
	"os"
	"runtime/debug"
	_ "time/tzdata" // cron's machines may have no zone database

	"batchcomplete/internal/cli"
)

// gcPercent lets the heap grow by half before it is cleaned, not to the double: a
// million lines are kept in memory for as long as the program runs.
const gcPercent = 50

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	os.Exit(int(Run(cli.TheWorld())))
}
