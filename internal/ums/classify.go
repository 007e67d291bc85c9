package ums

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"batchcomplete/internal/money"
)

// exchange is what was seen of one request, as far as it got.
type exchange struct {
	query      bool // a query, not a completion
	asked      Completion
	connected  bool  // a connection was had: bytes may have left
	err        error // no complete reply
	timedOut   bool
	status     int
	body       []byte
	retryAfter time.Duration
}

// classify says what an exchange proves. It is pure, and the only place where a
// reply becomes an Outcome; whatever it does not recognise is Unknown.
func classify(x exchange) Answer {
	a := Answer{HTTPStatus: x.status, RetryAfter: x.retryAfter, Raw: head(x.body, 4<<10)}
	if x.err != nil {
		return a.transport(x)
	}
	r, err := decodeReply(x.body)
	if err != nil {
		a.Code, a.Message = CodeUnreadable, err.Error()
		a.throttle(x.status)
		return a
	}
	// The gateway's words are logged and shown; the authorisation code is for the
	// wire and the checkpoint alone.
	r.hide(x.asked.AuthIDRespCd)
	a.Code = cut(oneLine(r.ErrCode), maxCode)
	a.Message = oneLine(firstOf(r.ErrMsg, r.ErrInfo))
	if at, err := time.ParseInLocation(bodyTime, r.ResponseTimestamp, beijing); err == nil {
		a.GatewayTime = at
	}
	if r.AuthedBillPayment != nil {
		a.Payment = r.AuthedBillPayment.payment(r.CardAttr)
	}
	switch {
	case r.ErrCode == codeSuccess && x.status == 200:
		a.success(x, r)
	case x.query:
		a.refusedQuery(x.status)
	default:
		a.refusedSend(x.status)
	}
	return a
}

// transport judges an exchange that ended without a complete reply. Only where
// no connection was had is it proven that nothing was sent.
func (a Answer) transport(x exchange) Answer {
	a.Message = oneLine(x.err.Error())
	switch {
	case !x.connected:
		a.Code, a.Outcome = CodeNeverSent, NotExecuted
	case x.timedOut:
		a.Code = CodeTimeout
	default:
		a.Code = CodeBroken
	}
	if x.query {
		a.Outcome = Unknown
	}
	return a
}

// refusedSend judges a completion that was answered with an error code.
func (a *Answer) refusedSend(status int) {
	rule, known := ruleOf(a.Code)
	a.throttle(status)
	switch {
	case status == 429:
		a.Code = CodeThrottled
		return
	case status >= 500 || a.Code == "" || a.Code == codeSuccess:
		a.Code = CodeHTTP
		return
	case !known:
		return
	}
	a.Outcome, a.Scope, a.Throttled = rule.Outcome, rule.Scope, a.Throttled || rule.Throttled
}

// refusedQuery judges a query that was answered with an error code: it says
// nothing about the completion, but may say something about the client.
func (a *Answer) refusedQuery(status int) {
	rule, known := ruleOf(a.Code)
	a.throttle(status)
	if known && rule.Scope == ThisClient && status < 500 {
		a.Scope = ThisClient
	}
	a.Throttled = a.Throttled || known && rule.Throttled
	if a.Code == "" || a.Code == codeSuccess {
		a.Code = CodeHTTP
	}
}

func (a *Answer) throttle(status int) {
	if status == 429 {
		a.Throttled = true
	}
}

// success judges errCode SUCCESS. Done means that everything agrees; what
// contradicts is Unknown after a send, since a query may still clear it up, and
// Contradictory after a query.
func (a *Answer) success(x exchange, r reply) {
	contradiction := Unknown
	if x.query {
		contradiction = Contradictory
	}
	c, p := x.asked, r.AuthedBillPayment
	ourBill := r.BillNo == c.BillNo && r.BillDate == c.BillDate && r.MID == c.MID
	switch {
	case p == nil && x.query && ourBill:
		a.Code, a.Outcome = CodeNoPayment, Absent
	case p == nil:
		a.Code = CodeNoPayment
		if !ourBill {
			a.Code, a.Outcome = CodeOtherBill, contradiction
		}
	case !ourBill || p.MerOrderID != c.AuthedOrderID:
		a.Code, a.Outcome = CodeOtherBill, contradiction
	case p.Status == "TRADE_SUCCESS" && agrees(c.TotalAmount, money.Fen(p.TotalAmount), money.Fen(p.DiscountAmount)):
		a.Outcome, a.Raw = Completed, nil
	case p.Status == "TRADE_SUCCESS":
		a.Code, a.Outcome = CodeOtherAmount, contradiction
	case p.Status == "NEW_ORDER" || p.Status == "UNKNOWN" || p.Status == "WAIT_BUYER_PAY":
		a.Code = CodeOpen
	case p.Status == "TRADE_CLOSED" && x.query:
		a.Code, a.Outcome = CodeClosed, Declined
	case p.Status == "TRADE_CLOSED":
		a.Code = CodeClosed
	case p.Status == "TRADE_REFUND":
		a.Code, a.Outcome = CodeRefunded, contradiction
	default:
		a.Code = CodeUnknownStatus
	}
}

// agrees tells whether the amount that was completed is the one that was asked
// for: equal, or equal once the alliance discount that the reply states is added
// (gateway.md §3).
func agrees(asked, total, discount money.Fen) bool {
	if asked <= 0 {
		return false
	}
	if total == asked {
		return true
	}
	sum, ok := total.Add(discount)
	return ok && discount > 0 && total > 0 && sum == asked
}

func (p wirePayment) payment(cardAttr string) Payment {
	return Payment{
		MerOrderID: p.MerOrderID, PaySeqID: p.PaySeqID, TargetOrderID: p.TargetOrderID, TargetSys: p.TargetSys,
		Status: p.Status, PayTime: p.PayTime, SettleDate: p.SettleDate, PayDetail: oneLine(p.PayDetail), CardAttr: cardAttr,
		TotalAmount: money.Fen(p.TotalAmount), BuyerPayAmount: money.Fen(p.BuyerPayAmount),
		InvoiceAmount: money.Fen(p.InvoiceAmount), DiscountAmount: money.Fen(p.DiscountAmount),
	}
}

// hide masks an authorisation code where the gateway's words repeat it.
func (r *reply) hide(code string) {
	words := []*string{&r.ErrCode, &r.ErrMsg, &r.ErrInfo}
	if p := r.AuthedBillPayment; p != nil {
		words = append(words, &p.PayDetail, &p.Status)
	}
	for _, text := range words {
		if code != "" {
			*text = strings.ReplaceAll(*text, code, MaskCode(code))
		}
	}
}

// MaskCode shows no more of an authorisation code than its first two characters.
func MaskCode(code string) string {
	if code == "" {
		return ""
	}
	runes := []rune(code)
	return string(runes[:min(2, len(runes))]) + "****"
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// What is kept of a message and of a code, in characters.
const (
	maxMessage = 300
	maxCode    = 64
)

// oneLine bounds a text of the gateway's and makes it one line without control
// or formatting characters.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	return strings.TrimSpace(cut(s, maxMessage))
}

func cut(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n]) + "…"
	}
	return s
}

// head gives the first bytes as they are, not a copy; nil where there are none.
func head(b []byte, n int) []byte {
	if len(b) == 0 {
		return nil
	}
	return slices.Clip(b[:min(len(b), n)])
}
