package ums

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"batchcomplete/internal/money"
)

// preauthedRequest is the body of /v1/netpay/bills/preauthed, its fields in the
// order of the official page. totalAmount is a string, as in the official sample;
// the page's table calls it a number, and working clients send either.
type preauthedRequest struct {
	RequestTimestamp string `json:"requestTimestamp"`
	MID              string `json:"mid"`
	TID              string `json:"tid"`
	InstMID          string `json:"instMid"`
	BillNo           string `json:"billNo"`
	BillDate         string `json:"billDate"`
	AuthedOrderID    string `json:"authedOrderId"`
	AuthIDRespCd     string `json:"authIdRespCd"`
	TotalAmount      string `json:"totalAmount"`
	MsgID            string `json:"msgId"`
	SrcReserve       string `json:"srcReserve"`
	AuthedDesc       string `json:"authedDesc"`
}

// queryRequest is the body of /v1/netpay/bills/query (gateway.md §4).
type queryRequest struct {
	RequestTimestamp string `json:"requestTimestamp"`
	MID              string `json:"mid"`
	TID              string `json:"tid"`
	InstMID          string `json:"instMid"`
	BillNo           string `json:"billNo"`
	BillDate         string `json:"billDate"`
	AuthedOrderID    string `json:"authedOrderId"`
	MsgID            string `json:"msgId"`
	SrcReserve       string `json:"srcReserve"`
}

// reply is the answer of both calls. Business errors carry their text in errMsg,
// platform errors in errInfo (gateway.md §3). Fields that carry a payer's name or
// id are not read, so that they are kept nowhere.
type reply struct {
	ErrCode           string       `json:"errCode"`
	ErrMsg            string       `json:"errMsg"`
	ErrInfo           string       `json:"errInfo"`
	ResponseTimestamp string       `json:"responseTimestamp"`
	MID               string       `json:"mid"`
	TID               string       `json:"tid"`
	InstMID           string       `json:"instMid"`
	AuthIDRespCd      string       `json:"authIdRespCd"`
	AuthedBillPayment *wirePayment `json:"authedBillPayment"`
	MsgID             string       `json:"msgId"`
	SrcReserve        string       `json:"srcReserve"`
	BillNo            string       `json:"billNo"`
	BillDate          string       `json:"billDate"`
	BillQRCode        string       `json:"billQRCode"`
	BillStatus        string       `json:"billStatus"`
	AuthedOrderID     string       `json:"authedOrderId"`
	CardAttr          string       `json:"cardAttr"`
}

type wirePayment struct {
	MerOrderID     string  `json:"merOrderId"`
	BillBizType    string  `json:"billBizType"`
	PaySeqID       string  `json:"paySeqId"`
	TotalAmount    wireFen `json:"totalAmount"`
	BuyerPayAmount wireFen `json:"buyerPayAmount"`
	InvoiceAmount  wireFen `json:"invoiceAmount"`
	DiscountAmount wireFen `json:"discountAmount"`
	PayDetail      string  `json:"payDetail"`
	PayTime        string  `json:"payTime"`
	SettleDate     string  `json:"settleDate"`
	Status         string  `json:"status"`
	TargetOrderID  string  `json:"targetOrderId"`
	TargetSys      string  `json:"targetSys"`
	ActivityIDs    string  `json:"activityIds"`
}

// wireFen is an amount in fen as the gateway writes it: "1908", 954, 0 or ""
// inside one object. Anything that is not a whole number of fen is refused, and
// the reply with it.
type wireFen money.Fen

// UnmarshalJSON reads a string, a number, null or "".
func (f *wireFen) UnmarshalJSON(text []byte) error {
	s := string(text)
	if s == "null" || s == `""` {
		*f = 0
		return nil
	}
	if strings.HasPrefix(s, `"`) {
		var err error
		if s, err = strconv.Unquote(s); err != nil {
			return fmt.Errorf("amount %s: %w", text, err)
		}
	}
	fen, err := money.ParseFen(s)
	if err != nil || fen < 0 {
		return fmt.Errorf("amount %q is not a whole number of fen", s)
	}
	*f = wireFen(fen)
	return nil
}

// maxReply is the longest body that is read; a longer one is not understood.
const maxReply = 1 << 20

// usualReply is how much room is made for a body because the gateway says that it
// comes: more only once it has come.
const usualReply = 4 << 10

// decodeReply reads exactly one JSON object, and nothing behind it. A key that
// stands twice in an object is refused: which one counts is a guess.
func decodeReply(body []byte) (reply, error) {
	if r, plain := quickReply(body); plain {
		return r, nil
	}
	return decodeCarefully(body)
}

// decodeCarefully is the whole of the rule: quickReply knows a part of it.
func decodeCarefully(body []byte) (reply, error) {
	var r reply
	if err := checkShape(body); err != nil {
		return r, err
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return reply{}, err
	}
	return r, nil
}

var errShape = errors.New("the reply is not one JSON object with each key once")

// maxDepth bounds how deeply a reply is nested; the official one has two levels.
const maxDepth = 16

// checkShape walks the document's tokens once.
func checkShape(body []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	first, err := decoder.Token()
	if err != nil || first != json.Delim('{') {
		return errShape
	}
	if err := checkObject(decoder, 1); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errShape
	}
	return nil
}

func checkObject(decoder *json.Decoder, depth int) error {
	seen := map[string]bool{}
	for decoder.More() {
		token, err := decoder.Token()
		key, ok := token.(string)
		// encoding/json matches keys whatever their case; so does this.
		if key = strings.ToLower(key); err != nil || !ok || seen[key] {
			return errShape
		}
		seen[key] = true
		if err := checkValue(decoder, depth); err != nil {
			return err
		}
	}
	return closing(decoder)
}

func checkValue(decoder *json.Decoder, depth int) error {
	token, err := decoder.Token()
	if err != nil || depth >= maxDepth {
		return errShape
	}
	switch token {
	case json.Delim('{'):
		return checkObject(decoder, depth+1)
	case json.Delim('['):
		for decoder.More() {
			if err := checkValue(decoder, depth+1); err != nil {
				return err
			}
		}
		return closing(decoder)
	}
	return nil
}

func closing(decoder *json.Decoder) error {
	if _, err := decoder.Token(); err != nil {
		return errShape
	}
	return nil
}
