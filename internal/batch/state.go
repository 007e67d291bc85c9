package batch

import (
	"fmt"
	"slices"
)

// State is where a row stands. The words are a contract: they stand in the
// checkpoint, in --json, in CSV output and in the documentation.
type State string

// The states. Invalid and Duplicate are given while a file is read; the others
// are a bill's life.
const (
	Invalid   State = "invalid"   // refused while reading the file; final
	Duplicate State = "duplicate" // the same bill as an earlier row; final
	Pending   State = "pending"   // ready; nothing is outstanding
	Sending   State = "sending"   // the intent is on disk; a request may be out
	Unknown   State = "unknown"   // a request may have been executed; ask first
	Held      State = "held"      // answers contradict each other; a person decides
	Completed State = "completed" // the gateway says so, ids and amount agree; final
	Declined  State = "declined"  // definitely refused; final for its order id
)

// States lists every state in the order in which people are shown them.
var States = []State{Completed, Declined, Unknown, Held, Sending, Pending, Invalid, Duplicate}

// ParseState reads a state's word.
func ParseState(word string) (State, error) {
	if s := State(word); slices.Contains(States, s) {
		return s, nil
	}
	return "", fmt.Errorf("%q is not a state; the states are %v", word, States)
}

// Open tells whether something is still to be done with a row in that state by
// the program itself.
func (s State) Open() bool { return s == Pending || s == Sending || s == Unknown }

// Cause is who or what moves a row.
type Cause string

// The causes.
const (
	BySend   Cause = "send"   // the intent, and the answer to it
	ByQuery  Cause = "query"  // the gateway was asked
	ByRescue Cause = "rescue" // found sending at start-up: a crash
	ByVerify Cause = "verify" // the journal may have forgotten a send of it
	ByPerson Cause = "decide" // batchcomplete decide
	ByRetry  Cause = "retry"  // batchcomplete retry
)

// Transition is one permitted move.
type Transition struct {
	Cause    Cause
	From, To State
}

// Transitions is the whole of a row's life (design: a row's life). What is not
// in it does not happen: Move refuses it here, and the checkpoint's triggers
// refuse it there.
var Transitions = []Transition{
	{BySend, Pending, Sending},
	{BySend, Sending, Completed},
	{BySend, Sending, Declined},
	{BySend, Sending, Held},
	{BySend, Sending, Unknown},
	{BySend, Sending, Pending},
	{ByRescue, Sending, Unknown},
	{ByVerify, Pending, Unknown},
	{ByVerify, Unknown, Unknown},
	{ByVerify, Declined, Unknown},
	{ByQuery, Unknown, Completed},
	{ByQuery, Unknown, Declined},
	{ByQuery, Unknown, Held},
	{ByQuery, Unknown, Unknown},
	{ByQuery, Unknown, Pending},
	{ByPerson, Held, Completed},
	{ByPerson, Held, Declined},
	{ByPerson, Held, Pending},
	{ByPerson, Unknown, Completed},
	{ByPerson, Unknown, Declined},
	{ByPerson, Unknown, Pending},
	{ByRetry, Declined, Pending},
}

// Legal tells whether that cause may move a row so.
func Legal(cause Cause, from, to State) bool {
	return slices.Contains(Transitions, Transition{cause, from, to})
}
