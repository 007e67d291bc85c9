package ums

import (
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
)

// sample is what the official page's request asks for.
var sample = Completion{
	MID: "89844035541APR4", TID: "APR40001", InstMID: "QRPAYDEFAULT",
	BillNo: "124F2023071912562344830889", BillDate: "2023-07-19",
	AuthedOrderID: "124F2023071913311600836127", AuthIDRespCd: "987275", TotalAmount: 1908,
}

func sampleReply(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/response.json")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// edited gives the official reply with some of it replaced.
func edited(t testing.TB, pairs ...string) []byte {
	t.Helper()
	before := string(sampleReply(t))
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(before, pairs[i]) {
			t.Fatalf("the sample has no %s", pairs[i])
		}
	}
	return []byte(strings.NewReplacer(pairs...).Replace(before))
}

func TestTheOfficialReplyIsACompletion(t *testing.T) {
	a := classify(exchange{asked: sample, connected: true, status: 200, body: sampleReply(t)})
	if a.Outcome != Completed {
		t.Fatalf("%+v", a)
	}
	p := a.Payment
	if p.TotalAmount != 1908 || p.BuyerPayAmount != 954 || p.InvoiceAmount != 954 || p.DiscountAmount != 0 ||
		p.SettleDate != "2023-07-19" || p.PaySeqID != "35313909095N" || p.TargetOrderID != "11230719465844515723" || p.TargetSys != "ACP" {
		t.Errorf("%+v", p)
	}
}

func TestWhatAReplyMeans(t *testing.T) {
	body := func(pairs ...string) []byte { return edited(t, pairs...) }
	noPayment := regexp.MustCompile(`(?s)"authedBillPayment":\s*\{.*?\},`).ReplaceAll(sampleReply(t), nil)
	for _, c := range []struct {
		name         string
		status       int
		body         []byte
		send, query  Outcome
		code         string
		scope, scopq Scope
	}{
		{"the amount as a number", 200, body(`"totalAmount":"1908"`, `"totalAmount":1908`), Completed, Completed, "SUCCESS", 0, 0},
		{"after a discount", 200, body(`"totalAmount":"1908"`, `"totalAmount":"1808"`, `"discountAmount":0`, `"discountAmount":"100"`), Completed, Completed, "SUCCESS", 0, 0},
		{"no discount, another amount", 200, body(`"totalAmount":"1908"`, `"totalAmount":"1909"`), Unknown, Contradictory, CodeOtherAmount, 0, 0},
		{"a discount that does not add up", 200, body(`"totalAmount":"1908"`, `"totalAmount":"1808"`, `"discountAmount":0`, `"discountAmount":99`), Unknown, Contradictory, CodeOtherAmount, 0, 0},
		{"an amount of yuan", 200, body(`"totalAmount":"1908"`, `"totalAmount":"19.08"`), Unknown, Unknown, CodeUnreadable, 0, 0},
		{"no amount", 200, body(`"totalAmount":"1908"`, `"totalAmount":""`), Unknown, Contradictory, CodeOtherAmount, 0, 0},
		{"another bill", 200, body(`"billNo":"124F2023071912562344830889"`, `"billNo":"124F2023071912562344830880"`), Unknown, Contradictory, CodeOtherBill, 0, 0},
		{"another date", 200, body(`"billDate":"2023-07-19"`, `"billDate":"2023-07-18"`), Unknown, Contradictory, CodeOtherBill, 0, 0},
		{"another merchant", 200, body(`"mid":"89844035541APR4"`, `"mid":"89844035541APR5"`), Unknown, Contradictory, CodeOtherBill, 0, 0},
		{"another order id", 200, body(`"merOrderId":"124F2023071913311600836127"`, `"merOrderId":"124F2023071913311600836128"`), Unknown, Contradictory, CodeOtherBill, 0, 0},
		{"no payment", 200, noPayment, Unknown, Absent, CodeNoPayment, 0, 0},
		{"still open", 200, body("TRADE_SUCCESS", "NEW_ORDER"), Unknown, Unknown, CodeOpen, 0, 0},
		{"closed", 200, body("TRADE_SUCCESS", "TRADE_CLOSED"), Unknown, Declined, CodeClosed, 0, 0},
		{"given back", 200, body("TRADE_SUCCESS", "TRADE_REFUND"), Unknown, Contradictory, CodeRefunded, 0, 0},
		{"a status of tomorrow", 200, body("TRADE_SUCCESS", "TRADE_NEW"), Unknown, Unknown, CodeUnknownStatus, 0, 0},
		{"success under 500", 500, sampleReply(t), Unknown, Unknown, CodeHTTP, 0, 0},
		{"no settle date", 200, body(`"settleDate":"2023-07-19"`, `"settleDate":""`), Completed, Completed, "SUCCESS", 0, 0},
		{"two documents", 200, append(sampleReply(t), sampleReply(t)...), Unknown, Unknown, CodeUnreadable, 0, 0},
		{"a key twice", 200, body(`"errMsg":""`, `"errCode":"NO_BILL"`), Unknown, Unknown, CodeUnreadable, 0, 0},
		{"empty", 200, nil, Unknown, Unknown, CodeUnreadable, 0, 0},
		{"html", 502, []byte("<html>"), Unknown, Unknown, CodeUnreadable, 0, 0},
		{"an array", 200, []byte("[]"), Unknown, Unknown, CodeUnreadable, 0, 0},
		{"no code", 403, []byte("{}"), Unknown, Unknown, CodeHTTP, 0, 0},
		{"a code of tomorrow", 200, []byte(`{"errCode":"NEW_CODE"}`), Unknown, Unknown, "NEW_CODE", 0, 0},
		{"declined", 200, []byte(`{"errCode":"NO_BILL"}`), Declined, Unknown, "NO_BILL", 0, 0},
		{"declined, but 500", 500, []byte(`{"errCode":"NO_BILL"}`), Unknown, Unknown, CodeHTTP, 0, 0},
		{"dropped under load", 200, []byte(`{"errCode":"TXN_DISCARDED"}`), NotExecuted, Unknown, "TXN_DISCARDED", 0, 0},
		{"merchant", 200, []byte(`{"errCode":"NO_MERCHANT"}`), Declined, Unknown, "NO_MERCHANT", ThisMerchant, ThisRow},
		{"client", 200, []byte(`{"errCode":"BAD_SIGN"}`), NotExecuted, Unknown, "BAD_SIGN", ThisClient, ThisClient},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := classify(exchange{asked: sample, connected: true, status: c.status, body: c.body})
			if a.Outcome != c.send || a.Scope != c.scope {
				t.Errorf("sent: %v %v %s", a.Outcome, a.Scope, a.Code)
			}
			if !strings.HasPrefix(c.name, "declined, but") && a.Code != c.code {
				t.Errorf("code %s, want %s", a.Code, c.code)
			}
			if q := classify(exchange{query: true, asked: sample, connected: true, status: c.status, body: c.body}); q.Outcome != c.query || q.Scope != c.scopq {
				t.Errorf("asked: %v %v %s", q.Outcome, q.Scope, q.Code)
			}
		})
	}
}

// TestEveryRuleDoesWhatItsRowSays holds the table and the classifier together.
func TestEveryRuleDoesWhatItsRowSays(t *testing.T) {
	for _, rule := range Rules {
		if rule.Code == strings.ToLower(rule.Code) && strings.ContainsAny(rule.Code, "abcdefghijklmnopqrstuvwxyz") {
			continue // our own
		}
		body, err := json.Marshal(map[string]string{"errCode": rule.Code, "errInfo": "原因"})
		if err != nil {
			t.Fatal(err)
		}
		a := classify(exchange{asked: sample, connected: true, status: 200, body: body})
		if a.Outcome != rule.Outcome || a.Scope != rule.Scope || a.Throttled != rule.Throttled || a.Code != rule.Code || a.Message != "原因" {
			t.Errorf("%s: %+v", rule.Code, a)
		}
	}
}

func TestNeverSentIsClaimedOnlyWithProof(t *testing.T) {
	failed := errors.New("connection reset")
	for _, c := range []struct {
		name string
		x    exchange
		want Outcome
	}{
		{"no connection was had", exchange{err: failed}, NotExecuted},
		{"it timed out before a connection was had", exchange{err: failed, timedOut: true}, NotExecuted},
		{"a connection was had", exchange{err: failed, connected: true}, Unknown},
		{"a connection was had, and it timed out", exchange{err: failed, connected: true, timedOut: true}, Unknown},
		{"a query that was not sent proves nothing", exchange{err: failed, query: true}, Unknown},
	} {
		c.x.asked = sample
		if got := classify(c.x).Outcome; got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// FuzzNothingBecomesCompletedByAccident: whatever the gateway sends, completed
// means that ids, status and amount agree; and no reply panics.
func FuzzNothingBecomesCompletedByAccident(f *testing.F) {
	f.Add(sampleReply(f), 200)
	f.Add([]byte(`{"errCode":"SUCCESS","authedBillPayment":{"totalAmount":""}}`), 200)
	f.Add([]byte(`{"errCode":"NO_BILL"}`), 412)
	f.Add([]byte("<html>"), 503)
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		for _, query := range []bool{false, true} {
			a := classify(exchange{query: query, asked: sample, connected: true, status: status, body: body})
			if a.Outcome != Completed {
				continue
			}
			p := a.Payment
			if p.MerOrderID != sample.AuthedOrderID || p.Status != "TRADE_SUCCESS" || status != 200 ||
				p.TotalAmount != 1908 && p.TotalAmount+p.DiscountAmount != 1908 {
				t.Errorf("%q became completed: %+v", body, a)
			}
			for _, text := range []string{sample.BillNo, sample.BillDate, sample.MID} {
				var m map[string]any
				if json.Unmarshal(body, &m) == nil && !strings.Contains(strings.ToLower(string(body)), "\\u") && !strings.Contains(string(body), text) {
					t.Errorf("%q became completed without %s", body, text)
				}
			}
		}
	})
}
