package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"batchcomplete/internal/lang"
)

// Code is an exit code. The numbers are a contract with the scripts that call
// the programs.
type Code int

// The exit codes.
const (
	OK          Code = 0   // all asked for is done, or there was nothing to do
	Failed      Code = 1   // the program or its surroundings failed; rows are safe
	Usage       Code = 2   // wrong usage or configuration
	Differences Code = 3   // rows declined or invalid; reconcile: differences
	Doubt       Code = 4   // rows remain unknown or held
	Brake       Code = 5   // a brake stopped it
	TimeUp      Code = 6   // its time was up; rows remain pending
	Refused     Code = 10  // an input was refused as a whole
	Busy        Code = 11  // another run holds the checkpoint
	Interrupted Code = 130 // SIGINT
	Terminated  Code = 143 // SIGTERM
)

// urgency orders the codes, the most urgent first: what keeps the program from
// working, then what stopped it, then money in doubt, then the rest.
var urgency = []Code{Usage, Busy, Failed, Brake, Terminated, Interrupted, Doubt, Refused, TimeUp, Differences, OK}

// Urgent gives the most urgent of the codes, OK for none. A code that is not
// known counts as a failure.
func Urgent(codes ...Code) Code {
	best := len(urgency) - 1
	for _, code := range codes {
		at := slices.Index(urgency, code)
		if at < 0 {
			at = slices.Index(urgency, Failed)
		}
		best = min(best, at)
	}
	return urgency[best]
}

// Codes lists every exit code, ascending.
var Codes = []Code{OK, Failed, Usage, Differences, Doubt, Brake, TimeUp, Refused, Busy, Interrupted, Terminated}

// ExitText says what a code means. A code that is not known is a failure.
func ExitText(l lang.Lang, code Code) string {
	if code == Terminated {
		code = Interrupted
	}
	if key := "cli.exit." + strconv.Itoa(int(code)); lang.Has(key) {
		return l.T(key)
	}
	return l.T("cli.exit.1")
}

// ExitTable is the table of exit codes for a help text.
func ExitTable(l lang.Lang) string {
	var b strings.Builder
	b.WriteString(l.T("cli.exit.title") + "\n")
	for _, code := range Codes {
		name := strconv.Itoa(int(code))
		switch code {
		case Interrupted:
			name += ", " + strconv.Itoa(int(Terminated))
		case Terminated:
			continue
		}
		fmt.Fprintf(&b, "  %-9s %s\n", name, ExitText(l, code))
	}
	return b.String()
}

// Error is an error that ends the program: what was being done, the code to
// leave with, and what the reader can do next.
type Error struct {
	Code Code
	Err  error
	Hint string // may be empty
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// Fail makes an Error. The text is for people, in their language.
func Fail(code Code, err error, hint string) *Error { return &Error{code, err, hint} }

// Failf makes an Error without a hint.
func Failf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Err: fmt.Errorf(format, args...)}
}

// CodeOf gives the exit code that an error carries: OK for nil, Failed for an
// error that carries none.
func CodeOf(err error) Code {
	if err == nil {
		return OK
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Failed
}

// Report prints an error and its hint for people and gives its code.
func Report(w io.Writer, program string, l lang.Lang, err error) Code {
	if err == nil {
		return OK
	}
	fmt.Fprintf(w, "%s: %s: %s\n", program, l.T("cli.error"), lines(err.Error()))
	var e *Error
	if errors.As(err, &e) && e.Hint != "" {
		fmt.Fprintf(w, "%s: %s: %s\n", program, l.T("cli.hint"), lines(e.Hint))
	}
	return CodeOf(err)
}

// lines makes a text printable; where it has several lines, those after the
// first are set in, so that none can pass for a message of its own.
func lines(text string) string {
	return strings.ReplaceAll(Printable(text), "\n", "\n    ")
}
