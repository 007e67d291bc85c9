package main

import (
	"os"
	_ "time/tzdata" // cron's machines may have no zone database

	"batchcomplete/internal/cli"
)

func main() {
	cli.Harden()
	cli.BoundMemory()
	os.Exit(int(Run(cli.TheWorld())))
}
