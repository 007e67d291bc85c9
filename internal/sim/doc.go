// Package sim proves the first three promises, never twice, nothing lost, never
// a wrong amount, by living through many bad nights. It has tests alone.
//
// # What is real
//
// The Runner, the client, the gateway's server code and the checkpoint are the
// program's own: SQLite writes a real file, net/http speaks over a network in
// memory (sandbox/memnet). Only time is not real: each seed is one
// testing/synctest bubble, so that hours of waiting cost nothing. Calls into
// SQLite do not trouble the bubble: time stands still while one is under way.
//
// # What a seed is
//
// From the seed come the bills, the faults that each request meets, how slow
// everything is, when the process dies and between which two steps, what
// operators do, which backups are restored and how wrong the machine's clock is
// (plot_test.go). The gateway keeps books of its own, and in half of the seeds
// it would pay anything as often as it is asked to. At the end the gateway is
// healthy; the program must then come to an end by itself, and invariants_test.go
// compares what it knows with what the gateway's books say.
//
// Whatever would happen at one and the same moment is kept apart by small
// delays, which come from the seed as well; each row, connection and bill draws
// its own, so that it does not matter who is first. So a seed takes the same
// course when it is run again:
//
//	go test ./internal/sim -run TestSeeds -seed=N -v
//
// # What is assumed of the gateway
//
// That a settle window (10 minutes here) is longer than a request can stay under
// way in it, plus what its answers to queries can lag behind, plus what the
// machine's clock can be wrong by. No client can do without an assumption of
// that kind; docs/reliability.md says how to find out about the first two.
package sim
