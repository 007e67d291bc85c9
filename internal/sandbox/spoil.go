package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func digestOf(body []byte) [32]byte { return sha256.Sum256(body) }

func writeJSON(w http.ResponseWriter, status int, v any) { write(w, status, encode(v)) }

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own types
	}
	return text
}

func write(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// answer sends a reply in the way that the fault leaves of it. ask is nil for a
// call that is about no bill.
func (g *Gateway) answer(w http.ResponseWriter, r *http.Request, f Fault, status int, v any, ask *billRequest) {
	if f.Delay > 0 && f.Reply == Stalled {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
		}
	}
	if honest, ok := v.(reply); ok && ask != nil {
		v = f.twist(honest)
	}
	body := encode(v)
	switch f.Reply {
	case WithStatus, WithCodeAt:
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter/time.Second)))
		}
		if f.Reply == WithStatus {
			body = []byte("<html><body>" + http.StatusText(f.Status) + "</body></html>")
		}
		write(w, f.Status, body)
	case CutBefore:
		panic(http.ErrAbortHandler)
	case CutWithin, Truncated:
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		_, _ = w.Write(body[:len(body)/2])
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
		panic(http.ErrAbortHandler)
	case Redirect:
		w.Header().Set("Location", r.URL.Path)
		w.WriteHeader(http.StatusTemporaryRedirect)
	default:
		write(w, status, f.mangle(body))
	}
}

// mangle spoils the body itself.
func (f Fault) mangle(body []byte) []byte {
	switch f.Reply {
	case HTML:
		return []byte("<html><body>系统维护中</body></html>")
	case Empty:
		return nil
	case HalfJSON:
		return body[:len(body)/2]
	case Garbage:
		return bytes.Repeat([]byte{0x00, 0xff, 0x1f, 0x8b}, 64)
	case TwoDocuments:
		return append(append(body, '\n'), body...)
	case DuplicateKey:
		return append([]byte(`{"errCode":"NO_BILL",`), body[1:]...)
	case TooLarge:
		return append(bytes.TrimSuffix(body, []byte("}")), []byte(`,"pad":"`+strings.Repeat("x", 2<<20)+`"}`)...)
	case TooDeep:
		return append(bytes.TrimSuffix(body, []byte("}")), []byte(`,"deep":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+`}`)...)
	}
	return body
}

// twist makes the reply say something else than what happened.
func (f Fault) twist(r reply) any {
	if f.Reply == WithCode || f.Reply == WithCodeAt {
		return struct {
			ErrCode  string `json:"errCode"`
			ErrMsg   string `json:"errMsg"`
			MID      string `json:"mid"`
			BillNo   string `json:"billNo"`
			BillDate string `json:"billDate"`
		}{f.Code, "模拟的答复 " + f.Code, r.MID, r.BillNo, r.BillDate}
	}
	switch f.Reply {
	case OtherBill:
		r.BillNo += "9"
	case OtherDate:
		r.BillDate = "2020-01-01"
	case OtherMerchant:
		r.MID = "OTHER0000000001"
	case NoPayment:
		r.AuthedBillPayment = nil
	}
	if r.AuthedBillPayment == nil {
		return r
	}
	p := *r.AuthedBillPayment
	r.AuthedBillPayment = &p
	switch f.Reply {
	case OtherOrder:
		p.MerOrderID += "9"
	case OtherAmount:
		p.TotalAmount = json.Number(number(p.TotalAmount, 1))
	case LessAmount:
		p.TotalAmount = number(p.TotalAmount, -1)
	case NotAnAmount:
		p.TotalAmount = "19.08"
	case NoSettleDate:
		p.SettleDate = ""
	case WithPayStatus:
		p.Status = f.Code
	}
	return r
}

func number(v any, add int64) string {
	text, _ := v.(string)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic("sandbox: the amount is a string of digits")
	}
	return strconv.FormatInt(n+add, 10)
}

// script is what Scripted does, by the last two digits of the amount in fen.
var script = map[int]string{
	91: "NO_BILL",
	92: "BAD_REQUEST",
	93: "cut before",
	94: "TIMEOUT, not executed",
	95: "INTERNAL_ERROR",
	96: "no settle date",
	97: "OPERATION_NOT_ALLOWED, not executed",
	98: "other amount",
}

// Script lists what Scripted does: the fault by the last two digits of the
// amount in fen.
func Script() map[int]string { return maps.Clone(script) }

// Healthy is a gateway without faults.
func Healthy() Behaviour { return func(Request) Fault { return Fault{} } }

// Scripted brings about a fault for the first completion of a bill whose amount
// ends in one of Script's digits; a refusal (91, 92, 97) and a wrong amount (98)
// meet every completion of it. Queries are answered honestly.
func Scripted() Behaviour {
	return func(r Request) Fault {
		last := int(r.Amount % 100)
		name, ok := script[last]
		switch {
		case !ok || r.Operation != Completion:
			return Fault{}
		case r.Attempt > 1 && last != 91 && last != 92 && last != 97 && last != 98:
			return Fault{}
		}
		return Named(name)
	}
}
