package batch_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/batch/journaltest"
	"batchcomplete/internal/ums"
)

// slowly is a gateway and a journal that take a second for a reply and for an
// outcome, and know what went on at the same time.
type slowly struct {
	*gateway
	*journaltest.Memory
	mu                sync.Mutex
	asking, recording int
	mostAsked         int
	mostAtOnce        int // of both
	patient           int // outcomes that nothing waited for
}

func (s *slowly) Complete(ctx context.Context, c ums.Completion) ums.Answer {
	s.mu.Lock()
	s.asking++
	s.mostAsked = max(s.mostAsked, s.asking)
	s.mostAtOnce = max(s.mostAtOnce, s.asking+s.recording)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.asking--
		s.mu.Unlock()
	}()
	return s.gateway.Complete(ctx, c)
}

func (s *slowly) Move(ctx context.Context, m batch.Move) error {
	s.mu.Lock()
	s.recording++
	if m.Patient {
		s.patient++
	}
	s.mostAtOnce = max(s.mostAtOnce, s.asking+s.recording)
	s.mu.Unlock()
	time.Sleep(time.Second)
	s.mu.Lock()
	s.recording--
	s.mu.Unlock()
	return s.Memory.Move(ctx, m)
}

func TestTheNextRequestIsOnItsWayWhileASuccessIsRecordedAndNoMoreThanWorkers(t *testing.T) {
	for _, c := range []struct {
		name    string
		workers int
		script  func(int, ums.Completion) ums.Answer
		overlap bool
	}{
		{"several workers", 4, nil, true},
		{"one worker: everything in turn", 1, nil, false},
		{"refused: whoever judges hears of it first", 4, func(int, ums.Completion) ums.Answer {
			return ums.Answer{Outcome: ums.Declined, Scope: ums.ThisRow, Code: "X"}
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &slowly{gateway: newGateway(), Memory: journaltest.NewMemory(rowsOf(40)...)}
				s.delay, s.complete = time.Second, c.script
				r := runner(s.gateway, s.Memory)
				r.Gateway, r.Journal, r.Workers, r.StopAfterFailures = s, s, c.workers, 0
				run(t, r)
				if len(s.sends) != 40 || s.mostAsked != c.workers {
					t.Errorf("%d rows were sent, at most %d at once, want 40 and %d", len(s.sends), s.mostAsked, c.workers)
				}
				if got := s.mostAtOnce > c.workers; got != c.overlap {
					t.Errorf("%d workers had at most %d rows asked about or being recorded at once", c.workers, s.mostAtOnce)
				}
				if want := map[bool]int{true: 40}[c.overlap]; s.patient != want {
					t.Errorf("%d outcomes could wait, want %d: those that keep nobody", s.patient, want)
				}
			})
		})
	}
}
