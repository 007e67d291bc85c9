package sandbox

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"batchcomplete/internal/money"
	"batchcomplete/internal/ums"
)

// Options is what a Gateway is made of.
type Options struct {
	// AppID and AppKey are the credentials that it knows.
	AppID  string
	AppKey ums.Secret
	// LedgerFile is where executions are kept, one JSON line each; it is read at
	// the start, so that a gateway remembers across processes. Empty: in memory.
	LedgerFile string
	// Exposed permits Start an address that other machines can reach.
	Exposed bool
	// Behaviour decides which request meets which fault; nil is Healthy.
	Behaviour Behaviour
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Seed varies the references that the gateway gives out.
	Seed int64
	// Log gets a line per request, at level debug; nil is silence.
	Log *slog.Logger
	// AcceptTwice makes a gateway that checks neither order ids nor bills: every
	// request that reaches it pays. It is how a test sees what a client would have
	// paid twice.
	AcceptTwice bool
	// KeepCalls is how many calls are remembered for Calls; 0 is none.
	KeepCalls int
	// TokenLife is how long an access token lives; 0 is an hour.
	TokenLife time.Duration
}

// Gateway is a simulated UMS gateway: an http.Handler with books of its own.
type Gateway struct {
	options Options
	behave  Behaviour
	doors   doors

	mu       sync.Mutex
	books    books
	attempts map[attemptKey]int
	calls    []Call
	closed   bool
	busy     sync.WaitGroup
}

type attemptKey struct {
	call Operation
	bill billKey
}

// Call is one request that reached the gateway.
type Call struct {
	At      time.Time // of arrival
	Path    string
	BillNo  string
	OrderID string
	Digest  [32]byte // SHA-256 of the body
	Fault   string   // the name of the fault that it met; empty: none
}

// New makes a gateway, and reads its ledger file where it has one.
func New(o Options) (*Gateway, error) {
	if o.AppID == "" || o.AppKey.IsZero() {
		return nil, errors.New("sandbox: AppID and AppKey are needed")
	}
	if o.Behaviour == nil {
		o.Behaviour = Healthy()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.TokenLife == 0 {
		o.TokenLife = time.Hour
	}
	b, err := openBooks(o.LedgerFile, o.AcceptTwice, o.Seed)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return &Gateway{
		options: o, behave: o.Behaviour, doors: newDoors(o), books: b,
		attempts: map[attemptKey]int{},
	}, nil
}

// Ledger gives every execution of a completion so far, in order, never
// deduplicated: what the gateway paid, it paid.
func (g *Gateway) Ledger() []Execution {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.books.settle(g.options.Now())
	return slices.Clone(g.books.executions)
}

// Calls gives the last Options.KeepCalls calls, the earliest first.
func (g *Gateway) Calls() []Call {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.calls)
}

// RevokeTokens ends every access token at once.
func (g *Gateway) RevokeTokens() { g.doors.revoke() }

// Close waits for the requests that are being answered and closes the ledger
// file. Whoever stalls is released first by closing the server's connections.
func (g *Gateway) Close() error {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.busy.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.books.close()
}

// enter counts a request in, and refuses it once the gateway is closed.
func (g *Gateway) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.busy.Add(1)
	return true
}

// maxBody is the longest request that is read.
const maxBody = 64 << 10

// The calls that are served (official page; gateway.md §2 to §4).
const (
	pathComplete = "/v1/netpay/bills/preauthed"
	pathQuery    = "/v1/netpay/bills/query"
	pathToken    = "/v1/token/access"
)

// ServeHTTP answers one request.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !g.enter() {
		panic(http.ErrAbortHandler)
	}
	defer g.busy.Done()
	arrived := g.options.Now()
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	switch {
	case r.Method != http.MethodPost:
		writeJSON(w, http.StatusMethodNotAllowed, platformError("9001", "只支持 POST"))
	case r.URL.Path == pathToken:
		g.serveToken(w, r, arrived, body)
	case r.URL.Path == pathComplete || r.URL.Path == pathQuery:
		g.serveBill(w, r, arrived, body)
	default:
		writeJSON(w, http.StatusNotFound, platformError("1001", "没有此服务"))
	}
}

// serveToken answers /v1/token/access.
func (g *Gateway) serveToken(w http.ResponseWriter, r *http.Request, arrived time.Time, body []byte) {
	fault := g.meet(Request{Operation: Token, At: arrived}, r.URL.Path, body)
	status, reply := g.doors.giveToken(body, arrived)
	g.answer(w, r, fault, status, reply, nil)
}

// serveBill answers a completion or a query: who asks, what is asked, which
// fault the request meets, and then what the books say.
func (g *Gateway) serveBill(w http.ResponseWriter, r *http.Request, arrived time.Time, body []byte) {
	if status, refusal := g.doors.check(r.Header.Get("Authorization"), body, arrived); refusal != nil {
		g.meet(Request{Operation: Refused, At: arrived}, r.URL.Path, body)
		writeJSON(w, status, refusal)
		return
	}
	query := r.URL.Path == pathQuery
	ask, err := readBill(body)
	if err != nil {
		writeJSON(w, http.StatusBadRequest, platformError("9001", err.Error()))
		return
	}
	request := Request{
		Operation: Completion, MID: ask.MID, BillNo: ask.BillNo, BillDate: ask.BillDate,
		OrderID: ask.AuthedOrderID, Amount: ask.amount, At: arrived,
	}
	if query {
		request.Operation = Query
	}
	fault := g.meet(request, r.URL.Path, body)
	if code, why := ask.refuse(query, arrived); code != "" {
		writeJSON(w, http.StatusOK, ask.refusal(code, why, arrived))
		return
	}
	reply := g.work(ask, query, fault, arrived)
	g.options.Log.Debug("sandbox", "path", r.URL.Path, "bill", ask.BillNo, "order", ask.AuthedOrderID, "fault", fault.Name, "errCode", reply.ErrCode)
	g.answer(w, r, fault, http.StatusOK, reply, &ask)
}

// meet counts the request and asks which fault it meets.
func (g *Gateway) meet(request Request, path string, body []byte) Fault {
	g.mu.Lock()
	key := attemptKey{request.Operation, billKey{request.MID, request.BillDate, request.BillNo}}
	g.attempts[key]++
	request.Attempt = g.attempts[key]
	g.mu.Unlock()
	fault := g.behave(request)
	g.remember(Call{At: request.At, Path: path, BillNo: request.BillNo, OrderID: request.OrderID, Fault: fault.Name}, body)
	return fault
}

func (g *Gateway) remember(c Call, body []byte) {
	if g.options.KeepCalls == 0 {
		return
	}
	c.Digest = digestOf(body)
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.calls) == g.options.KeepCalls {
		g.calls = slices.Delete(g.calls, 0, max(1, len(g.calls)/2))
	}
	g.calls = append(g.calls, c)
}

// work does what is asked of the books, in the way that the fault leaves of it,
// and gives the reply that an honest gateway would send.
func (g *Gateway) work(ask billRequest, query bool, fault Fault, now time.Time) reply {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.books.settle(now)
	if query {
		return ask.found(g.books.find(ask, now.Add(-fault.Lag)), now)
	}
	e := g.books.draft(ask, now)
	switch fault.Executes {
	case Never:
		return ask.done(e, now)
	case Late:
		e.At = now.Add(fault.Delay)
		e.SettleDate = settleDate(e.At)
		g.books.postpone(e)
		return ask.done(e, now)
	}
	if code := g.books.execute(e); code != "" {
		return ask.refusal(code, refusalTexts[code], now)
	}
	return ask.done(e, now)
}

// Execution is one completion that the gateway executed: money that moved.
type Execution struct {
	At            time.Time `json:"at"`
	MID           string    `json:"mid"`
	BillNo        string    `json:"billNo"`
	BillDate      string    `json:"billDate"`
	OrderID       string    `json:"orderId"`
	Amount        money.Fen `json:"amount"`   // asked for, in fen
	Discount      money.Fen `json:"discount"` // alliance discount, taken off what is completed
	SettleDate    string    `json:"settleDate"`
	PaySeqID      string    `json:"paySeqId"`
	TargetOrderID string    `json:"targetOrderId"`
}
