package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// TestAReaderThatLeavesDoesNotKillTheProcess has standard output closed by
// whoever reads it, as "| head" does, in a process of its own.
func TestAReaderThatLeavesDoesNotKillTheProcess(t *testing.T) {
	const child = "CLI_TEST_WRITES_TO_NOBODY"
	if os.Getenv(child) != "" {
		WatchSignals(context.Background())
		fmt.Println("nobody reads this")
		os.Exit(42)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := read.Close(); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Args[0], "-test.run=^TestAReaderThatLeavesDoesNotKillTheProcess$")
	c.Env = append(os.Environ(), child+"=1")
	c.Stdout = write
	err = c.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 42 {
		t.Errorf("it ended otherwise: %v", err)
	}
}
