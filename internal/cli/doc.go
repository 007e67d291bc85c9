// Package cli is what both programs share at their edge: the exit codes, errors
// that carry one and a hint, signals, the flags and where their values come
// from, logs, and tables for a terminal.
//
// A program is a function of its World (environment, streams, arguments, clock)
// that returns a Code, so that a test calls it as the shell would; only main
// turns the code into os.Exit.
//
// Every flag of both programs stands in one table (flags.go). A flag's value
// comes from the command line, else from the environment (BATCHCOMPLETE_RATE),
// else from the configuration file (rate: 10), else it is the default; Settings
// remembers which.
package cli
