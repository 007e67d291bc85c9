package ums

import (
	"time"

	"batchcomplete/internal/money"
)

// Outcome is what an answer, or the lack of one, proves about one completion.
type Outcome uint8

// The outcomes. The zero value is Unknown: an outcome that nobody set, and a
// reply that nobody understands, must never be taken for anything better.
const (
	// Unknown: the completion may or may not have been executed. The gateway is
	// asked before anything is sent again.
	Unknown Outcome = iota
	// Completed: the gateway says so, and ids and amount agree.
	Completed
	// Declined: definitely refused. Nothing moved, and under this order id
	// nothing ever will.
	Declined
	// NotExecuted: it is proven that nothing was sent, or that it was refused
	// before processing. The same order id may be sent again.
	NotExecuted
	// Absent: the gateway, asked, has no trace of the completion so far. One such
	// answer proves nothing; the rule that counts them is batch's.
	Absent
	// Contradictory: the gateway, asked, says something that does not agree with
	// what was asked of it. A person decides.
	Contradictory
)

var outcomeWords = [...]string{"unknown", "completed", "declined", "not_executed", "absent", "contradictory"}

// String gives the word for logs and the journal.
func (o Outcome) String() string {
	if int(o) < len(outcomeWords) {
		return outcomeWords[o]
	}
	return outcomeWords[Unknown]
}

// Scope says how far an answer's meaning reaches beyond its own row.
type Scope uint8

// The scopes.
const (
	// ThisRow: the answer concerns its row alone.
	ThisRow Scope = iota
	// ThisMerchant: every row of this mid would be answered so; stop sending them.
	ThisMerchant
	// ThisClient: every row would be answered so (credentials, clock, source);
	// stop the run.
	ThisClient
)

// Completion is one completion as it is sent, and as a query asks about it.
// Field names are the API's (official page of /v1/netpay/bills/preauthed);
// BillDate is "2006-01-02" in Beijing time, TotalAmount is in fen.
type Completion struct {
	MID, TID, InstMID string
	BillNo, BillDate  string
	AuthedOrderID     string
	AuthIDRespCd      string
	TotalAmount       money.Fen
	MsgID             string
	SrcReserve        string
	AuthedDesc        string
}

// Payment is authedBillPayment: the completion as the gateway's books have it.
// Amounts are in fen. TotalAmount is what was completed, after an alliance
// discount where there was one (ums-api.md §3). SettleDate is "2006-01-02" and
// may be empty; it is never computed. Payer names and ids are not kept.
type Payment struct {
	MerOrderID     string
	PaySeqID       string
	TargetOrderID  string
	TargetSys      string
	Status         string
	PayTime        string
	SettleDate     string
	PayDetail      string
	CardAttr       string
	TotalAmount    money.Fen
	BuyerPayAmount money.Fen
	InvoiceAmount  money.Fen
	DiscountAmount money.Fen
}

// Answer is everything that one request brought to light.
type Answer struct {
	Outcome Outcome
	Scope   Scope
	// Code is the gateway's errCode, or this package's own lower-case word where
	// there was none ("timeout", "http_503", "unreadable", "refused_connection", …).
	Code string
	// Message is the gateway's errMsg or errInfo, or our error's text: bounded,
	// and with control characters made visible.
	Message string
	// HTTPStatus is 0 where no reply came.
	HTTPStatus int
	// Throttled asks for fewer requests a second; RetryAfter is what the gateway
	// asked for, or 0.
	Throttled  bool
	RetryAfter time.Duration
	// GatewayTime is the gateway's own time of the reply (responseTimestamp), zero
	// where it gave none that can be read.
	GatewayTime time.Time
	// Payment is set where the reply held authedBillPayment.
	Payment Payment
	// Raw is the reply's body, at most 4 KiB of it, kept for rows that a person
	// may have to look into.
	Raw []byte
}
