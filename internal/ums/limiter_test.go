package ums

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// run has many workers start requests as fast as they may, for that long, and
// gives the moments of the starts.
func starts(t *testing.T, l *limiter, workers int, long time.Duration) []time.Time {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), long)
	defer cancel()
	var mu sync.Mutex
	var all []time.Time
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for l.Turn(ctx) == nil {
				done := l.Start()
				mu.Lock()
				all = append(all, time.Now())
				mu.Unlock()
				done()
			}
		})
	}
	group.Wait()
	return all
}

// most is the largest number of starts in any one second.
func most(all []time.Time) int {
	best, first := 0, 0
	for i := range all {
		for all[i].Sub(all[first]) >= time.Second {
			first++
		}
		best = max(best, i-first+1)
	}
	return best
}

func TestNeverMoreThanTheRateInAnyOneSecond(t *testing.T) {
	for _, rate := range []int{1, 3, 50, 200} {
		synctest.Test(t, func(t *testing.T) {
			all := starts(t, newLimiter(rate, time.Now), 32, time.Minute)
			if got := most(all); got > rate {
				t.Errorf("rate %d: %d in one second", rate, got)
			}
			if want := rate * 60 * 98 / 100; len(all) < want {
				t.Errorf("rate %d: only %d starts in a minute", rate, len(all))
			}
		})
	}
}

// written has that many callers send at 20 per second; before lets time pass between
// a caller's turn and the gate, behind between the gate and the wire. It gives when
// each was at the wire.
func written(callers int, before, behind func(i int)) []time.Time {
	l := newLimiter(20, time.Now)
	var mu sync.Mutex
	var all []time.Time
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() {
			_ = l.Turn(context.Background())
			before(i)
			done := l.Start()
			behind(i)
			mu.Lock()
			all = append(all, time.Now())
			mu.Unlock()
			done()
		})
	}
	group.Wait()
	return all
}

func atOnce(int) {}

// TestTheGateHoldsWhateverWasWaitedFor has workers pass Turn early and arrive at
// the wire together, as they do after a slow disk or handshake.
func TestTheGateHoldsWhateverWasWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(i int) { time.Sleep(time.Duration(i%7) * 300 * time.Millisecond) }
		if got := most(written(100, slow, atOnce)); got > 20 {
			t.Errorf("%d in one second", got)
		}
	})
}

// TestABusyMachineDoesNotBunchWhatIsWritten has requests held up between the gate
// and the wire, all until the same moment, as a process that is not scheduled holds
// them up.
func TestABusyMachineDoesNotBunchWhatIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const pause = 400 * time.Millisecond
		notScheduled := func(int) { time.Sleep(time.Until(time.Now().Add(pause).Truncate(pause))) }
		if got := most(written(200, atOnce, notScheduled)); got > 20 {
			t.Errorf("%d in one second", got)
		}
	})
}

func TestThrottlingSlowsDownAndRecoversNeverAboveTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(100, time.Now)
		_ = starts(t, l, 8, 2*time.Second)
		l.Throttled(3 * time.Second)
		began := time.Now()
		first := starts(t, l, 8, 4*time.Second)
		if pause := first[0].Sub(began); pause < 3*time.Second {
			t.Errorf("it paused %v, and was asked for 3 s", pause)
		}
		if len(first) > 85 {
			t.Errorf("%d starts in the second after throttling", len(first))
		}
		_ = starts(t, l, 8, 10*time.Second)
		after := starts(t, l, 8, 10*time.Second)
		if len(after) < 950 || most(after) > 100 {
			t.Errorf("recovered to %d in ten seconds, %d in one", len(after), most(after))
		}
	})
}

func TestWaitingForATurnEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(1, time.Now)
		_ = l.Turn(context.Background())
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		if l.Turn(ctx) == nil {
			t.Error("it did not end")
		}
	})
}
