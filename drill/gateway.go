package main

import (
	"bufio"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"

	"batchcomplete/internal/sandbox"
	"batchcomplete/internal/ums"
)

const appID, appKey = "DRILL000000000000000000000000000", "drill-key-drill-key-drill-key-00"

// The catalogue's faults last longer than a drill can wait: late executions,
// stalled replies and lag are cut down to these, with a request's time limit and
// a settle window to match.
const (
	lateBy       = 400 * time.Millisecond
	stallBy      = 1500 * time.Millisecond
	lag          = 300 * time.Millisecond
	timeout      = time.Second
	settleWindow = 2 * time.Second
)

// beGateway is the gateway's process: it says where it is, is healthy from the
// line "healthy" on its standard input on, and ends with the input's end.
func beGateway(ledger string, twice bool, seed uint64) error {
	var healthy atomic.Bool
	server, err := sandbox.Start("127.0.0.1:0", sandbox.Options{
		AppID: appID, AppKey: ums.NewSecret(appKey), LedgerFile: ledger, AcceptTwice: twice, Seed: int64(seed),
		Behaviour: func(r sandbox.Request) sandbox.Fault {
			if healthy.Load() {
				return sandbox.Fault{}
			}
			return meet(seed, r)
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(server.URL)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		healthy.Store(lines.Text() == "healthy")
		fmt.Println("healthy")
	}
	return server.Close()
}

// meet decides by seed and request which fault a request meets: one in four
// completions, one in six queries.
func meet(seed uint64, r sandbox.Request) sandbox.Fault {
	sum := fnv.New64a()
	_, _ = fmt.Fprint(sum, r.Operation, r.BillNo, r.Attempt)
	random := rand.New(rand.NewPCG(seed, sum.Sum64()))
	odds := 4
	if r.Operation == sandbox.Query {
		odds = 6
	}
	if r.Operation == sandbox.Refused || random.IntN(odds) > 0 {
		// An honest answer takes a moment, so that kills find requests under way.
		return sandbox.Fault{Reply: sandbox.Stalled, Delay: time.Duration(random.IntN(30)) * time.Millisecond}
	}
	for {
		f := sandbox.Faults()[random.IntN(len(sandbox.Faults()))]
		if stops[f.Code] || r.Operation == sandbox.Query && lies[f.Name] {
			continue
		}
		f.RetryAfter = 0
		if f.Executes == sandbox.Late {
			f.Delay = lateBy
		}
		if f.Reply == sandbox.Stalled {
			f.Delay = stallBy
		}
		f.Lag = min(f.Lag, lag)
		return f
	}
}

// stops are codes that rightly end a run at once, and one that is rightly not
// asked about for a minute: what is to be killed is a run that goes on.
var stops = map[string]bool{
	"ORDER_PROCESSING":      true,
	"ABNORMAL_REQUEST_TIME": true, "BAD_SIGN": true, "INVALID_MSGSRC": true, "DENIED_IP": true, "NO_SERVICE": true, "1000": true, "1001": true,
	"NO_MERCHANT": true, "INACTIVE_MERCHANT": true, "INVLID_MERCHANT_CONFIG": true,
}

// lies are answers to queries which no client can see through: the gateway
// denies for good what its books hold. That they lag is not among them.
var lies = map[string]bool{"TRADE_CLOSED": true, "no payment": true, "no payment, not executed": true}

// gateway is the other process, as the drill sees it.
type gateway struct {
	url   string
	c     *exec.Cmd
	stdin io.WriteCloser
	lines *bufio.Scanner
}

func startGateway(ledger string, twice bool, seed uint64) (*gateway, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	g := &gateway{c: exec.Command(self, "-gateway", ledger, fmt.Sprintf("-twice=%t", twice), fmt.Sprintf("-seed=%d", seed))}
	g.c.Stderr = os.Stderr
	if g.stdin, err = g.c.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := g.c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := g.c.Start(); err != nil {
		return nil, err
	}
	g.lines = bufio.NewScanner(out)
	g.lines.Scan()
	g.url = strings.TrimSpace(g.lines.Text())
	return g, g.lines.Err()
}

func (g *gateway) recover() error {
	_, err := fmt.Fprintln(g.stdin, "healthy")
	g.lines.Scan()
	return err
}

func (g *gateway) stop() error {
	_ = g.stdin.Close()
	return g.c.Wait()
}
