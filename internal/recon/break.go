package recon

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
)

// Place is where a row or a line ends up: each in exactly one.
type Place uint8

// The places. From OnlyOurs to ProvesUnknown they are breaks.
const (
	Nowhere       Place = iota // a row that the statements are not expected to have
	Matched                    // agrees in every respect
	OnlyOurs                   // completed, and the statements do not have it
	OnlyUMS                    // the statements have it, and we did not complete it
	AmountDiffers              // in fen, beyond the tolerance
	DateDiffers                // the settle date
	FeeWrong                   // by the configured rate, or 清算金额 ≠ 交易金额 − 手续费
	Duplicate                  // a second line for one row, or a second row for one line
	Reversed                   // undone or refunded
	ProvesUnknown              // we do not know, and the statement shows that it was settled
	OutOfScope                 // a line of another day or another batch
	Other                      // a line of other business
)

var placeWords = [...]string{"", "matched", "only_ours", "only_ums", "amount", "settle_date", "fee", "duplicate", "reversed", "proves_unknown", "out_of_scope", "other"}

// String gives the word of the contract.
func (p Place) String() string { return placeWords[p] }

// MarshalText gives the word of the contract.
func (p Place) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads it.
func (p *Place) UnmarshalText(word []byte) error {
	at := slices.Index(placeWords[:], string(word))
	if at < int(OnlyOurs) || at > int(ProvesUnknown) {
		return fmt.Errorf("%q is no kind of break", word)
	}
	*p = Place(at)
	return nil
}

// Kinds are the breaks, the most urgent first.
var Kinds = []Place{ProvesUnknown, Duplicate, AmountDiffers, OnlyUMS, OnlyOurs, Reversed, DateDiffers, FeeWrong}

// isBreak tells whether a place is a break.
func (p Place) isBreak() bool { return p >= OnlyOurs && p <= ProvesUnknown }

// Break is one difference between our books and UMS's. It stands in the
// carry-over book as it stands here.
type Break struct {
	Key  string    `json:"key"`
	Kind Place     `json:"kind"`
	Fen  money.Fen `json:"fen"` // how much is at stake: the difference, or the amount
	Why  string    `json:"why,omitempty"`
	// FirstSeen is the day on which it was first found, Beijing time.
	FirstSeen string     `json:"firstSeen"`
	Explained *Explained `json:"explained,omitempty"`
	// Cleared is the day on which it was found to be gone.
	Cleared string `json:"cleared,omitempty"`

	Ours   *Ours   `json:"ours,omitempty"`
	Theirs *Theirs `json:"theirs,omitempty"`
}

// Explained is who said why a break is there, and when.
type Explained struct {
	Note string    `json:"note"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// Ours is our row of a break.
type Ours struct {
	Batch      string      `json:"batch"`
	Line       int         `json:"line"`
	MID        string      `json:"mid"`
	BillNo     string      `json:"billNo"`
	BillDate   string      `json:"billDate"`
	OrderID    string      `json:"orderId"`
	PaySeqID   string      `json:"paySeqId"`
	State      batch.State `json:"state"`
	SettleDate string      `json:"settleDate"`
	Fen        money.Fen   `json:"fen"` // completed, or asked for where it is not completed
}

func oursOf(row batch.Row) *Ours {
	return &Ours{row.Batch, row.Line, row.MID, row.BillNo, row.BillDate, row.OrderID, row.Payment.PaySeqID, row.State, row.Payment.SettleDate, expected(row)}
}

// bill identifies the row's bill, whatever it is called elsewhere.
func (o Ours) bill() key { return keyOf(o.MID, o.BillDate, o.BillNo) }

// Theirs is the line of a break.
type Theirs struct {
	File       string    `json:"file"`
	Line       int       `json:"line"`
	Class      Class     `json:"class"`
	MID        string    `json:"mid"`
	Type       string    `json:"type"`
	Card       string    `json:"card,omitempty"`
	Serial     string    `json:"serial,omitempty"`
	Ref        string    `json:"ref,omitempty"`
	Order      string    `json:"order,omitempty"`
	SettleDate string    `json:"settleDate"`
	Time       string    `json:"time,omitempty"`
	Fen        money.Fen `json:"fen"`
	Fee        money.Fen `json:"fee"`
	Settled    money.Fen `json:"settled"`
	Discount   money.Fen `json:"discount,omitempty"`
	Due        money.Fen `json:"due"` // the fee by the configured rate; -1: no rate
}

// line gives the line back, as it was read.
func (t Theirs) line() Line {
	return Line{Number: t.Line, Class: t.Class, SettleDate: t.SettleDate, Time: t.Time, Type: t.Type, MID: t.MID, Card: t.Card, Serial: t.Serial,
		Ref: t.Ref, Order: t.Order, Amount: t.Fen, Fee: t.Fee, Settled: t.Settled, Discount: t.Discount}
}

// identity tells a line from every other, whatever file it stands in.
func (l Line) identity() key {
	return keyOf(l.MID, l.Ref, l.Order, l.Serial, l.SettleDate, l.Time, l.Amount.String(), fmt.Sprint(l.Class))
}

// name gives a break its key: short enough to be typed, the same tomorrow. again
// counts breaks that are alike in everything.
func (b Break) name(again int) string {
	var ours, theirs key
	if b.Ours != nil {
		ours = b.Ours.bill()
	}
	if b.Theirs != nil {
		theirs = b.Theirs.line().identity()
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %x %x %d", b.Kind, ours, theirs, again))
	return "D" + base32.StdEncoding.EncodeToString(sum[:])[:11]
}

// day is the settle date that a break is listed under.
func (b Break) day() string {
	if b.Theirs != nil {
		return b.Theirs.SettleDate
	}
	return b.Ours.SettleDate
}

func (b Break) mid() string {
	if b.Theirs != nil {
		return b.Theirs.MID
	}
	return b.Ours.MID
}

// order sorts breaks as people look at them: the most urgent kind first, then by
// day and merchant; what is explained comes last.
func order(a, b Break) int {
	explained := func(x Break) int {
		if x.Explained != nil {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(explained(a), explained(b)), cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)),
		strings.Compare(a.day(), b.day()), strings.Compare(a.mid(), b.mid()), strings.Compare(a.Key, b.Key))
}
