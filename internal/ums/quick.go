package ums

import (
	"reflect"
	"strings"
	"unicode/utf8"

	"batchcomplete/internal/money"
)

// quickReply reads a reply in its plain form in one pass: keys as they are
// documented, strings without escapes, whole numbers. Whatever is not plain, and
// whatever is wrong, it leaves to decodeReply's careful way: false then means
// nothing but that. A reply that it does accept, the careful way accepts with the
// same content (FuzzQuickReplyIsTheCarefulOne).
func quickReply(body []byte) (reply, bool) {
	q := quick{text: string(body)}
	var r reply
	q.object(1, func(key string) { q.replyField(&r, key) })
	q.space()
	return r, !q.odd && q.at == len(q.text)
}

// quick is a place in a document. Once it is odd, nothing that was read counts.
type quick struct {
	text string
	at   int
	odd  bool
}

func (q *quick) replyField(r *reply, key string) {
	switch key {
	case "errCode":
		q.string(&r.ErrCode)
	case "errMsg":
		q.string(&r.ErrMsg)
	case "errInfo":
		q.string(&r.ErrInfo)
	case "responseTimestamp":
		q.string(&r.ResponseTimestamp)
	case "mid":
		q.string(&r.MID)
	case "tid":
		q.string(&r.TID)
	case "instMid":
		q.string(&r.InstMID)
	case "authIdRespCd":
		q.string(&r.AuthIDRespCd)
	case "authedBillPayment":
		if !q.word("null") {
			r.AuthedBillPayment = &wirePayment{}
			q.object(2, func(key string) { q.paymentField(r.AuthedBillPayment, key) })
		}
	case "msgId":
		q.string(&r.MsgID)
	case "srcReserve":
		q.string(&r.SrcReserve)
	case "billNo":
		q.string(&r.BillNo)
	case "billDate":
		q.string(&r.BillDate)
	case "billQRCode":
		q.string(&r.BillQRCode)
	case "billStatus":
		q.string(&r.BillStatus)
	case "authedOrderId":
		q.string(&r.AuthedOrderID)
	case "cardAttr":
		q.string(&r.CardAttr)
	default:
		q.unread(key, replyNames, 1)
	}
}

func (q *quick) paymentField(p *wirePayment, key string) {
	switch key {
	case "merOrderId":
		q.string(&p.MerOrderID)
	case "billBizType":
		q.string(&p.BillBizType)
	case "paySeqId":
		q.string(&p.PaySeqID)
	case "totalAmount":
		q.amount(&p.TotalAmount)
	case "buyerPayAmount":
		q.amount(&p.BuyerPayAmount)
	case "invoiceAmount":
		q.amount(&p.InvoiceAmount)
	case "discountAmount":
		q.amount(&p.DiscountAmount)
	case "payDetail":
		q.string(&p.PayDetail)
	case "payTime":
		q.string(&p.PayTime)
	case "settleDate":
		q.string(&p.SettleDate)
	case "status":
		q.string(&p.Status)
	case "targetOrderId":
		q.string(&p.TargetOrderID)
	case "targetSys":
		q.string(&p.TargetSys)
	case "activityIds":
		q.string(&p.ActivityIDs)
	default:
		q.unread(key, paymentNames, 2)
	}
}

var (
	replyNames   = jsonNames(reflect.TypeFor[reply]())
	paymentNames = jsonNames(reflect.TypeFor[wirePayment]())
)

// jsonNames gives the keys of a type's fields in lower case: a key that differs
// from one of them by case alone is not plain.
func jsonNames(t reflect.Type) map[string]bool {
	names := map[string]bool{}
	for i := range t.NumField() {
		names[strings.ToLower(t.Field(i).Tag.Get("json"))] = true
	}
	return names
}

func (q *quick) space() {
	for q.at < len(q.text) && strings.IndexByte(" \t\r\n", q.text[q.at]) >= 0 {
		q.at++
	}
}

// take reads one character where it comes next.
func (q *quick) take(c byte) bool {
	q.space()
	if q.at < len(q.text) && q.text[q.at] == c {
		q.at++
		return true
	}
	return false
}

// need is take for what must come next.
func (q *quick) need(c byte) { q.odd = !q.take(c) || q.odd }

func (q *quick) word(w string) bool {
	q.space()
	if strings.HasPrefix(q.text[q.at:], w) {
		q.at += len(w)
		return true
	}
	return false
}

// quickKeys and quickDepth bound what is plain, far above the official reply.
const (
	quickKeys  = 40
	quickDepth = 6
)

// object reads an object, whose keys are plain and differ by more than case;
// value reads what stands behind a key.
func (q *quick) object(depth int, value func(key string)) {
	q.need('{')
	if q.odd || depth > quickDepth || q.take('}') {
		q.odd = q.odd || depth > quickDepth
		return
	}
	var seen [quickKeys]string
	for n := 0; !q.odd; n++ {
		key := q.quoted()
		if n == quickKeys || !plainKey(key) {
			q.odd = true
			return
		}
		for _, other := range seen[:n] {
			q.odd = q.odd || len(other) == len(key) && strings.EqualFold(other, key)
		}
		seen[n] = key
		q.need(':')
		value(key)
		if !q.take(',') {
			q.need('}')
			return
		}
	}
}

func plainKey(key string) bool {
	for i := range len(key) {
		if key[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// quoted reads a string without escapes.
func (q *quick) quoted() string {
	q.need('"')
	from, ascii := q.at, true
	for ; q.at < len(q.text) && !q.odd; q.at++ {
		switch c := q.text[q.at]; {
		case c == '"':
			s := q.text[from:q.at]
			q.at++
			q.odd = !ascii && !utf8.ValidString(s)
			return s
		case c == '\\' || c < ' ':
			q.odd = true
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	q.odd = true
	return ""
}

// string reads a string or null, which leaves into as it was.
func (q *quick) string(into *string) {
	if !q.word("null") {
		*into = q.quoted()
	}
}

// amount reads an amount as a string, a number, "" or null.
func (q *quick) amount(into *wireFen) {
	q.space()
	var digits string
	switch {
	case q.word("null") || q.word(`""`):
		return
	case q.at < len(q.text) && q.text[q.at] == '"':
		digits = q.quoted()
	default:
		digits = q.number()
	}
	fen, err := money.ParseFen(digits)
	q.odd = q.odd || err != nil || fen < 0
	*into = wireFen(fen)
}

// number reads a whole number that is not negative.
func (q *quick) number() string {
	from := q.at
	for q.at < len(q.text) && q.text[q.at] >= '0' && q.text[q.at] <= '9' {
		q.at++
	}
	digits := q.text[from:q.at]
	q.odd = q.odd || digits == "" || digits[0] == '0' && len(digits) > 1
	return digits
}

// unread passes over the value of a key that is not read.
func (q *quick) unread(key string, names map[string]bool, depth int) {
	if names[strings.ToLower(key)] {
		q.odd = true
		return
	}
	q.skip(depth)
}

func (q *quick) skip(depth int) {
	q.space()
	switch {
	case q.at == len(q.text):
		q.odd = true
	case q.text[q.at] == '"':
		q.quoted()
	case q.text[q.at] == '{':
		q.object(depth+1, func(string) { q.skip(depth + 1) })
	case q.word("null") || q.word("true") || q.word("false"):
	default:
		q.number()
	}
}
