package ums

import (
	"context"
	"sync"
	"time"
)

// limiter holds the rate: at most n requests start in any one second.
//
// It works in two places. Turn, before a row's intent is written, hands out
// moments 1/n apart, so that a row never waits with its intent outstanding.
// Start, at the wire, after the connection is had, keeps the last n requests and
// lets none begin before the n-th last has been written for a second: it is the
// ceiling, whatever was waited for in between, and however long a busy machine
// takes from the gate to the wire.
//
// When the gateway throttles, the pace is halved; each second without throttling
// gives a tenth of n back. The pace never exceeds n.
type limiter struct {
	n   int
	now func() time.Time

	mu      sync.Mutex
	pace    int       // turns per second at present, 1..n
	next    time.Time // the next turn
	pausing time.Time // no turn before this: Retry-After
	raised  time.Time // when the pace last changed

	gate   chan struct{} // holds one: starts happen one after another
	starts []*start      // the last n, a ring
	oldest int
}

// start is one request on its way to the wire.
type start struct {
	written chan struct{} // closed when it was written, or never will be
	at      time.Time     // when that was
}

func newLimiter(n int, now func() time.Time) *limiter {
	return &limiter{n: n, now: now, pace: n, starts: make([]*start, n), gate: make(chan struct{}, 1)}
}

// window is slightly more than a second, so that n starts and the one behind
// them are never within one second of each other by the receiver's clock either.
const window = time.Second + 5*time.Millisecond

// Turn waits for the next turn. It fails only when ctx is done.
func (l *limiter) Turn(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	wait := l.reserve()
	if wait <= 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *limiter) reserve() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.recover(now)
	at := now
	if l.next.After(at) {
		at = l.next
	}
	if l.pausing.After(at) {
		at = l.pausing
	}
	l.next = at.Add(time.Second / time.Duration(l.pace))
	return at.Sub(now)
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
	if first := l.starts[l.oldest]; first != nil {
		<-first.written
		if wait := window - l.now().Sub(first.at); wait > 0 {
			time.Sleep(wait)
		}
	}
	next := &start{written: make(chan struct{})}
	l.starts[l.oldest] = next
	l.oldest = (l.oldest + 1) % l.n
	return func() {
		next.at = l.now()
		close(next.written)
	}
}
