package sim

import (
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
)

var (
	seeds  = flag.Int("seeds", 1000, "how many seeds TestSeeds lives through")
	first  = flag.Int("first", 1, "the first of them")
	most   = flag.Int("most", 5, "stop after so many seeds that fail")
	points = flag.Int("points", 7, "of the crash points with each reply, one in so many; 1: all 4,732")
	one    = flag.Int("seed", 0, "live through this seed alone, and tell its story")
)

// TestSeeds lives through many bad nights: see doc.go.
func TestSeeds(t *testing.T) {
	from, to := *first, *first+*seeds
	if *one > 0 {
		from, to = *one, *one+1
	}
	if testing.Short() {
		to = min(to, from+100)
	}
	home := scratch(t)
	blank := makeBlank(t)
	// One thread, so that what happens at one moment happens in one order.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var total tally
	failed := 0
	for seed := from; seed < to && failed < *most; seed++ {
		w := liveThrough(t, uint64(seed), drawPlan(uint64(seed)), filepath.Join(home, strconv.Itoa(seed)), blank, false)
		total.add(w)
		switch {
		case len(w.wrong) > 0:
			failed++
			t.Errorf("seed %d:\n  %s\nits story:\n%s\nagain: go test ./internal/sim -run TestSeeds -seed=%d -v",
				seed, strings.Join(w.wrong, "\n  "), w.story, seed)
		case *one > 0:
			t.Log("\n" + w.story)
		}
	}
	t.Log(total.String())
	if *one == 0 && to-from >= 100 {
		total.mustHaveHappened(t)
	}
}

// TestTurnsThatComeTogether lives through nights at rates of which two turns or more
// come at one moment. Which row goes first is up to the machine then, so a seed that
// fails here need not fail again: TestSeeds draws lower rates.
func TestTurnsThatComeTogether(t *testing.T) {
	home := scratch(t)
	blank := makeBlank(t)
	for seed := range uint64(100) {
		p := drawPlan(seed)
		p.rate, p.workers = []int{50, 200}[seed%2], max(p.workers, 2)
		if w := liveThrough(t, seed, p, filepath.Join(home, strconv.FormatUint(seed, 10)), blank, false); len(w.wrong) > 0 {
			t.Errorf("seed %d:\n  %s\nits story:\n%s", seed, strings.Join(w.wrong, "\n  "), w.story)
		}
	}
}

// outcome is what a seed came to.
type outcome struct {
	story string
	wrong []string
	tally
}

func liveThrough(t *testing.T, seed uint64, p plan, home, blank string, jostled bool) outcome {
	mkdir(t, home)
	defer os.RemoveAll(home)
	var o outcome
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, seed, p, home, blank)
		w.jostled = jostled
		w.say("seed %d: %+v", seed, w.plan)
		stop := w.witness.serve(w.network)
		w.live()
		o.wrong, o.tally = w.judge()
		stop()
		o.story = w.story()
	})
	return o
}

func mkdir(t testing.TB, path string) string {
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// scratch gives a directory in memory where the machine has one: a thousand
// seeds are some hundred thousand flushes, which prove nothing here.
func scratch(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "sim-*")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// TestASeedTakesTheSameCourseEachTime is what makes a failing seed worth
// printing. The second time, goroutines that could go on at one moment go on in
// another order, as they do by themselves on a busy machine.
func TestASeedTakesTheSameCourseEachTime(t *testing.T) {
	home := scratch(t)
	blank := makeBlank(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for seed := uint64(1); seed <= 20; seed++ {
		first := liveThrough(t, seed, drawPlan(seed), filepath.Join(home, "first"), blank, false)
		again := liveThrough(t, seed, drawPlan(seed), filepath.Join(home, "again"), blank, true)
		if first.story != again.story {
			t.Errorf("seed %d took two courses:\n%s\n\nand:\n%s", seed, first.story, again.story)
		}
	}
}
