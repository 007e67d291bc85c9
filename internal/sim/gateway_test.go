package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"batchcomplete/internal/sandbox"
	"batchcomplete/internal/sandbox/memnet"
)

const appID, appKey = "12345678901234567890123456789012", "67890123456789012345678901234567"

// witness stands in front of the gateway and sees what the client does: it is
// the second oracle, beside the ledger.
type witness struct {
	gateway *sandbox.Gateway
	// slow is how long a request takes to reach the gateway's books.
	slow func(billNo string) time.Duration
	say  func(format string, args ...any)

	mu       sync.Mutex
	arrivals []time.Time
	posts    map[string]int    // completions by order id
	bodies   map[string]string // what an order id asked for
	busy     map[string]int    // requests under way, by bill
	wrong    []string
	queries  int
	// forgot: a backup was restored, so that an order id whose send nobody remembers
	// may, once it was found absent, be sent with an amount that was edited meanwhile.
	forgot bool
}

type wireBody struct {
	MID, BillNo, BillDate, AuthedOrderID, AuthIDRespCd, TotalAmount string
}

func (w *witness) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	w.arrived()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // it was cut off within the request
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var ask wireBody
	if err := json.Unmarshal(body, &ask); err != nil {
		w.accuse("a request that is not JSON: %q", body)
	}
	if ask.BillNo != "" {
		w.begin(r.URL.Path, ask)
		defer w.end(ask)
	}
	time.Sleep(w.slow(ask.BillNo))
	w.gateway.ServeHTTP(out, r)
}

func (w *witness) arrived() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.arrivals = append(w.arrivals, time.Now())
}

func (w *witness) begin(path string, ask wireBody) {
	w.mu.Lock()
	defer w.mu.Unlock()
	what := "query"
	if strings.HasSuffix(path, "preauthed") {
		what = "POST"
		w.posts[ask.AuthedOrderID]++
		asked := fmt.Sprint(ask.MID, ask.BillDate, ask.BillNo, ask.AuthIDRespCd, ask.TotalAmount)
		if before := w.bodies[ask.AuthedOrderID]; before != "" && before != asked && !w.forgot {
			w.wrong = append(w.wrong, fmt.Sprintf("order id %s asked for two things: %s and %s", ask.AuthedOrderID, before, asked))
		}
		w.bodies[ask.AuthedOrderID] = asked
	} else {
		w.queries++
	}
	w.busy[ask.BillNo]++
	if w.busy[ask.BillNo] > 1 {
		w.wrong = append(w.wrong, fmt.Sprintf("bill %s: a %s arrived while another request was under way", ask.BillNo, what))
	}
	w.say("gateway: %s of bill %s, order %s", what, ask.BillNo, ask.AuthedOrderID)
}

func (w *witness) end(ask wireBody) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy[ask.BillNo]--
}

func (w *witness) accuse(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
}

func (w *witness) calls() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.arrivals)
}

// most is the largest number of arrivals in any one second.
func (w *witness) most() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	best, first := 0, 0
	for i := range w.arrivals {
		for w.arrivals[i].Sub(w.arrivals[first]) >= time.Second {
			first++
		}
		best = max(best, i-first+1)
	}
	return best
}

// serve has the gateway answer on a network in memory, and gives what stops it.
func (w *witness) serve(network *memnet.Network) (stop func()) {
	server := &http.Server{Handler: w}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(network)
	}()
	return func() {
		_ = server.Close()
		_ = network.Close()
		<-done
		_ = w.gateway.Close()
	}
}

// The faults that a seed draws from: every one of the sandbox's, but for a few
// that are no faults but lies, which no client can see through.
var (
	sendFaults = without(sandbox.Faults())
	// A query that is answered TRADE_CLOSED about a payment that is there, or that
	// has no payment at any time later, is the gateway's books being wrong. That
	// they lag is among the faults ("query lag").
	queryFaults = without(sandbox.Faults(), "TRADE_CLOSED", "no payment", "no payment, not executed")
)

func without(all []sandbox.Fault, names ...string) []sandbox.Fault {
	var some []sandbox.Fault
	for _, f := range all {
		keep := true
		for _, name := range names {
			keep = keep && f.Name != name
		}
		if keep {
			some = append(some, f)
		}
	}
	return some
}

// drawFor gives randomness that depends on the seed and these words alone, so
// that a request meets the same fault whatever else happens.
func drawFor(seed uint64, words ...any) *rand.Rand {
	sum := fnv.New64a()
	_, _ = fmt.Fprint(sum, words...)
	return rand.New(rand.NewPCG(seed, sum.Sum64()))
}
