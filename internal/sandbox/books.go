package sandbox

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"slices"
	"time"
)

// books are the gateway's own: what it executed, and what it has accepted and
// will execute later. They are the oracle of "never twice": an execution is
// appended and never taken back.
type books struct {
	executions []Execution
	byOrder    map[string]int  // the first execution of an order id
	byBill     map[billKey]int // the first execution of a bill
	late       []Execution     // accepted, to be executed at At

	acceptTwice bool
	seed        int64
	file        *os.File
	fileErr     error
}

type billKey struct{ mid, date, no string }

func (e Execution) bill() billKey { return billKey{e.MID, e.BillDate, e.BillNo} }

func openBooks(path string, acceptTwice bool, seed int64) (books, error) {
	b := books{byOrder: map[string]int{}, byBill: map[billKey]int{}, acceptTwice: acceptTwice, seed: seed}
	if path == "" {
		return b, nil
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return b, fmt.Errorf("opening the ledger: %w", err)
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return b, errors.Join(fmt.Errorf("the ledger %s is no regular file", path), err, file.Close())
	}
	lines := bufio.NewScanner(file)
	for number := 1; lines.Scan(); number++ {
		var e Execution
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return b, errors.Join(fmt.Errorf("ledger %s, line %d: %w", path, number, err), file.Close())
		}
		b.enter(e)
	}
	if err := lines.Err(); err != nil {
		return b, errors.Join(fmt.Errorf("reading the ledger %s: %w", path, err), file.Close())
	}
	b.file = file
	return b, nil
}

func (b *books) close() error {
	if b.file == nil {
		return b.fileErr
	}
	err := errors.Join(b.fileErr, b.file.Close())
	b.file = nil
	return err
}

// enter puts an execution into the books in memory.
func (b *books) enter(e Execution) {
	b.executions = append(b.executions, e)
	if _, known := b.byOrder[e.OrderID]; !known {
		b.byOrder[e.OrderID] = len(b.executions) - 1
	}
	if _, known := b.byBill[e.bill()]; !known {
		b.byBill[e.bill()] = len(b.executions) - 1
	}
}

func (b *books) append(e Execution) {
	b.enter(e)
	if b.file == nil {
		return
	}
	line, err := json.Marshal(e)
	if err == nil {
		_, err = b.file.Write(append(line, '\n'))
	}
	b.fileErr = errors.Join(b.fileErr, err)
}

// execute executes a completion, or gives the code that refuses it.
func (b *books) execute(e Execution) (code string) {
	if code := b.refuse(e); code != "" {
		return code
	}
	b.append(e)
	return ""
}

// refuse gives the code that refuses a completion: an order id is used once, and
// a bill is completed once. Something accepted that is still to be executed
// locks both.
func (b *books) refuse(e Execution) string {
	if b.acceptTwice {
		return ""
	}
	if slices.ContainsFunc(b.late, func(l Execution) bool { return l.OrderID == e.OrderID || l.bill() == e.bill() }) {
		return "ORDER_PROCESSING"
	}
	if _, used := b.byOrder[e.OrderID]; used {
		return "DUP_ORDER"
	}
	if _, done := b.byBill[e.bill()]; done {
		return "OPERATION_NOT_ALLOWED"
	}
	return ""
}

// postpone accepts a completion that is executed at its At.
func (b *books) postpone(e Execution) {
	if b.refuse(e) != "" {
		return
	}
	b.late = append(b.late, e)
	slices.SortStableFunc(b.late, func(x, y Execution) int { return cmp.Compare(x.At.UnixNano(), y.At.UnixNano()) })
}

// settle executes what is due. It is called before every look at the books, so
// that nothing has to wait in the background.
func (b *books) settle(now time.Time) {
	for len(b.late) > 0 && !b.late[0].At.After(now) {
		e := b.late[0]
		b.late = b.late[1:]
		_ = b.execute(e)
	}
}

// find gives the execution that a query asks about, as the books stood then.
func (b *books) find(ask billRequest, then time.Time) *Execution {
	at, ok := b.byOrder[ask.AuthedOrderID]
	if !ok || b.executions[at].bill() != ask.key() || b.executions[at].At.After(then) {
		return nil
	}
	return &b.executions[at]
}

// draft gives the execution that a request asks for.
func (b *books) draft(ask billRequest, now time.Time) Execution {
	e := Execution{
		At: now, MID: ask.MID, BillNo: ask.BillNo, BillDate: ask.BillDate, OrderID: ask.AuthedOrderID,
		Amount: ask.amount, SettleDate: settleDate(now),
	}
	draw := b.draw(ask.AuthedOrderID, len(b.executions))
	e.PaySeqID = fmt.Sprintf("%011dN", draw%100_000_000_000)
	e.TargetOrderID = fmt.Sprintf("1123%016d", draw%10_000_000_000_000_000)
	// Of the bills that can be divided, one in sixteen has an alliance discount.
	if ask.amount >= 20 && b.draw(ask.BillNo, 0)%16 == 0 {
		e.Discount = ask.amount / 20
	}
	return e
}

// draw gives a number that depends on the seed and these alone.
func (b *books) draw(text string, n int) uint64 {
	sum := fnv.New64a()
	_, _ = fmt.Fprintf(sum, "%d|%d|%s", b.seed, n, text)
	mixed := sum.Sum64()
	mixed ^= mixed >> 29
	return mixed
}

// settleDate gives the clearing day of a moment: day D runs from 23:00 on D−1
// to 23:00 on D, Beijing time (gateway.md §3: measured, never promised).
func settleDate(at time.Time) string {
	return at.In(beijing).Add(time.Hour).Format("2006-01-02")
}

// beijing is the zone of every time on the wire.
var beijing = time.FixedZone("UTC+8", 8*60*60)
