// Package checkpoint is the durable memory of files, rows and attempts: one
// SQLite file, which belongs to one environment and is written by one process at
// a time. It implements batch.Journal.
//
// # What is in it
//
// schema/001.sql says it, and reads as the specification: a row never moves
// where batch.Transitions does not lead; it is sending only with its attempt on
// record, completed only with its result; attempts, answers and results are
// appended and never change. The database refuses anything else by itself.
//
// # Durability
//
// Write-ahead log and synchronous=FULL: what a method wrote is on disk when it
// returns. One goroutine writes (writer.go); it takes all the moves that are
// waiting and commits them together, so that the disk's latency is shared. A move
// that nothing waits for (batch.Move.Patient: a plain success, while others are
// being sent) waits up to 110 ms for one that something waits for, so that at ten
// rows a second and more a row costs one flush instead of two; a crash in between
// leaves it sending, and it is asked about. When the disk fails, the writer stops for good and says
// so to everyone: a journal that may have lost something is not written further.
//
// The writer's statements (statement.go) are executed on the driver itself, each
// in one call into C; the hashes of a row's two usual moves are made before
// (foresee.go). An import writes many bills with one of them (together.go),
// and goes back to one by one where anything is to be said of a bill; whose each
// order id is, it writes for many bills at last, in the ids' own order (claim.go).
//
// # What it forgets, and what is changed in it
//
// anchor.go: a small file beside the checkpoint remembers how far it had come, so
// that one that was restored from a backup, or put in the place of a lost one,
// knows that it may have forgotten sends. chain.go: each bill's events are chained
// by hashes, so that one that was changed, added or taken away is found (Verify).
//
// genuine.go and tamper.go: before it is opened for writing, a checkpoint is looked
// at through connections that cannot: whose it is, whether its rules are the ones
// that this program made, and whether the log beside it is its own.
//
// # What was handed back
//
// handed.go: the results files that were written, by their hashes. One that is
// otherwise now was saved by somebody, and is not written over.
//
// # Who may open it
//
// Open takes an operating-system lock on FILE.lock before it looks at anything,
// and holds it until Close; a crashed holder's lock is gone with it. OpenRead
// takes none and writes nothing, so status and reports never disturb a run.
//
// Amounts are in fen; moments are stored as microseconds since 1970 in UTC.
package checkpoint
