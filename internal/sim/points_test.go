package sim

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"batchcomplete/internal/sandbox"
)

// The points at which a process can die on the way of one bill, in order: before
// its intent, with the intent on disk, on the network's every step, with the
// answer there and not recorded, and recorded. A point that stands twice is
// passed twice: the second time while the gateway is asked.
var (
	pointsOfImport = []string{"import", "import commit", "imported", "rescue", "rescue recorded"}
	pointsOfSend   = []string{"intend", "intended", "dial", "write", "written", "read", "send answered", "send recorded"}
	pointsOfQuery  = []string{"write 2", "written 2", "read 2", "query answered", "query recorded"}
)

// TestDyingAtEachPointWithEachReply has the process die at every point of the
// send path, whatever the gateway replies to that send, with a gateway that
// refuses a second payment and with one that makes it; and at every point of a
// query, whatever the gateway replies to that.
func TestDyingAtEachPointWithEachReply(t *testing.T) {
	home, blank := scratch(t), makeBlank(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	numbered, cases, died := 0, 0, 0
	try := func(point string, op sandbox.Operation, f sandbox.Fault, acceptTwice bool) {
		// One in so many, and all of them with -points=1; the number is a prime, so that
		// every point, every reply and both kinds of gateway are among the chosen.
		if numbered++; numbered%*points != 0 {
			return
		}
		cases++
		w, wrong := dieAt(t, filepath.Join(home, fmt.Sprint(cases)), blank, point, op, f, acceptTwice)
		if strings.Contains(w.story(), "the process dies") {
			died++
		}
		if len(wrong) > 0 {
			t.Errorf("dying at %q, reply %q, accepting twice %v:\n  %s\nits story:\n%s", point, f.Name, acceptTwice, strings.Join(wrong, "\n  "), w.story())
		}
	}
	for _, acceptTwice := range []bool{false, true} {
		for _, f := range sendFaults {
			for _, point := range append(pointsOfSend, pointsOfQuery...) {
				try(point, sandbox.Completion, f, acceptTwice)
			}
		}
		for _, f := range queryFaults {
			for _, point := range pointsOfQuery {
				try(point, sandbox.Query, f, acceptTwice)
			}
		}
		for _, point := range pointsOfImport {
			try(point, sandbox.Completion, sandbox.Named("cut before"), acceptTwice)
		}
	}
	t.Logf("%d cases, in %d of which the process died", cases, died)
	if died < cases*3/4 {
		t.Errorf("in only %d of %d cases the point was reached", died, cases)
	}
}

// dieAt lives through one bill's way: the first request of that operation meets
// the fault, and the first process dies at the point. Where it is a query's fault,
// the send before it meets a cut connection.
func dieAt(t *testing.T, home, blank, point string, op sandbox.Operation, f sandbox.Fault, acceptTwice bool) (w *world, wrong []string) {
	point, second := strings.CutSuffix(point, " 2")
	mkdir(t, home)
	defer os.RemoveAll(home)
	synctest.Test(t, func(t *testing.T) {
		p := plan{acceptTwice: acceptTwice, rate: 50, workers: 2, latency: 20 * time.Millisecond, bills: 1, merchants: 1}
		w = newWorld(t, 1, p, home, blank)
		w.meet = func(r sandbox.Request) sandbox.Fault {
			switch {
			case r.Operation == op && r.Attempt == 1:
				return f
			case op == sandbox.Query && r.Operation == sandbox.Completion && r.Attempt == 1:
				return sandbox.Named("cut before")
			}
			return sandbox.Fault{}
		}
		stop := w.witness.serve(w.network)
		w.makeFile(0)
		if strings.HasPrefix(point, "rescue") {
			w.dieOnce("written", 1) // so that there is something to rescue
		}
		w.dieOnce(point, map[bool]int{false: 1, true: 2}[second])
		w.recover()
		wrong, _ = w.judge()
		stop()
	})
	return w, wrong
}

// dieOnce is a nightly run that dies when it comes to a point for that time.
func (w *world) dieOnce(point string, passes int) {
	p := w.start(w.open(), func(at string) bool {
		if at == point {
			passes--
		}
		return at == point && passes == 0
	})
	if w.importAll(p) == nil {
		w.work(p, w.runner(p, true, nil), false)
	}
	w.end(p)
	time.Sleep(2 * time.Second)
}
