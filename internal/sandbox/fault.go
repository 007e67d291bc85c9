package sandbox

import (
	"time"

	"batchcomplete/internal/money"
)

// Operation is what a request asks for.
type Operation uint8

// The operations.
const (
	Completion Operation = iota
	Query
	Token
	Refused // at the door: the signature or the token was wrong
)

// Request is what a Behaviour knows of a request.
type Request struct {
	Operation             Operation
	MID, BillNo, BillDate string
	OrderID               string    // authedOrderId
	Amount                money.Fen // of a completion, in fen
	Attempt               int       // the how-manieth request of this operation for this bill, from 1
	At                    time.Time // of arrival
}

// Behaviour decides which fault a request meets; the zero Fault is none. It is
// called from many goroutines.
type Behaviour func(Request) Fault

// Executes says what becomes of a completion behind a spoilt reply.
type Executes uint8

// What becomes of it.
const (
	AsAsked Executes = iota // executed, where the books allow it
	Never                   // not executed, and not remembered
	Late                    // executed after Fault.Delay
)

// Spoil says what is wrong with the reply.
type Spoil uint8

// The replies.
const (
	Honest        Spoil = iota
	WithCode            // errCode is Fault.Code
	WithStatus          // HTTP status Fault.Status, with a page of HTML; Retry-After where it is set
	WithCodeAt          // errCode Fault.Code under HTTP status Fault.Status
	HTML                // HTTP 200 with a page of HTML
	Empty               // HTTP 200 with no body
	Truncated           // half of the body, under the whole one's Content-Length
	HalfJSON            // half of the body, with its own Content-Length
	Garbage             // bytes
	TwoDocuments        // the reply twice
	DuplicateKey        // errCode stands twice, the second time as SUCCESS
	TooLarge            // more than a mebibyte
	TooDeep             // nested without end
	Redirect            // HTTP 307 to itself
	OtherBill           // billNo is another's
	OtherDate           // billDate is another's
	OtherMerchant       // mid is another's
	OtherOrder          // merOrderId is another's
	OtherAmount         // one fen more
	LessAmount          // one fen less
	NotAnAmount         // totalAmount is no whole number of fen
	NoPayment           // SUCCESS without authedBillPayment
	NoSettleDate        // settleDate is empty
	WithPayStatus       // authedBillPayment.status is Fault.Code
	CutBefore           // the connection ends before the reply
	CutWithin           // the connection ends within the reply
	Stalled             // the reply comes after Fault.Delay
)

// Fault is what goes wrong with one request.
type Fault struct {
	Name       string
	Executes   Executes
	Reply      Spoil
	Code       string
	Status     int
	RetryAfter time.Duration
	Delay      time.Duration // of a late execution, or of a stalled reply
	Lag        time.Duration // a query sees the books as they stood this long ago
}

// lateBy is when the catalogue's late executions happen.
const lateBy = 30 * time.Second

// stallBy is how long the catalogue's stalled replies take: longer than the
// client's default timeout.
const stallBy = 90 * time.Second

// notExecuted lists the codes that refuse a request before anything moved.
var notExecuted = []string{
	"INVALID_ORDER", "TXN_DISCARDED", "ABNORMAL_REQUEST_TIME", "BAD_REQUEST", "NO_ORDER", "NO_BILL", "NO_CROSS_DAY_TRADING",
	"NO_MERCHANT", "INACTIVE_MERCHANT", "INVLID_MERCHANT_CONFIG",
	"BAD_SIGN", "INVALID_MSGSRC", "DENIED_IP", "NO_SERVICE", "1000", "1001", "9001",
}

// maybeExecuted lists the codes behind which a completion may have been
// executed. NEW_CODE_OF_TOMORROW stands for any that is not documented.
var maybeExecuted = []string{
	"INTERNAL_ERROR", "TIMEOUT", "NET_ERROR", "INVALID_RESPONSE", "SYSTEM_BUSY", "TARGET_FAIL", "9200", "9999",
	"DUP_ORDER", "ORDER_PROCESSING", "OPERATION_NOT_ALLOWED", "NEW_CODE_OF_TOMORROW",
}

// Faults lists every fault by name. What may or may not have been executed is
// there as NAME (executed), "NAME, not executed" and, for codes, "NAME, late".
func Faults() []Fault {
	var all []Fault
	for _, code := range notExecuted {
		all = append(all, Fault{Name: code, Executes: Never, Reply: WithCode, Code: code})
	}
	for _, code := range maybeExecuted {
		all = append(all,
			Fault{Name: code, Reply: WithCode, Code: code},
			Fault{Name: code + ", not executed", Executes: Never, Reply: WithCode, Code: code},
			Fault{Name: code + ", late", Executes: Late, Delay: lateBy, Reply: WithCode, Code: code})
	}
	for _, f := range []Fault{
		{Name: "429", Reply: WithStatus, Status: 429, RetryAfter: 2 * time.Second},
		{Name: "400", Reply: WithStatus, Status: 400},
		{Name: "403", Reply: WithStatus, Status: 403},
		{Name: "404", Reply: WithStatus, Status: 404},
		{Name: "408", Reply: WithStatus, Status: 408},
		{Name: "500", Reply: WithStatus, Status: 500},
		{Name: "502", Reply: WithStatus, Status: 502},
		{Name: "503", Reply: WithStatus, Status: 503, RetryAfter: 2 * time.Second},
		{Name: "504", Reply: WithStatus, Status: 504},
		{Name: "412 with 9200", Reply: WithCodeAt, Status: 412, Code: "9200"},
		{Name: "500 with TXN_DISCARDED", Reply: WithCodeAt, Status: 500, Code: "TXN_DISCARDED"},
		{Name: "500 with SUCCESS", Reply: WithCodeAt, Status: 500, Code: "SUCCESS"},
		{Name: "html", Reply: HTML}, {Name: "empty", Reply: Empty},
		{Name: "truncated", Reply: Truncated}, {Name: "half json", Reply: HalfJSON}, {Name: "garbage", Reply: Garbage},
		{Name: "two documents", Reply: TwoDocuments}, {Name: "duplicate key", Reply: DuplicateKey},
		{Name: "too large", Reply: TooLarge}, {Name: "too deep", Reply: TooDeep}, {Name: "redirect", Reply: Redirect},
		{Name: "other bill", Reply: OtherBill}, {Name: "other date", Reply: OtherDate}, {Name: "other merchant", Reply: OtherMerchant},
		{Name: "other order", Reply: OtherOrder}, {Name: "other amount", Reply: OtherAmount}, {Name: "less amount", Reply: LessAmount},
		{Name: "not an amount", Reply: NotAnAmount}, {Name: "no payment", Reply: NoPayment},
		{Name: "NEW_ORDER", Reply: WithPayStatus, Code: "NEW_ORDER"}, {Name: "UNKNOWN", Reply: WithPayStatus, Code: "UNKNOWN"},
		{Name: "WAIT_BUYER_PAY", Reply: WithPayStatus, Code: "WAIT_BUYER_PAY"}, {Name: "TRADE_REFUND", Reply: WithPayStatus, Code: "TRADE_REFUND"},
		{Name: "status of tomorrow", Reply: WithPayStatus, Code: "TRADE_NEW"},
		{Name: "cut before", Reply: CutBefore}, {Name: "cut within", Reply: CutWithin},
		{Name: "stalled", Reply: Stalled, Delay: stallBy},
	} {
		not := f
		not.Name, not.Executes = f.Name+", not executed", Never
		all = append(all, f, not)
	}
	return append(all,
		Fault{Name: "TRADE_CLOSED", Executes: Never, Reply: WithPayStatus, Code: "TRADE_CLOSED"},
		Fault{Name: "no settle date", Reply: NoSettleDate},
		Fault{Name: "query lag", Lag: 5 * time.Minute},
	)
}

// Named gives the fault of that name, and panics where there is none: names are
// written by programmers.
func Named(name string) Fault {
	for _, f := range Faults() {
		if f.Name == name {
			return f
		}
	}
	panic("sandbox: there is no fault named " + name)
}
