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

	doubts  agenda // queries, by due time
	again   agenda // sends of rows that came back to pending in this run
	ready   []Row  // pending rows read from the journal, not yet handed out
	after   int64  // the last pending row that was read
	readAll bool   // there are no more pending rows to read

	sends     map[int64]int // sends in this run of rows that are not done with
	inFlight  int
	sending   int       // how many of these are sends
	resolveBy time.Time // when resolving ends; zero until nothing is left to send

	brakes brakes
	stop   Stop
	left   Stop // what was passed over, where nothing else stopped the run
	err    error
}

// loadDoubts plans a query for every unknown row: a run resolves first.
func (d *dispatcher) loadDoubts() error {
	for after := int64(0); ; {
		rows, err := d.read(Unknown, after)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			d.brakes.doubt += row.Amount
			d.doubts.add(task{due: NextQuery(row, time.Time{}, d.SettleWindow), id: row.ID, query: true})
		}
		after = rows[len(rows)-1].ID
	}
}

// read gives the next rows in a state after that ID, among those that the run
// is about; none when there are no more.
func (d *dispatcher) read(state State, after int64) ([]Row, error) {
	ctx := context.WithoutCancel(d.drain)
	if d.Among == nil {
		return d.Journal.Rows(ctx, state, after, page, nil)
	}
	start, found := slices.BinarySearch(d.Among, after)
	if found {
		start++
	}
	for chunk := range slices.Chunk(d.Among[start:], page) {
		rows, err := d.Journal.Rows(ctx, state, after, page, chunk)
		if err != nil || len(rows) > 0 {
			return rows, err
		}
	}
	return nil, nil
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
	if d.stop == NotStopped && (d.left != ByResolveFor || len(d.doubts) > 0) {
		d.stop = d.left
	}
	return d.stop, d.err
}

// ending tells whether nothing new may begin.
func (d *dispatcher) ending() bool {
	switch {
	case d.err != nil || d.stop != NotStopped:
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
	return len(d.doubts)+len(d.again)+len(d.ready) > 0
}

// choose picks the task to hand out now, or else the moment at which there will
// be one; any is false when there is and will be none. A query that is due goes
// before a send: doubts are cleared up first.
func (d *dispatcher) choose() (next *task, wake time.Time, any bool) {
	now := d.Now()
	d.fill()
	resolving := len(d.ready) == 0 && len(d.again) == 0 && d.sending == 0
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
	if t, ok := d.again.take(now); ok {
		return &t, time.Time{}, true
	}
	if len(d.ready) > 0 {
		t := task{id: d.ready[0].ID}
		d.ready = d.ready[1:]
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
	alarm := d.alarm(wake)
	defer alarm.Stop()
	for {
		select {
		case out <- give:
			d.inFlight++
			if !give.query {
				d.sending++
			}
			return
		case done := <-d.results:
			d.take(done)
			if next == nil || d.stop != NotStopped || d.err != nil {
				return
			}
		case <-alarm.C:
			return
		case <-d.drain.Done():
			return
		}
	}
}

// alarm rings at wake, and at the deadline where that is earlier.
func (d *dispatcher) alarm(wake time.Time) *time.Timer {
	if wake.IsZero() {
		wake = d.Now().Add(time.Hour)
	}
	if !d.Deadline.IsZero() && d.Deadline.Before(wake) {
		wake = d.Deadline
	}
	return time.NewTimer(max(0, wake.Sub(d.Now())))
}

// take counts a result and puts what follows from it on the agenda.
func (d *dispatcher) take(done result) {
	d.inFlight--
	if !done.task.query {
		d.sending--
	}
	if done.err != nil {
		d.err = done.err
	}
	if done.idle || done.err != nil {
		return
	}
	from := Sending
	judge := d.brakes.afterSend
	if done.task.query {
		from, judge = Unknown, d.brakes.afterQuery
	}
	if stop := judge(done.row, done.to, done.answer); d.stop == NotStopped {
		d.stop = stop
	}
	d.report(done)
	if d.Observe != nil {
		d.Observe(Step{Row: done.row, From: from, To: done.to, Query: done.task.query, Answer: done.answer})
	}
	d.follow(done)
}

// follow plans the row's next task, where this run has one for it.
func (d *dispatcher) follow(done result) {
	id, now := done.row.ID, d.Now()
	if !done.task.query {
		d.sends[id]++
	}
	switch done.to {
	case Unknown:
		asked := time.Time{}
		if done.task.query {
			asked = now
		} else {
			done.row.SendCode = done.answer.Code
		}
		d.doubts.add(task{due: NextQuery(done.row, asked, d.SettleWindow), id: id, query: true})
	case Pending:
		switch {
		case !d.Send || d.sends[id] >= maxSends || d.passedOver(done.row):
		case id > d.after && !d.readAll: // fill will come to it
		default:
			d.again.add(task{due: now.Add(pause(d.sends[id], done.answer.RetryAfter)), id: id})
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
	what := "sent"
	if done.task.query {
		what = "asked"
	}
	d.Log.Log(context.Background(), level, what,
		"batch", done.row.Batch, "line", done.row.Line, "bill", done.row.BillNo, "order", done.row.OrderID,
		"attempt", done.row.Attempts, "state", string(done.to), "code", done.answer.Code,
		"http", done.answer.HTTPStatus, "message", done.answer.Message)
}
