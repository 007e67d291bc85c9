package sim

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sandbox"
	"batchcomplete/internal/sandbox/memnet"
	"batchcomplete/internal/ums"
)

const env = "test"

// settleWindow is --settle-window in every seed.
const settleWindow = 10 * time.Minute

// world is what outlives a process: the gateway, the disk, the accountant's
// files, the machine's clock.
type world struct {
	t       testing.TB
	seed    uint64
	plan    plan
	gateway *sandbox.Gateway
	witness *witness
	network *memnet.Network

	mu   sync.Mutex
	rand *rand.Rand // the plot's: only the goroutine that lives through the nights draws from it
	lags map[string]*rand.Rand
	// jostled has goroutines let each other go first at random, in earnest.
	jostled bool
	log     []string
	// intents counts what was put on disk before each send, by order id: a restored
	// backup forgets it, this does not.
	intents map[string]int

	// meet, where it is set, says which fault a request meets, in place of the seed.
	meet func(sandbox.Request) sandbox.Fault

	began   time.Time
	healthy atomic.Bool   // the gateway has no faults any more
	skew    time.Duration // how wrong the machine's clock is

	blank  string // a checkpoint that has its tables and nothing else
	home   string // where the directories of the checkpoint's lives are
	dir    string // where the checkpoint is
	lives  int
	backup string // a copy of the checkpoint; "" for none

	files     []file
	processes int
}

// file is what an accountant made.
type file struct {
	name   string
	bills  []batch.Bill
	accept bool // --accept-changes goes with it
}

// newWorld makes the gateway and an empty checkpoint.
func newWorld(t testing.TB, seed uint64, p plan, home, blank string) *world {
	// A bubble's clock begins with the year 2000, and bills are dated.
	time.Sleep(time.Until(time.Date(2026, 11, 20, 22, 30, 0, 0, time.FixedZone("CST", 8*60*60))))
	w := &world{
		t: t, seed: seed, plan: p, blank: blank, home: home, network: memnet.New(), began: time.Now(),
		rand: rand.New(rand.NewPCG(seed, 1)), lags: map[string]*rand.Rand{}, intents: map[string]int{},
	}
	gateway, err := sandbox.New(sandbox.Options{
		AppID: appID, AppKey: ums.NewSecret(appKey), Behaviour: w.behave, AcceptTwice: p.acceptTwice, Seed: int64(seed), TokenLife: p.tokenLife,
	})
	w.check(err)
	w.gateway = gateway
	w.witness = &witness{
		gateway: gateway, say: w.say, slow: func(billNo string) time.Duration { return w.lag("gateway "+billNo, time.Millisecond, p.latency) },
		posts: map[string]int{}, bodies: map[string]string{}, busy: map[string]int{},
	}
	w.newLife(blank)
	return w
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("seed %d: %v", w.seed, err)
	}
}

// say writes a line of what happened, to be read when a seed fails.
func (w *world) say(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, fmt.Sprintf("%13s  ", time.Since(w.began).Round(time.Microsecond))+fmt.Sprintf(format, args...))
}

// story gives what happened. Moves that were committed together are told at one
// moment, by whoever goes on first: within it the lines have an order of their own.
func (w *world) story() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	when := func(line string) string { at, _, _ := strings.Cut(strings.TrimSpace(line), " "); return at }
	for rest := w.log; len(rest) > 0; {
		n := 1
		for n < len(rest) && when(rest[n]) == when(rest[0]) {
			n++
		}
		slices.Sort(rest[:n])
		rest = rest[n:]
	}
	return strings.Join(w.log, "\n")
}

func (w *world) chance(percent int) bool { return w.below(100) < percent }

func (w *world) below(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rand.IntN(n)
}

// between gives a duration, to the nanosecond, so that no two come out equal.
func (w *world) between(least, most time.Duration) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return within(w.rand, least, most)
}

// lag is between for what goes on side by side: each of them draws what the seed
// has for it, whichever comes first.
func (w *world) lag(who string, least, most time.Duration) time.Duration {
	if w.jostled {
		for range rand.IntN(4) {
			runtime.Gosched()
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lags[who] == nil {
		w.lags[who] = drawFor(w.seed, "lag", who)
	}
	return within(w.lags[who], least, most)
}

func within(r *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(r.Int64N(int64(most-least)+1))
}

// now is the machine's clock.
func (w *world) now() time.Time { return time.Now().Add(w.skew) }

// newLife gives the checkpoint a directory of its own, with what stands in
// another: what a dead process, or a backup, left. The lock of the dead is not
// among it, nor is the shared memory, which did not outlive it.
func (w *world) newLife(from string) {
	w.lives++
	w.dir = filepath.Join(w.home, fmt.Sprint("life", w.lives))
	w.check(os.Mkdir(w.dir, 0o700))
	if from != "" {
		w.check(copyFiles(from, w.dir))
	}
}

func copyFiles(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), "-shm") || strings.HasSuffix(entry.Name(), ".lock") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(from, entry.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, entry.Name()), text, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// makeBlank makes a checkpoint that has its tables and nothing else, from which
// every seed starts.
func makeBlank(t testing.TB) string {
	dir := scratch(t)
	db, err := checkpoint.Open(context.Background(), checkpoint.Options{Path: filepath.Join(dir, "sim.db"), Env: env})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func (w *world) open() *checkpoint.DB {
	db, err := checkpoint.Open(context.Background(), checkpoint.Options{Path: filepath.Join(w.dir, "sim.db"), Env: env, Now: w.now})
	w.check(err)
	w.check(db.Sound(context.Background()))
	return db
}

// start makes a process; dies says at which step its life ends.
func (w *world) start(db *checkpoint.DB, dies func(string) bool) *process {
	w.processes++
	number := w.processes
	return &process{
		network: w.network, db: db, dies: dies, conns: map[*wire]bool{}, say: w.say,
		lag: func(who ...any) time.Duration {
			return w.lag(fmt.Sprint(number, who), 10*time.Microsecond, 900*time.Microsecond)
		},
		trouble: func(point string, conn, step int) string {
			if w.healthy.Load() || drawFor(w.seed, "net", number, conn, step).IntN(100) >= w.plan.cuts {
				return ""
			}
			w.say("network: cut at %q", point)
			return "cut"
		},
		intended: func(row batch.Row) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.intents[row.OrderID]++
		},
	}
}

// client makes the process's client; the caller closes it.
func (w *world) client(p *process) *ums.Client {
	auth := ums.BodySig
	if w.plan.token {
		auth = ums.Token
	}
	client, err := ums.New(ums.Config{
		BaseURL: "http://127.0.0.1", AppID: appID, AppKey: ums.NewSecret(appKey), Auth: auth, Rate: w.plan.rate, Dial: p.dial, Now: w.now,
	})
	w.check(err)
	return client
}

// behave is the gateway's: which fault a request meets.
func (w *world) behave(r sandbox.Request) sandbox.Fault {
	switch {
	case w.healthy.Load() || r.Operation == sandbox.Refused:
		return sandbox.Fault{}
	case w.meet != nil:
		return w.meet(r)
	}
	draw := drawFor(w.seed, "fault", r.Operation, r.MID, r.BillNo, r.Attempt)
	faults, percent := sendFaults, w.plan.faults
	switch r.Operation {
	case sandbox.Query:
		faults = queryFaults
	case sandbox.Token:
		percent /= 3
	}
	if draw.IntN(100) >= percent {
		return sandbox.Fault{}
	}
	f := faults[draw.IntN(len(faults))]
	w.say("gateway: bill %s meets %q", r.BillNo, f.Name)
	return f
}

// plan is what a seed draws first: how bad its world is.
type plan struct {
	acceptTwice bool
	token       bool
	tokenLife   time.Duration
	rate        int
	workers     int
	faults      int // per cent of the requests that meet one
	cuts        int // per cent of the steps on the network that are cut
	deaths      int // per cent of the processes that die
	latency     time.Duration
	nights      int
	bills       int
	merchants   int
	stopAfter   int
	maxUnknown  money.Fen
	restores    int // per cent of the nights before which a backup is restored
}

func drawPlan(seed uint64) plan {
	r := rand.New(rand.NewPCG(seed, 2))
	pick := func(some ...int) int { return some[r.IntN(len(some))] }
	return plan{
		acceptTwice: r.IntN(2) == 0,
		token:       r.IntN(4) == 0,
		tokenLife:   time.Duration(pick(5, 20, 60)) * time.Minute,
		rate:        pick(1, 3, 7, 10), // below two turns at one moment, whose order is nobody's
		workers:     pick(1, 2, 4, 8),
		faults:      pick(0, 10, 30, 60, 90),
		cuts:        pick(0, 0, 2, 10),
		deaths:      pick(0, 50, 80, 100),
		latency:     time.Duration(pick(20, 300, 8000)) * time.Millisecond,
		nights:      pick(1, 2, 3, 4),
		bills:       pick(1, 3, 6, 12),
		merchants:   pick(1, 1, 2, 3),
		stopAfter:   pick(0, 3, 10),
		maxUnknown:  money.Fen(pick(0, 0, 2000)),
		restores:    pick(0, 0, 0, 30),
	}
}
