// Package batch is the domain: a bill's row, the states of its life, the moves
// between them, and the Runner that works a batch off.
package batch
