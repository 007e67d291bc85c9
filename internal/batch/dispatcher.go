package batch

import (
	"context"
	"log/slog"
	"slices"
	"time"
)

// dispatcher decides, in one goroutine, what the workers do next. Everything in
// it is its own; nothing is shared but the two channels.
type dispatcher struct {
	*Runner
	drain        context.Context
	stopDraining context.CancelFunc // makes workers that wait for their turn give up
	started      time.Time

	work    chan task
	results chan result

	undated []Row  // completed rows whose settle date is asked for when there is nothing else to do
	doubts  agenda // queries, by due time
	again   agenda // sends of rows that came back to pending in this run
	ready   []Row  // pending rows read from the journal, not yet handed out
	after   int64  // the last pending row that was read
	readAll bool   // there are no more pending rows to read

	sends     map[int64]int // sends in this run of rows that are not done with
	inFlight  int
	sending   int       // how many of these are sends
	resolveBy time.Time // when resolving ends; zero until nothing is left to send

	brakes    brakes
	forgetful bool // the journal turned out to be: the round ends
	warned    bool // and that was said
	stop      Stop
	left      Stop // what was passed over, where nothing else stopped the run
	err       error
}

// run hands out tasks until none are left or something stops it, then waits for
// what is in flight.
func (d *dispatcher) run() (Stop, error) {
	for !d.ending() {
		next, wake, any := d.choose()
		if !any && d.inFlight == 0 {
			break
		}
		d.step(next, wake)
	}
	d.stopDraining()
	for d.inFlight > 0 {
		d.take(<-d.results)
	}
	if d.stop == NotStopped && !d.forgetful && d.stillLeft() {
		d.stop = d.left
	}
	return d.stop, d.err
}

// stillLeft tells whether what was passed over on the way is left at the end.
func (d *dispatcher) stillLeft() bool {
	switch d.left {
	case ByResolveFor:
		return len(d.doubts) > 0
	case ByDoubt:
		return d.brakes.tooMuchInDoubt()
	}
	return true
}

// ending tells whether nothing new may begin.
func (d *dispatcher) ending() bool {
	switch {
	case d.err != nil || d.stop != NotStopped || d.forgetful:
	case d.drain.Err() != nil:
		d.stop = BySignal
	case d.clockJumped():
		d.stop = ByClock
	case !d.Deadline.IsZero() && !d.Now().Before(d.Deadline):
		if d.anythingLeft() {
			d.stop = ByTime
		}
		return true
	default:
		return false
	}
	return true
}

// clockJumped compares the wall clock, which Round(0) leaves alone with, with
// the monotonic one that Sub goes by where there is one.
func (d *dispatcher) clockJumped() bool {
	now := d.Now()
	return ClockJumped(now.Round(0).Sub(d.started.Round(0)), now.Sub(d.started), clockTolerance)
}

func (d *dispatcher) anythingLeft() bool {
	d.fill()
	return len(d.doubts)+len(d.again)+len(d.ready) > 0 // settle dates can wait
}

// choose picks the task to hand out now, or else the moment at which there will
// be one; any is false when there is and will be none. A query that is due goes
// before a send: doubts are cleared up first.
func (d *dispatcher) choose() (next *task, wake time.Time, any bool) {
	now := d.Now()
	d.fill()
	withheld := d.brakes.tooMuchInDoubt()
	resolving := d.sending == 0 && (withheld || len(d.ready) == 0 && len(d.again) == 0)
	if resolving && d.resolveBy.IsZero() {
		d.resolveBy = now.Add(d.ResolveFor)
	}
	doubtDue, doubt := d.doubts.next()
	if doubt && resolving && (doubtDue.After(d.resolveBy) || now.After(d.resolveBy)) {
		d.left, doubt = ByResolveFor, false
	}
	if doubt {
		if t, ok := d.doubts.take(now); ok {
			return &t, time.Time{}, true
		}
	}
	if withheld {
		return d.whileWithheld(doubt, doubtDue)
	}
	if t, ok := d.again.take(now); ok {
		return &t, time.Time{}, true
	}
	if len(d.ready) > 0 {
		t := task{id: d.ready[0].ID, kind: toSend, row: &d.ready[0]}
		d.ready = d.ready[1:]
		return &t, time.Time{}, true
	}
	if len(d.undated) > 0 {
		t := task{id: d.undated[0].ID, kind: toDate, row: &d.undated[0]}
		d.undated = d.undated[1:]
		return &t, time.Time{}, true
	}
	againDue, again := d.again.next()
	switch {
	case doubt && (!again || doubtDue.Before(againDue)):
		return nil, doubtDue, true
	case again:
		return nil, againDue, true
	}
	return nil, time.Time{}, false
}

// whileWithheld waits for doubts to be cleared up; where no more can be in this
// run, the brake holds what was to be sent.
func (d *dispatcher) whileWithheld(doubt bool, due time.Time) (next *task, wake time.Time, any bool) {
	if !doubt && len(d.ready)+len(d.again) > 0 {
		d.left = ByDoubt
	}
	return nil, due, doubt
}

// fill drops rows whose merchant the gateway has refused meanwhile, and reads
// the next page of pending rows when the last one is used up.
func (d *dispatcher) fill() {
	if len(d.brakes.refused) > 0 {
		d.ready = slices.DeleteFunc(d.ready, d.passedOver)
	}
	for len(d.ready) == 0 && d.Send && !d.readAll && d.err == nil {
		rows, err := d.read(Pending, d.after)
		if err != nil {
			d.err = err
			return
		}
		if d.readAll = len(rows) == 0; d.readAll {
			return
		}
		d.after = rows[len(rows)-1].ID
		d.ready = slices.DeleteFunc(rows, d.passedOver)
	}
}

func (d *dispatcher) passedOver(row Row) bool {
	if !d.brakes.refused[row.MID] {
		return false
	}
	d.left = ByMerchant
	return true
}

// step hands out a task, or takes a result, or waits for the time to come.
func (d *dispatcher) step(next *task, wake time.Time) {
	var out chan<- task
	var give task
	if next != nil {
		out, give = d.work, *next
	}
	alarm, silence := d.alarm(wake)
	defer silence()
	for {
		select {
		case out <- give:
			d.inFlight++
			if give.kind == toSend {
				d.sending++
			}
			return
		case done := <-d.results:
			d.take(done)
			if next == nil || d.stop != NotStopped || d.err != nil || d.forgetful {
				return
			}
		case <-alarm:
			return
		case <-d.drain.Done():
			return
		}
	}
}

// alarm rings at wake, and at the deadline where that is earlier; where there is
// neither, never.
func (d *dispatcher) alarm(wake time.Time) (rings <-chan time.Time, silence func() bool) {
	if !d.Deadline.IsZero() && (wake.IsZero() || d.Deadline.Before(wake)) {
		wake = d.Deadline
	}
	if wake.IsZero() {
		return nil, func() bool { return false }
	}
	timer := time.NewTimer(max(0, wake.Sub(d.Now())))
	return timer.C, timer.Stop
}

// take counts a result and puts what follows from it on the agenda.
func (d *dispatcher) take(done result) {
	d.inFlight--
	if done.task.kind == toSend {
		d.sending--
	}
	if done.err != nil {
		d.err = done.err
	}
	if done.idle || done.err != nil {
		return
	}
	var from State
	var stop Stop
	switch done.task.kind {
	case toSend:
		from, stop = Sending, d.brakes.afterSend(done.row, done.to, done.answer)
	case toQuery:
		from, stop = Unknown, d.brakes.afterQuery(done.row, done.to, done.answer)
	case toDate:
		from, stop = Completed, d.brakes.judge(done.row, done.answer)
	}
	if d.stop == NotStopped {
		d.stop = stop
	}
	d.report(done)
	if d.Observe != nil && from != Completed {
		d.Observe(Step{Row: done.row, From: from, To: done.to, Query: done.task.kind == toQuery, Answer: done.answer})
	}
	if done.task.kind == toSend && Forgotten(done.row, done.answer) {
		d.distrust(done.row)
	}
	d.follow(done)
}

// follow plans the row's next task, where this run has one for it.
func (d *dispatcher) follow(done result) {
	id, now := done.row.ID, d.Now()
	if done.task.kind == toSend {
		d.sends[id]++
	}
	switch done.to {
	case Unknown:
		asked := time.Time{}
		if done.task.kind == toQuery {
			asked = now
		} else {
			done.row.SendCode, done.row.SentAt = done.answer.Code, now
		}
		d.doubts.add(task{due: NextQuery(done.row, asked, d.SettleWindow), id: id})
	case Pending:
		switch {
		case !d.Send || d.sends[id] >= maxSends || d.passedOver(done.row):
		case id > d.after && !d.readAll: // fill will come to it
		default:
			d.again.add(task{due: now.Add(pause(d.sends[id], done.answer.RetryAfter)), id: id, kind: toSend})
		}
	default:
		delete(d.sends, id)
	}
}

// pause is how long a row that came back to pending waits before it is sent
// again: 1 s, then 4 s, or as long as the gateway asked for.
func pause(sends int, asked time.Duration) time.Duration {
	own := time.Second
	if sends > 1 {
		own = 4 * time.Second
	}
	return max(own, asked)
}

func (d *dispatcher) report(done result) {
	if d.Log == nil {
		return
	}
	level := slog.LevelDebug
	switch done.to {
	case Unknown, Held, Pending:
		level = slog.LevelWarn
	case Declined:
		level = slog.LevelInfo
	}
	if !d.Log.Enabled(context.Background(), level) {
		return
	}
	what := "asked"
	if done.task.kind == toSend {
		what = "sent"
	}
	d.Log.Log(context.Background(), level, what,
		"batch", done.row.Batch, "line", done.row.Line, "bill", done.row.BillNo, "order", done.row.OrderID,
		"attempt", done.row.Attempts, "state", string(done.to), "code", done.answer.Code,
		"http", done.answer.HTTPStatus, "message", done.answer.Message)
}
