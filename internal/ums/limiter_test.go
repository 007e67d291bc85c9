package ums

import (
	"context"
	"crypto/tls"
	"io"
	"net"
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
	for _, rate := range []int{1, 3, 50, 137, 200, 220} {
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

// turns has many callers take turns for that long, and gives how many came at each
// moment since the beginning.
func turns(l *limiter, callers int, long time.Duration) map[time.Duration]int {
	ctx, cancel := context.WithTimeout(context.Background(), long)
	defer cancel()
	began := time.Now()
	var mu sync.Mutex
	all := map[time.Duration]int{}
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			for l.Turn(ctx) == nil {
				mu.Lock()
				all[time.Since(began)]++
				mu.Unlock()
				time.Sleep(time.Microsecond)
			}
		})
	}
	group.Wait()
	return all
}

// TestTurnsComeInEvenShares: each moment has the rate's share, to within one, and the
// moments are equally far apart.
func TestTurnsComeInEvenShares(t *testing.T) {
	for rate, moments := range map[int]int{1: 1, 7: 7, 10: 10, 11: 10, 50: 10, 137: 10, 200: 10, 313: 15, 500: 25, 1000: 25, 1013: 25} {
		synctest.Test(t, func(t *testing.T) {
			all := turns(newLimiter(rate, time.Now), 64, 5*cycle)
			apart := cycle / time.Duration(moments)
			for at, n := range all {
				if n < rate/moments || n > (rate+moments-1)/moments || at%apart != 0 {
					t.Errorf("rate %d: %d at %v", rate, n, at)
				}
			}
			if want := 5 * moments; len(all) < want || len(all) > want+1 {
				t.Errorf("rate %d: %d moments, not %d", rate, len(all), want)
			}
		})
	}
}

// TestAGatewayThatThrottlesIsAskedMoreEvenly: it may count by less than a second.
func TestAGatewayThatThrottlesIsAskedMoreEvenly(t *testing.T) {
	for rate, share := range map[int]int{10: 1, 50: 1, 200: 2, 1000: 10} {
		synctest.Test(t, func(t *testing.T) {
			l := newLimiter(rate, time.Now)
			l.Throttled(0)
			all := turns(l, 64, 30*cycle)
			late, atOnce := 0, 0
			for at, n := range all {
				if atOnce = max(atOnce, n); at > 25*cycle {
					late += n
				}
			}
			if atOnce != share || late < 4*rate {
				t.Errorf("rate %d: %d at once, %d in the last five cycles", rate, atOnce, late)
			}
		})
	}
}

// TestTheGateHoldsNobodyWhoKeepsThePace: whoever has a turn has its intent on disk
// next, so the waiting is done before. Rates that no number of moments divides count.
func TestTheGateHoldsNobodyWhoKeepsThePace(t *testing.T) {
	for _, rate := range []int{1, 7, 10, 11, 50, 137, 200, 220, 313, 1000, 1013} {
		synctest.Test(t, func(t *testing.T) {
			l := newLimiter(rate, time.Now)
			all := 0
			for began := time.Now(); time.Since(began) < 10*cycle; all++ {
				_ = l.Turn(context.Background())
				turn := time.Now()
				l.Start()()
				if waited := time.Since(turn); waited > 0 {
					t.Fatalf("rate %d: start %d waited %v at the gate", rate, all, waited)
				}
			}
			if all < 10*rate {
				t.Errorf("rate %d: %d starts in ten cycles", rate, all)
			}
		})
	}
}

// TestALoneRowDoesNotWaitForItsTurn: there are turns enough for it.
func TestALoneRowDoesNotWaitForItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(200, time.Now)
		for range 100 {
			began := time.Now()
			if _ = l.Turn(context.Background()); time.Since(began) > 0 {
				t.Fatalf("it waited %v", time.Since(began))
			}
			time.Sleep(23 * time.Millisecond)
		}
	})
}

// TestWhatIsLeftOfAShareIsNotSavedUp: after a rest, one share comes at once, not more.
func TestWhatIsLeftOfAShareIsNotSavedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(200, time.Now)
		_ = l.Turn(context.Background())
		time.Sleep(time.Second)
		if n := turns(l, 64, time.Millisecond)[0]; n != 20 {
			t.Errorf("%d turns at once", n)
		}
	})
}

// TestAPauseHoldsTheRestOfAShare: the gateway asked for one between two turns of
// the same moment.
func TestAPauseHoldsTheRestOfAShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(1000, time.Now)
		_ = l.Turn(context.Background())
		l.Throttled(3 * time.Second)
		began := time.Now()
		if _ = l.Turn(context.Background()); time.Since(began) != 3*time.Second {
			t.Errorf("it waited %v", time.Since(began))
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

// TestAConnectionTellsOnceOfWhatIsWritten, under TLS too, and under that of a proxy.
func TestAConnectionTellsOnceOfWhatIsWritten(t *testing.T) {
	near, far := net.Pipe()
	go func() { _, _ = io.Copy(io.Discard, far) }()
	defer near.Close()
	conn, err := wired(func(context.Context, string, string) (net.Conn, error) { return near, nil })(context.Background(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	for name, as := range map[string]net.Conn{"plain": conn, "TLS": tls.Client(conn, nil), "a proxy's TLS": tls.Client(tls.Client(conn, nil), nil)} {
		told := 0
		whenWritten(as, func() { told++ })
		for range 2 {
			if _, err := conn.Write([]byte("POST")); err != nil || told != 1 {
				t.Errorf("%s: told %d times, %v", name, told, err)
			}
		}
	}
}
