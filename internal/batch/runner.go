package batch

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"batchcomplete/internal/money"
	"batchcomplete/internal/ums"
)

// maxSends is how often one run sends one row, at most.
const maxSends = 3

// page is how many rows the dispatcher reads from the journal at a time: enough
// that what beginning to read costs does not matter, few enough that they take
// little memory.
const page = 1000

// Runner works rows off: it sends what is pending, asks about what is in doubt,
// and stops when there is nothing left, its time is up, or a brake says so. The
// zero Runner sends nothing.
//
// One goroutine, the dispatcher, decides what is done next and counts what came
// of it; the workers only send, ask and record.
type Runner struct {
	Gateway Gateway
	Journal Journal
	// Pace waits for the next turn under the rate limit.
	Pace func(context.Context) error
	Now  func() time.Time
	Log  *slog.Logger
	// Observe is told of every move, from one goroutine; it may be nil.
	Observe func(Step)

	// Env is the environment, for the order ids of a bill's other generations.
	Env   string
	Send  bool    // pending rows are sent; otherwise only doubts are resolved
	Among []int64 // only these rows, ascending; nil: every row of the journal

	Workers           int // requests in flight, at most
	SettleWindow      time.Duration
	ResolveFor        time.Duration // how long to go on resolving once nothing is left to send
	Deadline          time.Time     // begin nothing new after it; zero: none
	StopAfterFailures int
	MaxUnknown        money.Fen
}

// Step is one move of one row, as it is shown to whoever watches.
type Step struct {
	Row      Row // as it was before
	From, To State
	Query    bool
	Answer   ums.Answer
}

// Run rescues what a crash left, then sends and resolves. It gives the reason
// why it stopped early, NotStopped where nothing more was to be done.
//
// When drain is done nothing new is begun and what is in flight is finished and
// recorded; when hard is done that too is cut short. An error means that the
// journal or its surroundings are in danger; every row is then as the journal
// has it, and the next run begins by asking about those in doubt.
func (r *Runner) Run(drain, hard context.Context) (Stop, error) {
	if _, err := r.Journal.Rescue(hard, r.Now()); err != nil {
		return NotStopped, err
	}
	d := &dispatcher{
		Runner: r, started: r.Now(), sends: map[int64]int{},
		brakes: brakes{failuresAllowed: r.StopAfterFailures, doubtAllowed: r.MaxUnknown},
	}
	stop, err := r.round(drain, hard, d)
	if !d.forgetful || stop != NotStopped || err != nil {
		return stop, err
	}
	// The journal turned out to be forgetful, and knows it now: from the beginning,
	// with nothing in flight, and once only.
	d.brakes.doubt = 0
	return r.round(drain, hard, &dispatcher{Runner: r, started: d.started, sends: d.sends, brakes: d.brakes, warned: true})
}

// round has workers do what a dispatcher hands out, until it hands out no more.
func (r *Runner) round(drain, hard context.Context, d *dispatcher) (Stop, error) {
	drain, cancel := context.WithCancel(drain)
	defer cancel()
	d.drain, d.stopDraining = drain, cancel
	d.work, d.results = make(chan task), make(chan result)
	if err := d.load(); err != nil {
		return NotStopped, err
	}
	slots := make(chan struct{}, max(1, r.Workers))
	var workers sync.WaitGroup
	for range 2*cap(slots) - 1 {
		workers.Go(func() { r.worker(drain, hard, d.work, d.results, slots) })
	}
	stop, err := d.run()
	close(d.work)
	workers.Wait()
	return stop, err
}

// worker does one task after the other. It takes one only while it holds a slot,
// of which there are as many as requests may be in flight. A plain success frees
// its slot when the reply is there, so that the next request is on its way while
// the disk takes in the last one's outcome; any other answer keeps it until the
// dispatcher has heard, so that a brake stops as early as it can. There are nearly
// twice as many workers as slots for that; of one slot there is one worker, and
// everything is strictly in turn.
func (r *Runner) worker(drain, hard context.Context, work <-chan task, results chan<- result, slots chan struct{}) {
	for {
		slots <- struct{}{}
		free := sync.OnceFunc(func() { <-slots })
		t, more := <-work
		if !more {
			free()
			return
		}
		var done result
		switch t.kind {
		case toSend:
			done = r.send(drain, hard, t, free)
		case toQuery:
			done = r.query(drain, hard, t.id)
		case toDate:
			done = r.date(drain, hard, t.row)
		}
		done.task = t
		results <- done
		free()
	}
}
