package batch

import (
	"fmt"
	"time"
)

// Check refuses a move that no row may make.
func (m Move) Check() error {
	if !Legal(m.Cause, m.From, m.To) {
		return fmt.Errorf("row %d: %s does not move a row from %s to %s", m.ID, m.Cause, m.From, m.To)
	}
	if (m.NextOrderID != "") != (m.Cause == ByRetry) {
		return fmt.Errorf("row %d: a new order id goes with a retry, and only with one", m.ID)
	}
	return nil
}

// Apply makes the move on a row: what every journal must come to.
func (m Move) Apply(row *Row) {
	row.State, row.UpdatedAt, row.AbsentAt = m.To, m.At, m.AbsentAt
	switch m.Cause {
	case BySend:
		row.SendCode = m.Answer.Code
		row.Code, row.Message = m.Answer.Code, m.Answer.Message
		// The request may have been under way until it was given up, so that is
		// what the settle window counts from.
		if m.To == Unknown {
			row.SentAt = m.At
		}
	case ByVerify:
		row.SendCode, row.Code, row.Message = ForgottenCode(m.From), ForgottenCode(m.From), ""
		row.SentAt = m.At
	case ByQuery:
		row.Code, row.Message = m.Answer.Code, m.Answer.Message
	case ByRetry:
		row.Generation++
		row.OrderID, row.Sends = m.NextOrderID, 0
		row.SendCode, row.SentAt = "", time.Time{}
	}
	if m.To == Completed {
		row.Payment = m.Answer.Payment
	}
}
