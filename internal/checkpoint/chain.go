package checkpoint

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/mattn/go-sqlite3"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
	"batchcomplete/internal/ums"
)

// Every bill has a chain of hashes: the first is over what the file said, and
// each intent and each answer adds one over the hash before it and itself. The
// last stands in progress. What is changed, added or taken away afterwards, the
// last attempt included, no longer leads to it (Verify).

// driverName is of SQLite with the one function that the writer's statements need:
// link(chain, event), the chain's next hash.
const driverName = "sqlite3_checkpoint"

func init() {
	sql.Register(driverName, &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		if err := c.RegisterFunc("link", link, true); err != nil {
			return err
		}
		if err := c.RegisterFunc("moved", moved, true); err != nil {
			return err
		}
		return distrustful(c)
	}})
}

// link gives the hash that follows another: SHA-256 over it and the event.
func link(chain, event []byte) []byte {
	var room [512]byte // most fit: then nothing but the hash is left to collect
	sum := sha256.Sum256(append(append(room[:0], chain...), event...))
	return sum[:]
}

// event is the text of one event that a hash is made over: each field with its
// length, so that no two lists of fields run together.
type event []byte

// about begins an event, with room for most.
func about(what string) event { return append(make(event, 0, 256), what...) }

func (e event) text(fields ...string) event {
	for _, s := range fields {
		e = strconv.AppendInt(e, int64(len(s)), 10)
		e = append(append(append(e, ':'), s...), ',')
	}
	return e
}

func (e event) number(fields ...int64) event {
	for _, n := range fields {
		e = append(strconv.AppendInt(e, n, 10), ',')
	}
	return e
}

// firstLink is the hash that a bill's chain begins with: over what the file said.
func firstLink(b batch.Bill, orderID string) []byte {
	var room [512]byte
	e := append(event(room[:0]), "bill,"...)
	return link(nil, e.text(b.MID, b.TID, b.InstMID, b.BillNo, b.BillDate, b.AuthIDRespCd, b.AuthedOrderID, b.MsgID, b.SrcReserve, b.AuthedDesc, orderID).
		number(int64(b.Amount)))
}

func attemptEvent(id int64, n, generation int, orderID string, at time.Time) event {
	return about("attempt,").number(id, int64(n), int64(generation), micros(at)).text(orderID)
}

func answerEvent(m batch.Move) event {
	e := about("answer,").number(m.ID, micros(m.At), int64(m.Answer.HTTPStatus)).
		text(string(m.Cause), string(m.From), string(m.To), m.Answer.Code, m.Answer.Message, m.NextOrderID, m.Actor, m.Reason, string(kept(m)))
	if m.To == batch.Completed && m.From != batch.Completed {
		e = paymentEvent(e, m.Answer.Payment)
	}
	return e
}

func paymentEvent(e event, p ums.Payment) event {
	return e.text(p.SettleDate, p.PaySeqID, p.TargetOrderID, p.TargetSys, p.PayTime, p.PayDetail, p.CardAttr).
		number(int64(p.TotalAmount), int64(p.BuyerPayAmount), int64(p.InvoiceAmount), int64(p.DiscountAmount))
}

// moved is the event of a move that one statement makes of many rows.
func moved(id int64, cause, from, to string, at int64, code string) []byte {
	return answerEvent(batch.Move{ID: id, Cause: batch.Cause(cause), From: batch.State(from), To: batch.State(to), At: moment(at), Answer: ums.Answer{Code: code}})
}

// Verified is what Verify came to.
type Verified struct {
	Bills int
	Fen   money.Fen // of these bills
	// Head is one hash, in hex, over the chains of all of them in order: whoever
	// keeps it elsewhere can tell later that nothing was changed.
	Head string
}

// Verify recomputes the chains of the bills that a filter selects, and reports
// each whose events do not lead to the hash that its progress has.
func (db *DB) Verify(ctx context.Context, f Filter, report func(row batch.Row, what string) error) (Verified, error) {
	var v Verified
	head := sha256.New()
	err := db.Each(ctx, f, func(row batch.Row) error {
		if row.State == batch.Invalid || row.State == batch.Duplicate {
			return nil
		}
		v.Bills++
		v.Fen += row.Amount
		stored, what, err := db.check(ctx, row)
		if err == nil && what != "" {
			err = report(row, what)
		}
		head.Write(stored)
		return err
	})
	v.Head = hex.EncodeToString(head.Sum(nil))
	return v, err
}

// check recomputes one row's chain.
func (db *DB) check(ctx context.Context, row batch.Row) (stored []byte, what string, err error) {
	err = db.reads.QueryRowContext(ctx, `SELECT chain FROM progress WHERE row_id = ?`, row.ID).Scan(&stored)
	if err != nil {
		return nil, "", fmt.Errorf("the chain of line %d of %s: %w", row.Line, row.Batch, err)
	}
	events, err := db.Story(ctx, row.ID)
	if err != nil {
		return nil, "", err
	}
	is := standing{state: batch.Pending, orderID: db.firstOrderID(row, events)}
	chain := firstLink(row.Bill, is.orderID)
	for _, e := range events {
		is.after(e)
		chain = link(chain, e.event(row, events))
	}
	switch {
	case is != standing{row.State, row.OrderID, row.Generation, row.Attempts}:
		return stored, "its state, order id, generation or number of attempts is not the one that its events lead to", nil
	case !dated(row, events):
		return stored, "its settle date is not the one that was added", nil
	case string(chain) != string(stored):
		return stored, "its events do not lead to the hash on record", nil
	}
	return stored, "", nil
}

// standing is where a row's events have led to.
type standing struct {
	state                batch.State
	orderID              string
	generation, attempts int
}

func (s *standing) after(e Event) {
	s.state = e.To
	switch {
	case e.Cause == batch.BySend && e.To == batch.Sending:
		s.attempts++
	case e.OrderID != "":
		s.orderID = e.OrderID
		s.generation++
	}
}

// dated tells whether a settle date that was added later is the one on record.
func dated(row batch.Row, events []Event) bool {
	if len(events) == 0 {
		return true
	}
	last := events[len(events)-1]
	return last.From != batch.Completed || last.Reason == row.Payment.SettleDate
}

// firstOrderID is the order id that the bill came with. Where another took its
// place before anything was sent, no attempt has kept it: then it is the file's,
// or was derived.
func (db *DB) firstOrderID(row batch.Row, events []Event) string {
	for _, e := range events {
		switch {
		case e.Cause == batch.BySend && e.To == batch.Sending:
			return e.OrderID
		case e.OrderID != "" && row.AuthedOrderID != "":
			return row.AuthedOrderID
		case e.OrderID != "":
			return batch.OrderID(db.env, row.SourceCode(), row.Identity(), 0)
		}
	}
	return row.OrderID
}

// event gives the text that an event of a row's story was hashed as.
func (e Event) event(row batch.Row, all []Event) event {
	if e.Cause == batch.BySend && e.To == batch.Sending {
		return attemptEvent(row.ID, e.N, e.Generation, e.OrderID, e.At)
	}
	m := batch.Move{ID: row.ID, Cause: e.Cause, From: e.From, To: e.To, At: e.At, NextOrderID: e.OrderID, Actor: e.Actor, Reason: e.Reason,
		Answer: ums.Answer{Code: e.Code, Message: e.Message, HTTPStatus: e.HTTPStatus, Raw: e.raw, Payment: row.Payment}}
	// A settle date that was added later was not there then.
	if last := all[len(all)-1]; m.To == batch.Completed && m.From != batch.Completed && last.From == batch.Completed {
		m.Answer.Payment.SettleDate = ""
	}
	return answerEvent(m)
}
