package cli

import (
	"context"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// World is everything outside that a program may touch.
type World struct {
	Args    []string // without the program's name
	Getenv  func(string) string
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Now     func() time.Time
	Signals *Signals            // nil: none arrive
	Sleep   func(time.Duration) // nil: the machine's own
	Random  io.Reader           // nil: crypto/rand
}

// Pause waits.
func (w World) Pause(d time.Duration) {
	if w.Sleep == nil {
		time.Sleep(d)
		return
	}
	w.Sleep(d)
}

// TheWorld is the process's own.
func TheWorld() World {
	return World{
		Args: os.Args[1:], Getenv: takeSecrets(secretVariables()...),
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Now: time.Now, Signals: WatchSignals(context.Background()),
	}
}

// secretVariables are the environment variables that hold a secret, or an address
// with one in it.
func secretVariables() []string {
	names := []string{"UMS_APP_KEY", EnvPrefix + "NOTIFY_SECRET"}
	for _, flag := range secretFlags {
		names = append(names, variable(flag))
	}
	return names
}

// takeSecrets gives os.Getenv, but for variables that it takes out of the
// process's environment at once: nothing that the program starts inherits them.
func takeSecrets(names ...string) func(string) string {
	taken := map[string]string{}
	for _, name := range names {
		taken[name] = os.Getenv(name)
		_ = os.Unsetenv(name)
	}
	return func(name string) string {
		if value, ok := taken[name]; ok {
			return value
		}
		return os.Getenv(name)
	}
}

// Beijing is the zone of every time that people or the gateway see: UTC+8 all
// year, whatever the machine's zone and its zone database say.
var Beijing = time.FixedZone("CST", 8*60*60)

// IsTerminal tells whether a stream is a terminal.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// TerminalWidth gives a terminal's width in columns, or 80.
func TerminalWidth(stream any) int {
	if f, ok := stream.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 80
}
