package batch

import (
	"context"
	"errors"
	"time"

	"batchcomplete/internal/ums"
)

// Gateway is the payment gateway as the Runner needs it; *ums.Client is one.
// Neither method sends a request more than once, whatever happens, and neither
// returns an error: what went wrong is in the Answer.
type Gateway interface {
	// Complete asks for the completion. The caller has the intent on disk.
	Complete(ctx context.Context, c ums.Completion) ums.Answer
	// Query asks what became of a completion that may have been sent.
	Query(ctx context.Context, c ums.Completion) ums.Answer
}

// ErrMoved says that a row was not in the state that a move started from:
// somebody else moved it, or it has gone on. Nothing was written.
var ErrMoved = errors.New("the row is no longer in the state that this move starts from")

// Journal is the durable memory of rows and of what was done about them;
// *checkpoint.DB is one. What a method wrote is on disk when it returns nil. An
// error other than ErrMoved means that the journal itself is in danger, and the
// run stops.
//
// Methods may be called from many goroutines; the journal writes many callers'
// moves in one transaction.
type Journal interface {
	// Rescue moves every row that is found sending to unknown, and tells how many:
	// a run that was killed left them. The caller holds the lock that says that no
	// other run is alive.
	Rescue(ctx context.Context, now time.Time) (int, error)

	// Distrust keeps that the journal may have forgotten what was sent before that
	// moment: it was restored from a backup, or lost. Every bill that existed by
	// then is asked about before its first send from then on (Suspect).
	Distrust(ctx context.Context, before time.Time) error

	// Suspect moves every row that Distrust concerns (Concerned) to unknown, with
	// now as the moment of its last send, and tells how many. Without distrust it
	// does nothing. among restricts it as in Rows.
	Suspect(ctx context.Context, now time.Time, among []int64) (int, error)

	// Undated gives up to limit completed rows whose settle date the gateway has
	// not given yet, completed after since, whose ID is above after, in order.
	Undated(ctx context.Context, since time.Time, after int64, limit int) ([]Row, error)

	// Date sets the settle date of a completed row that has none. ErrMoved where
	// it has one, or is not completed.
	Date(ctx context.Context, id int64, date string, a ums.Answer, now time.Time) error

	// Rows gives up to limit rows in that state whose ID is above after, in
	// ascending order of ID. among restricts them to these IDs where it is not nil.
	Rows(ctx context.Context, state State, after int64, limit int, among []int64) ([]Row, error)

	// Intend moves a pending row, as it was read, to sending and appends the
	// attempt, in one transaction: attempts and sends each go up by one, SentAt
	// becomes now. The row comes back as it then is; ErrMoved where it is no longer
	// as it was read. Nothing may be sent before it returned nil.
	Intend(ctx context.Context, row Row, now time.Time) (Row, error)

	// Move makes one move of one row and appends what caused it, in one
	// transaction. ErrMoved where the row is not in m.From.
	Move(ctx context.Context, m Move) error
}

// Move is one step of a row's life, with what caused it.
type Move struct {
	ID       int64
	Cause    Cause
	From, To State
	At       time.Time
	// Answer is what the gateway said; zero for moves that no answer caused. A
	// move to Completed stores Answer.Payment. Answer.Raw is kept unless the
	// answer is a plain success.
	Answer ums.Answer
	// AbsentAt replaces the row's, and is the zero time where no absence counts.
	AbsentAt time.Time
	// NextOrderID starts a new generation under that order id (ByRetry, or a
	// person's decision to send a declined bill again). Empty keeps both.
	NextOrderID string
	// Patient says that nothing waits for this move: the journal may write it some
	// milliseconds later, together with one that something waits for.
	Patient bool
	// Actor and Reason are a person's, kept word for word.
	Actor, Reason string
}
