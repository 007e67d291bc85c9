package ums

import (
	"slices"
	"time"
)

// Rule is what one code means for money: a row of gateway.md §5.
type Rule struct {
	Code    string
	Outcome Outcome // of a send that is answered so
	Scope   Scope
	// IfAbsent is what it means when a completion whose send was answered so is
	// later proven absent: NotExecuted (send again, same id), Declined, or
	// Contradictory (a person decides).
	IfAbsent Outcome
	// QueryAfter is how long to wait before asking.
	QueryAfter time.Duration
	// OneQuery: one absence that was found late enough to count is enough, since
	// the answer excludes that this very request is still under way.
	OneQuery  bool
	Throttled bool
}

// Rules is gateway.md §5 as data. A code that is not in it is Unknown, and a
// proven absence after it lets the same order id be sent again.
var Rules = []Rule{
	// Trouble inside or behind the gateway: it may have been executed.
	{Code: "INTERNAL_ERROR", IfAbsent: NotExecuted},
	{Code: "TIMEOUT", IfAbsent: NotExecuted},
	{Code: "NET_ERROR", IfAbsent: NotExecuted},
	{Code: "INVALID_RESPONSE", IfAbsent: NotExecuted},
	{Code: "SYSTEM_BUSY", IfAbsent: NotExecuted, Throttled: true},
	{Code: "9200", IfAbsent: NotExecuted},
	{Code: "9999", IfAbsent: NotExecuted},
	// The channel failed, "or succeeded but was not handled properly".
	{Code: "TARGET_FAIL", IfAbsent: Declined},
	// An earlier request of ours may have done it.
	{Code: CodeDupOrder, IfAbsent: Contradictory},
	{Code: "ORDER_PROCESSING", IfAbsent: NotExecuted, QueryAfter: time.Minute},
	{Code: "OPERATION_NOT_ALLOWED", IfAbsent: Declined, OneQuery: true},
	// "Query first", then one more send.
	{Code: "INVALID_ORDER", IfAbsent: NotExecuted},
	// Dropped under load before processing.
	{Code: "TXN_DISCARDED", Outcome: NotExecuted, IfAbsent: NotExecuted, Throttled: true},
	// Refused: the row must be mended.
	{Code: "BAD_REQUEST", Outcome: Declined},
	{Code: "NO_ORDER", Outcome: Declined},
	{Code: "NO_BILL", Outcome: Declined},
	{Code: "NO_CROSS_DAY_TRADING", Outcome: Declined},
	{Code: "9001", Outcome: Declined},
	// This merchant cannot.
	{Code: "NO_MERCHANT", Outcome: Declined, Scope: ThisMerchant},
	{Code: "INACTIVE_MERCHANT", Outcome: Declined, Scope: ThisMerchant},
	{Code: "INVLID_MERCHANT_CONFIG", Outcome: Declined, Scope: ThisMerchant}, // the gateway's own spelling
	// SUCCESS with anything else: if the gateway then has no trace of it, its
	// answers contradict each other.
	{Code: CodeNoPayment, IfAbsent: Contradictory},
	{Code: CodeOpen, IfAbsent: Contradictory},
	{Code: CodeClosed, IfAbsent: Contradictory},
	{Code: CodeRefunded, IfAbsent: Contradictory},
	{Code: CodeOtherBill, IfAbsent: Contradictory},
	{Code: CodeOtherAmount, IfAbsent: Contradictory},
	{Code: CodeUnknownStatus, IfAbsent: Contradictory},
	// A checkpoint that may have forgotten a send, or the retry of a refused bill.
	{Code: CodeForgotten, IfAbsent: NotExecuted},
	{Code: CodeForgottenRefusal, IfAbsent: Declined},
	// This client cannot: every row would meet it.
	{Code: "ABNORMAL_REQUEST_TIME", Outcome: NotExecuted, Scope: ThisClient},
	{Code: "BAD_SIGN", Outcome: NotExecuted, Scope: ThisClient},
	{Code: "INVALID_MSGSRC", Outcome: NotExecuted, Scope: ThisClient},
	{Code: "DENIED_IP", Outcome: NotExecuted, Scope: ThisClient},
	{Code: "NO_SERVICE", Outcome: NotExecuted, Scope: ThisClient},
	{Code: "1000", Outcome: NotExecuted, Scope: ThisClient},
	{Code: "1001", Outcome: NotExecuted, Scope: ThisClient},
}

// The codes that are this package's own, for what no code of the gateway says.
const (
	codeSuccess          = "SUCCESS"
	codeAuth             = "1000"              // the platform refuses the authentication
	CodeDupOrder         = "DUP_ORDER"         // this order id was used already
	CodeNeverSent        = "never_sent"        // no connection was had: proven
	CodeTimeout          = "timeout"           // no reply in time
	CodeBroken           = "broken"            // the connection ended before the reply did
	CodeUnreadable       = "unreadable"        // a reply that is not one proper JSON document
	CodeHTTP             = "http_status"       // an HTTP status without a code that is known
	CodeThrottled        = "http_429"          // throttled by HTTP status
	CodeNoPayment        = "no_payment"        // SUCCESS without authedBillPayment
	CodeOpen             = "payment_open"      // the payment is there, and not final
	CodeClosed           = "payment_closed"    // TRADE_CLOSED: not executed, and never will be
	CodeRefunded         = "payment_refunded"  // TRADE_REFUND: done, and given back by somebody
	CodeOtherBill        = "other_bill"        // the reply is about another bill, merchant or order id
	CodeOtherAmount      = "other_amount"      // our order id, another amount
	CodeUnknownStatus    = "unknown_status"    // a status that is not in the documentation
	CodeTokenRefused     = "token_refused"     // no access token was to be had
	CodeTokenExpired     = "token_expired"     // the shared token was refused; the next call fetches another
	CodeForgotten        = "forgotten"         // nothing was asked yet: the checkpoint may have forgotten a send
	CodeForgottenRefusal = "forgotten_refusal" // the same of a row that it has as declined: a retry may be forgotten
	CodeLaterOrder       = "later_order"       // absent, but a later generation's order id is there
	CodeClock            = "clock_differs"     // absent, while the gateway's clock and this machine's disagree
)

// OwnCodes lists the codes of our own that are not in Rules: they are Unknown,
// or proof that nothing was sent, by what happened and not by what was said.
var OwnCodes = []string{
	CodeNeverSent, CodeTimeout, CodeBroken, CodeUnreadable, CodeHTTP, CodeThrottled, CodeTokenRefused, CodeTokenExpired,
	CodeLaterOrder, CodeClock,
}

// Codes lists every code that has a meaning: the gateway's and our own.
func Codes() []string {
	var all []string
	for _, r := range Rules {
		all = append(all, r.Code)
	}
	return append(all, OwnCodes...)
}

// ruleOf gives a code's rule; for a code that is not in the table, the zero
// outcome (Unknown) and NotExecuted when proven absent.
func ruleOf(code string) (Rule, bool) {
	at := slices.IndexFunc(Rules, func(r Rule) bool { return r.Code == code })
	if at < 0 {
		return Rule{Code: code, IfAbsent: NotExecuted}, false
	}
	return Rules[at], true
}

// IfAbsent says what a proven absence means for a completion whose last send
// was answered with that code.
func IfAbsent(code string) Outcome {
	r, _ := ruleOf(code)
	return r.IfAbsent
}

// QueryAfter says how long after a send that was answered so to wait before
// asking.
func QueryAfter(code string) time.Duration {
	r, _ := ruleOf(code)
	return r.QueryAfter
}

// AbsentNeedsOneQuery tells whether one absence proves, after the only send of
// an order id was answered so.
func AbsentNeedsOneQuery(code string) bool {
	r, _ := ruleOf(code)
	return r.OneQuery
}
