package ahead

import (
	"errors"
	"sync/atomic"
	"testing"
)

// count is a pass that emits 0 to n-1, then ends with an error, or nil; over
// tells that it has ended.
func count(n int, end error, over *bool) func(func(int) error) error {
	return func(emit func(int) error) error {
		defer func() { *over = true }()
		for i := range n {
			if err := emit(i); err != nil {
				return err
			}
		}
		return end
	}
}

func TestHandsEverythingOnInOrderAndTheErrorLast(t *testing.T) {
	damaged := errors.New("damaged")
	for _, n := range []int{0, 1, 255, 256, 257, 5000} {
		for _, end := range []error{nil, damaged} {
			next, over := 0, false
			var got error
			for item, err := range Of(count(n, end, &over)) {
				switch {
				case got != nil:
					t.Fatalf("of %d items: something came after the error", n)
				case err != nil:
					got = err
				case item != next:
					t.Fatalf("of %d items: %d came in the place of %d", n, item, next)
				default:
					next++
				}
			}
			if next != n || got != end || !over {
				t.Errorf("of %d items %d came, the error is %v and not %v, over %v", n, next, got, end, over)
			}
		}
	}
}

// TestIsOverWhenNoMoreIsTaken: what the pass reads from may be closed then.
func TestIsOverWhenNoMoreIsTaken(t *testing.T) {
	for _, wanted := range []int{1, 256, 700} {
		taken, over := 0, false
		for _, err := range Of(count(1_000_000, nil, &over)) {
			if taken++; err != nil {
				t.Fatal(err)
			}
			if taken == wanted {
				break
			}
		}
		if !over {
			t.Errorf("the pass goes on after %d items were taken", wanted)
		}
	}
}

// TestStaysWithinItsBounds: a file of any length takes the same memory.
func TestStaysWithinItsBounds(t *testing.T) {
	var emitted atomic.Int64
	taken := int64(0)
	items := Of(func(emit func(struct{}) error) error {
		for range 50_000 {
			emitted.Add(1)
			if err := emit(struct{}{}); err != nil {
				return err
			}
		}
		return nil
	})
	for range items {
		taken++
		if waiting := emitted.Load() - taken; waiting > 4*256 {
			t.Fatalf("%d items wait after %d were taken", waiting, taken)
		}
	}
}
