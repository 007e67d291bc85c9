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
				written := l.Start()
				mu.Lock()
				all = append(all, time.Now())
				mu.Unlock()
				written()
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

// TestTheGateHoldsWhateverWasWaitedFor has workers pass Turn early and arrive at
// the wire together, as they do after a slow disk or handshake.
func TestTheGateHoldsWhateverWasWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(20, time.Now)
		var mu sync.Mutex
		var all []time.Time
		var group sync.WaitGroup
		for i := range 100 {
			group.Go(func() {
				_ = l.Turn(context.Background())
				time.Sleep(time.Duration(i%7) * 300 * time.Millisecond)
				written := l.Start()
				mu.Lock()
				all = append(all, time.Now())
				mu.Unlock()
				written()
			})
		}
		group.Wait()
		if got := most(all); got > 20 {
			t.Errorf("%d in one second", got)
		}
	})
}

// TestABusyMachineDoesNotBunchWhatIsWritten has requests held up between the gate
// and the wire, all until the same moment, as a process that is not scheduled holds
// them up.
func TestABusyMachineDoesNotBunchWhatIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(20, time.Now)
		var mu sync.Mutex
		var all []time.Time
		var group sync.WaitGroup
		for range 200 {
			group.Go(func() {
				_ = l.Turn(context.Background())
				written := l.Start()
				time.Sleep(time.Until(time.Now().Add(400 * time.Millisecond).Truncate(400 * time.Millisecond)))
				mu.Lock()
				all = append(all, time.Now())
				mu.Unlock()
				written()
			})
		}
		group.Wait()
		if got := most(all); got > 20 {
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
