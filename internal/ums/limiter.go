package ums

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// limiter holds the rate: at most n requests start in any one second.
//
// It works in two places. Turn, before a row's intent is written, gives the pace,
// so that a row never waits with its intent outstanding: ten moments in a second or
// a few more, each with its share of n, as whoever wakes up once for twenty rows
// does little more than for one, and their intents are on disk with one flush. Start,
// at the wire, after the connection is had, keeps the last n requests and lets none
// begin before the n-th last has been written for a second: it is the ceiling,
// whatever was waited for in between, and however long a busy machine takes from
// the gate to the wire (sent.go).
//
// When the gateway throttles, the pace is halved; each second without throttling
// gives a tenth of n back. The pace never exceeds n. It may be that it counts by less
// than a second, so from then on turns come as evenly as timers allow for.
type limiter struct {
	n   int
	now func() time.Time

	mu      sync.Mutex
	pace    int       // turns per second at present, 1..n
	moment  *moment   // the one that turns were given for last
	left    int       // how many more turns it has
	nth     int       // which one it is of its cycle
	next    time.Time // the next moment
	pausing time.Time // no turn before this: Retry-After
	raised  time.Time // when the pace last changed
	evenly  bool      // the gateway has throttled

	gate chan struct{} // holds one: starts happen one after another

	began   time.Time // what starts are counted from
	wire    sync.Mutex
	written *sync.Cond      // one of the starts was
	starts  []time.Duration // when the last n were written, a ring
	oldest  int
}

// What a start is that was not written: there was none, or it is on its way.
const (
	never = -time.Hour
	onWay = time.Duration(math.MaxInt64)
)

func newLimiter(n int, now func() time.Time) *limiter {
	l := &limiter{n: n, now: now, pace: n, moment: &moment{}, gate: make(chan struct{}, 1), began: now(), starts: slices.Repeat([]time.Duration{never}, n)}
	l.written = sync.NewCond(&l.wire)
	return l
}

// window is slightly more than a second, so that n starts and the one behind
// them are never within one second of each other by the receiver's clock either.
// cycle, in which n turns come, is slightly more than that, so that starts which
// keep their pace do not wait for each other at the wire.
const (
	window = time.Second + 5*time.Millisecond
	cycle  = window + 3*time.Millisecond
)

// momentsOf is how many moments a cycle of that many turns has: as many as make
// shares of twenty, but ten at least, and twenty-five at most; or evenly, one for
// each turn, up to a hundred.
func momentsOf(turns int, evenly bool) int {
	if evenly {
		return min(turns, 100)
	}
	return min(turns, max(10, min(turns/20, 25)))
}

// share is how many of a cycle's turns the nth of its moments has. Any stretch of as
// many moments as a cycle has has all of its turns, so that the n-th last start is a
// cycle ago whatever the rate, and the gate holds nobody who keeps the pace.
func share(turns, moments, nth int) int {
	return (nth+1)*turns/moments - nth*turns/moments
}

// Turn waits for the next turn. It fails only when ctx is done.
func (l *limiter) Turn(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-l.reserve().come:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reserve takes one of the next moment's turns.
func (l *limiter) reserve() *moment {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.recover(now)
	if l.left == 0 || !now.Before(l.next) || l.pausing.After(l.moment.at) {
		moments := momentsOf(l.pace, l.evenly)
		l.nth = (l.nth + 1) % moments
		l.left = share(l.pace, moments, l.nth)
		l.moment = newMoment(latest(now, l.next, l.pausing), now)
		l.next = l.moment.at.Add(cycle / time.Duration(moments))
	}
	l.left--
	return l.moment
}

// moment is when turns come, all of its share at once.
type moment struct {
	at   time.Time
	come chan struct{} // closed when it has
}

func newMoment(at, now time.Time) *moment {
	m := &moment{at: at, come: make(chan struct{})}
	if wait := at.Sub(now); wait > 0 {
		time.AfterFunc(wait, func() { close(m.come) })
	} else {
		close(m.come)
	}
	return m
}

func latest(first time.Time, others ...time.Time) time.Time {
	for _, t := range others {
		if t.After(first) {
			first = t
		}
	}
	return first
}

// recover gives back what throttling took, a tenth of n a second.
func (l *limiter) recover(now time.Time) {
	seconds := int(now.Sub(l.raised) / time.Second)
	if l.pace == l.n || seconds < 1 {
		return
	}
	l.pace = min(l.n, l.pace+seconds*max(1, l.n/10))
	l.raised = now
}

// maxPause bounds what a Retry-After can ask for.
const maxPause = 5 * time.Minute

// Throttled halves the pace and pauses for as long as the gateway asked.
func (l *limiter) Throttled(pause time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.evenly = true
	if until := now.Add(min(pause, maxPause)); until.After(l.pausing) {
		l.pausing = until
	}
	// Answers to requests that were under way together count once.
	if now.Sub(l.raised) >= time.Second {
		l.pace = max(1, l.pace/2)
		l.raised = now
	}
}

// Start waits until a request may be written, and counts it; the caller calls
// written once, when that has happened or cannot happen any more. Start cannot be
// cut short: what follows it is the sending, and the wait is at most a second or so.
func (l *limiter) Start() (written func()) {
	l.gate <- struct{}{}
	defer func() { <-l.gate }()
	at := l.oldest
	l.oldest = (at + 1) % l.n
	time.Sleep(l.nthLast(at) + window - l.now().Sub(l.began))
	l.put(at, onWay)
	return func() { l.put(at, l.now().Sub(l.began)) }
}

// nthLast waits until the request that has this place in the ring was written, and
// gives when that was.
func (l *limiter) nthLast(at int) time.Duration {
	l.wire.Lock()
	defer l.wire.Unlock()
	for l.starts[at] == onWay {
		l.written.Wait()
	}
	return l.starts[at]
}

func (l *limiter) put(at int, when time.Duration) {
	l.wire.Lock()
	defer l.wire.Unlock()
	l.starts[at] = when
	l.written.Broadcast()
}
