package batch

import (
	"time"

	"batchcomplete/internal/money"
	"batchcomplete/internal/ums"
)

// Bill is what a row of the accountant's file asks for. Field names are the
// API's; BillDate is "2006-01-02" in Beijing time, Amount is in fen.
type Bill struct {
	MID, TID, InstMID string
	BillNo, BillDate  string
	AuthIDRespCd      string
	AuthedOrderID     string // as the file has it; empty where it is to be derived
	Amount            money.Fen
	MsgID             string
	SrcReserve        string
	AuthedDesc        string
}

// Identity is what makes a bill the same bill, whatever file it stands in, for
// one environment. The amount is not part of it, on purpose: an edited amount
// must collide with the bill that was there, never pass for another.
type Identity struct{ MID, BillDate, BillNo string }

// Identity gives the bill's identity.
func (b Bill) Identity() Identity { return Identity{b.MID, b.BillDate, b.BillNo} }

// Row is one row of one input file, and all that is known of it.
type Row struct {
	ID    int64
	Batch string // the batch's name
	Line  int    // the row's number in its sheet, as a spreadsheet program shows it, from 1
	Bill
	State      State
	Generation int    // 0 for the first order id; each retry of a declined row adds one
	OrderID    string // authedOrderId of this generation
	Attempts   int    // intents written, over all generations
	Sends      int    // intents written in this generation
	SentAt     time.Time
	// AbsentAt is when a query first found this generation's completion absent,
	// late enough to count; zero where none did.
	AbsentAt time.Time
	// SendCode is the code of the last send's answer: it decides what a later
	// absence means (ums.IfAbsent). Code and Message are the last answer's of all.
	SendCode, Code, Message string
	Payment                 ums.Payment // what the gateway's books say, once completed
	UpdatedAt               time.Time
	// Problems say why an invalid row is so, for people to be told in their
	// language.
	Problems []Problem
	// Original is the row that a duplicate repeats: its batch, line, and state.
	Original *Original
}

// Original is the row that a duplicate is a duplicate of, as it stands now.
type Original struct {
	ID         int64
	Batch      string
	Line       int
	State      State
	SettleDate string
}

// SourceCode is the source code that the row's order ids begin with.
func (r Row) SourceCode() string { return r.OrderID[:min(4, len(r.OrderID))] }

// Completion gives the request that completes the row under its order id.
func (r Row) Completion() ums.Completion {
	return ums.Completion{
		MID: r.MID, TID: r.TID, InstMID: r.InstMID,
		BillNo: r.BillNo, BillDate: r.BillDate,
		AuthedOrderID: r.OrderID, AuthIDRespCd: r.AuthIDRespCd,
		TotalAmount: r.Amount,
		MsgID:       r.MsgID, SrcReserve: r.SrcReserve, AuthedDesc: r.AuthedDesc,
	}
}
