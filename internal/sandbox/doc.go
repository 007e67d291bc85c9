// Package sandbox is a simulated UMS gateway with books of its own: to rehearse
// against, and to test against.
//
// It shares no code with the client: it has its own wire types and checks
// signatures by itself, so that a mistake in one is not repeated in the other. It
// answers as the official page shows (top-level authedOrderId empty, amounts as
// strings and as numbers), executes a completion once per order id and once per
// bill, and keeps every execution in a ledger, in a file where it is given one.
// The ledger is the oracle of "never twice".
//
// A Behaviour decides which request meets which fault (fault.go lists them).
// Scripted, which rehearsals use, goes by the last digits of the amount, so that
// whoever fills in a spreadsheet can bring about what they want to see.
package sandbox
