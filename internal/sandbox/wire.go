package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"batchcomplete/internal/money"
)

// billRequest is the body of both calls (official page; gateway.md §3, §4).
type billRequest struct {
	RequestTimestamp string          `json:"requestTimestamp"`
	MID              string          `json:"mid"`
	TID              string          `json:"tid"`
	InstMID          string          `json:"instMid"`
	BillNo           string          `json:"billNo"`
	BillDate         string          `json:"billDate"`
	AuthedOrderID    string          `json:"authedOrderId"`
	AuthIDRespCd     string          `json:"authIdRespCd"`
	TotalAmount      json.RawMessage `json:"totalAmount"`
	MsgID            string          `json:"msgId"`
	SrcReserve       string          `json:"srcReserve"`
	AuthedDesc       string          `json:"authedDesc"`
	RefundOrderID    string          `json:"refundOrderId"`

	amount money.Fen
}

func (r billRequest) key() billKey { return billKey{r.MID, r.BillDate, r.BillNo} }

// readBill reads a body: one JSON object with no field that the page lacks.
func readBill(body []byte) (billRequest, error) {
	var r billRequest
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		return r, fmt.Errorf("报文格式错误: %w", err)
	}
	if decoder.More() {
		return r, errors.New("报文之后还有内容")
	}
	if text := strings.Trim(string(r.TotalAmount), `"`); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return r, errors.New("totalAmount 不是数字")
		}
		r.amount = money.Fen(n)
	}
	return r, nil
}

var dateForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

// clockSkew is how far a client's clock may be off; the real limit is unknown.
const clockSkew = 10 * time.Minute

// refuse checks the fields as the page describes them, and gives the code and
// the text of a refusal.
func (r billRequest) refuse(query bool, now time.Time) (code, why string) {
	at, err := time.ParseInLocation("2006-01-02 15:04:05", r.RequestTimestamp, beijing)
	if err != nil || now.Sub(at).Abs() > clockSkew {
		return "ABNORMAL_REQUEST_TIME", "报文请求时间异常"
	}
	for _, f := range []struct {
		name, value string
		least, most int
	}{
		{"mid", r.MID, 1, 15}, {"tid", r.TID, 1, 8}, {"instMid", r.InstMID, 1, 32},
		{"billNo", r.BillNo, 6, 31}, {"authedOrderId", r.AuthedOrderID, 6, 32},
		{"msgId", r.MsgID, 0, 64}, {"srcReserve", r.SrcReserve, 0, 255}, {"authedDesc", r.AuthedDesc, 0, 255},
	} {
		if n := utf8.RuneCountInString(f.value); n < f.least || n > f.most {
			return "BAD_REQUEST", f.name + " 长度不符"
		}
	}
	switch {
	case !dateForm.MatchString(r.BillDate):
		return "BAD_REQUEST", "billDate 格式错误"
	case query:
		return "", ""
	case len(r.AuthIDRespCd) < 6 || len(r.AuthIDRespCd) > 255:
		return "BAD_REQUEST", "authIdRespCd 长度不符"
	case r.amount < 1 || r.amount > money.MaxBill:
		return "BAD_REQUEST", "totalAmount 超出范围"
	}
	return "", ""
}

// reply is an answer as the official page shows it: every field is there.
type reply struct {
	ErrCode           string   `json:"errCode"`
	ErrMsg            string   `json:"errMsg"`
	ResponseTimestamp string   `json:"responseTimestamp"`
	MID               string   `json:"mid"`
	TID               string   `json:"tid"`
	InstMID           string   `json:"instMid"`
	AuthIDRespCd      string   `json:"authIdRespCd"`
	BillPayment       *payment `json:"billPayment,omitempty"` // queries only
	AuthedBillPayment *payment `json:"authedBillPayment,omitempty"`
	MsgID             string   `json:"msgId"`
	SrcReserve        string   `json:"srcReserve"`
	BillNo            string   `json:"billNo"`
	BillDate          string   `json:"billDate"`
	BillQRCode        string   `json:"billQRCode"`
	BillStatus        string   `json:"billStatus"`
	AuthedOrderID     string   `json:"authedOrderId"` // empty in the official sample, though it is asked for
	CardAttr          string   `json:"cardAttr"`
}

// payment has its numbers as strings, numbers or "", as the sample does.
type payment struct {
	MerOrderID     string `json:"merOrderId"`
	BillBizType    string `json:"billBizType"`
	PaySeqID       string `json:"paySeqId"`
	TotalAmount    any    `json:"totalAmount"`
	BuyerPayAmount any    `json:"buyerPayAmount"`
	InvoiceAmount  any    `json:"invoiceAmount"`
	DiscountAmount any    `json:"discountAmount"`
	BuyerID        string `json:"buyerId"`
	BuyerUsername  string `json:"buyerUsername"`
	PayDetail      string `json:"payDetail"`
	PayTime        string `json:"payTime"`
	SettleDate     string `json:"settleDate"`
	Status         string `json:"status"`
	TargetOrderID  string `json:"targetOrderId"`
	TargetSys      string `json:"targetSys"`
	ActivityIDs    string `json:"activityIds"`
}

func (r billRequest) base(now time.Time) reply {
	return reply{
		ErrCode: "SUCCESS", ResponseTimestamp: now.In(beijing).Format("2006-01-02 15:04:05"),
		MID: r.MID, TID: r.TID, InstMID: r.InstMID, AuthIDRespCd: r.AuthIDRespCd,
		MsgID: r.MsgID, SrcReserve: r.SrcReserve, BillNo: r.BillNo, BillDate: r.BillDate,
	}
}

func (r billRequest) refusal(code, why string, now time.Time) reply {
	answer := r.base(now)
	answer.ErrCode, answer.ErrMsg = code, why
	return answer
}

var refusalTexts = map[string]string{
	"DUP_ORDER":             "订单号重复",
	"ORDER_PROCESSING":      "订单处理中",
	"OPERATION_NOT_ALLOWED": "当前状态不允许此操作",
}

// done is the answer to a completion that was executed.
func (r billRequest) done(e Execution, now time.Time) reply {
	answer := r.base(now)
	answer.BillStatus = "PAID"
	answer.AuthedBillPayment = e.payment()
	return answer
}

// found is the answer to a query: authedBillPayment only where the completion
// that it asks about was executed.
func (r billRequest) found(e *Execution, now time.Time) reply {
	answer := r.base(now)
	answer.BillPayment = &payment{BillBizType: "bills", Status: "TRADE_SUCCESS", TotalAmount: "", BuyerPayAmount: "", InvoiceAmount: "", DiscountAmount: ""}
	answer.BillStatus = "PAID"
	if e != nil {
		answer.AuthedBillPayment = e.payment()
	}
	return answer
}

func (e Execution) payment() *payment {
	paid := e.Amount - e.Discount
	p := &payment{
		MerOrderID: e.OrderID, BillBizType: "bills", PaySeqID: e.PaySeqID,
		TotalAmount: strconv.FormatInt(int64(paid), 10), BuyerPayAmount: int64(paid), InvoiceAmount: strconv.FormatInt(int64(paid), 10), DiscountAmount: 0,
		PayDetail: "现金支付" + paid.String() + "元", PayTime: e.At.In(beijing).Format("2006-01-02 15:04:05"), SettleDate: e.SettleDate,
		Status: "TRADE_SUCCESS", TargetOrderID: e.TargetOrderID, TargetSys: "ACP",
	}
	if e.Discount > 0 {
		p.DiscountAmount = strconv.FormatInt(int64(e.Discount), 10)
		p.PayDetail += ",优惠支付" + e.Discount.String() + "元"
	}
	return p
}

// platformReply is the platform's own error: its text is in errInfo.
type platformReply struct {
	ErrCode string `json:"errCode"`
	ErrInfo string `json:"errInfo"`
}

func platformError(code, info string) *platformReply { return &platformReply{code, info} }
